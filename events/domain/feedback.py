"""Verbs on feedback: asked for the day after, given once and changed until the event is archived (domain 5.8)."""

from datetime import timedelta

from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, store
from association.errors import Refused
from events.domain.registration_notices import people_of, tell_all
from events.models import Event, Feedback, Registration


def may_be_given(registration) -> bool:
    """Whether the person was there, so that their word is asked for: counted attendance of an event that is over."""
    event = registration.event
    return event.is_over and not event.is_off and registration.attendances.counted().exists()


@verb
def give(registration, *, by, score: int, liked: str = "", missed: str = "") -> Feedback:
    """What one who took part says; written anew as often as they like until the event is archived.

    Raises Refused for somebody who was not there and for an archived event.
    """
    registration = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    registration.event = event = Event.objects.select_related("series").get(pk=registration.event_id)
    if not may_be_given(registration):
        raise Refused("参加过活动的人，在活动结束以后可以评价。")
    if event.archived_at:
        raise Refused(f"{event.numbered}已归档，不再收评价。")
    said = {"score": score, "liked": liked, "missed": missed}
    found = Feedback.objects.filter(registration=registration).first()
    if found is None:
        found = Feedback.objects.create(registration=registration, **said)
    elif changes := changed_fields(found, said):
        store(found, changes)
    else:
        return found
    # Who it was stays out of the sentence: feedback is shown without a name.
    record("events.feedback.given", event, by=None, sentence=f"收到{event.numbered}的一份评价")
    return found


def ask_yesterdays() -> int:
    """Ask everybody who took part in an event that ended yesterday, each once; gives how many notices and letters were
    written."""
    yesterday = localdate() - timedelta(days=1)
    told = 0
    for event in Event.objects.standing().filter(ends_at__date=yesterday).order_by("pk"):
        told += _ask(event)
    return told


@verb
def _ask(event):
    came = event.attendances.counted().filter(registration__isnull=False).values("registration")
    rows = people_of(event.registrations.filter(pk__in=came, feedback__isnull=True)).order_by("pk")
    return tell_all(rows, "events.feedback_asked", key="asked")
