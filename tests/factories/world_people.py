"""What people of the world ask about their own data: one request of each kind, and one of somebody who may be erased."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils.timezone import localdate, now

from association import privacy
from members.choices import RequestState
from members.domain import person_requests
from members.models import PersonRequest
from tests.factories import make_user


def add_requests(world) -> None:
    """`own` are those of `member`, handled by the secretary; `other` those of `other_member`."""
    for side, name, keeper in (
        ("own", "member", "secretary"),
        ("other", "other_member", "secretary_general"),
    ):
        objects = getattr(world, side)
        objects |= _requests(world.people[name], world.people[keeper], side)
        objects["policy"] = privacy.in_force(localdate()).key


def _requests(person, keeper, side) -> dict:
    asked = person_requests.file(person, kind="erasure")
    correction = person_requests.file(person, kind="correction", text="职务")
    person_requests.verify(correction, by=keeper, how="回电")
    copying = person_requests.file(person, kind="access")
    person_requests.verify(copying, by=keeper, how="回电")
    leaving = make_user(f"要删除{side}", f"leaving-{side}@test.cn")
    erasure = person_requests.file(leaving, kind="erasure")
    person_requests.verify(erasure, by=keeper, how="回电")
    return {
        "asked": asked.pk, "correction": correction.pk, "copying": copying.pk, "copied": _copied(person, side),
        "erasure": erasure.pk,
    }  # fmt: skip


def _copied(person, side) -> int:
    """A copy that was made and waits to be fetched."""
    made = PersonRequest(
        number=f"GR-2022-{side}", kind="copy", user=person, due_on=localdate(), state=RequestState.DONE,
        settled_at=now(), file_until=now() + timedelta(days=14),
    )  # fmt: skip
    made.file.save("x.zip", ContentFile(b"PK"), save=False)
    made.save()
    return made.pk
