"""What the clock does to petitions, once a day: silence becomes a call, lateness is told further up (domain 10.7)."""

from datetime import timedelta

from django.utils.timezone import localdate

from association.domain.activities import verb
from events import permissions
from events.choices import AT_DEPARTMENT, PetitionState, StepKind
from events.domain.petition_work import locked, move, tell_staff, tell_unit
from events.models import Petition

TO_PRESIDENT_AFTER = timedelta(days=10)


def watch() -> tuple[int, int]:
    """Take those up on whose answer the member has been silent for seven days, and tell of those whose department is
    late: to the secretary-general at once, to the president after ten days more. Gives how many of each.

    Run twice, or by two schedulers at once, it does nothing twice: the step needs the state, the notice has a key.
    """
    today = localdate()
    silent = Petition.objects.in_state(PetitionState.ANSWERED).filter(due_on__lt=today)
    late = Petition.objects.in_state(*AT_DEPARTMENT).leading().filter(due_on__lt=today)
    return sum(_call(one) for one in silent.order_by("pk")), sum(
        _escalate(one) for one in late.order_by("pk")
    )


@verb
def _call(petition) -> bool:
    petition = locked(petition)
    if petition.state != PetitionState.ANSWERED or petition.due_on >= localdate():
        return False
    sentence = f"{petition.number}答复后 7 天没有回音，转入回访"
    move(petition, StepKind.CALLED, by=None, along=(), sentence=sentence)
    tell_unit([petition], "events.petition_follow_up", by=None)
    return True


@verb
def _escalate(petition) -> bool:
    petition = locked(petition)
    due_on, today = petition.due_on, localdate()
    if petition.state not in AT_DEPARTMENT or due_on is None or due_on >= today:
        return False
    department = petition.handover.department.name if petition.handover else "秘书处"
    words = {"due_on": due_on, "department": department, "key": f"{due_on:%Y-%m-%d}"}
    tell_staff(petition, "events.petition_overdue", by=None, roles=permissions.PETITION_HANDERS, **words)
    if today >= due_on + TO_PRESIDENT_AFTER:
        tell_staff(
            petition, "events.petition_long_overdue", by=None, roles=permissions.PETITION_PRESIDENTS, **words
        )
    return True
