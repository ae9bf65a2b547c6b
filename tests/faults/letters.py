"""Telling many people, and what the mail server must have seen when all is over."""

from association.choices import DeliveryState
from association.domain.notices import notify
from association.models import Delivery, Notice, User
from tests.faults.processes import eventually

KIND = "association.account_switched"
OPEN = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.SENDING)


def tell(count: int) -> None:
    """A notice each for so many new people, each with a letter on its way."""
    people = [User(email=f"person{n:05d}@test.cn", full_name=f"收信{n:05d}") for n in range(count)]
    notify(User.objects.bulk_create(people), KIND)
    assert Delivery.objects.filter(state=DeliveryState.QUEUED).count() == count


def all_ended() -> bool:
    return not Delivery.objects.filter(state__in=OPEN).exists()


def states() -> set[str]:
    return set(Delivery.objects.values_list("state", flat=True))


def arrived(stage, repeats: int = 0) -> list[str]:
    """Every letter was sent, and taken once; of `repeats` at most a second copy with the same Message-ID, of which the
    Message-IDs are given."""
    assert eventually(all_ended), stage.logs()
    taken = stage.sink.ids()
    assert states() == {DeliveryState.SENT}, stage.logs()
    assert set(taken) == set(Delivery.objects.values_list("message_id", flat=True))
    twice = [key for key, times in taken.items() if times > 1]
    assert max(taken.values()) <= 2
    assert len(twice) <= repeats
    assert Notice.objects.count() == Delivery.objects.count()
    stage.sound()
    return twice
