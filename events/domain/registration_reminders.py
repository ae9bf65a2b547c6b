"""Telling everybody who is registered at once: the day before, when time or place change, when the event is called off."""

from datetime import timedelta

from django.utils.timezone import localdate

from association.domain.activities import verb
from events.domain.registration_notices import people_of, tell_all
from events.models import Event

# What people have to know of when it changes.
MATTERS = ("starts_at", "ends_at", "mode", "venue", "address", "online_link", "online_note")


def tell_change(event, changes: dict, *, by) -> int:
    """Tell whoever has a place, or wishes for one, that time, place or link are different now; gives how many letters and
    notices were written."""
    if not event.is_published or not set(changes) & set(MATTERS):
        return 0
    what = "、".join(
        label
        for label, names in (
            ("时间", ("starts_at", "ends_at")),
            ("地点", ("venue", "address")),
            ("形式", ("mode",)),
            ("线上会议", ("online_link", "online_note")),
        )
        if set(names) & set(changes)
    )
    return tell_all(people_of(event.registrations.live()), "events.changed", by=by, what=what)


def tell_called_off(event, *, by) -> int:
    """Tell everybody who is registered that the event is not held."""
    return tell_all(
        people_of(event.registrations.live()), "events.called_off", by=by, reason=event.cancel_reason
    )


def remind_tomorrow() -> int:
    """Remind everybody whose event begins tomorrow, each once; gives how many notices and letters were written."""
    tomorrow = localdate() + timedelta(days=1)
    told = 0
    for event in Event.objects.standing().filter(starts_at__date=tomorrow).order_by("pk"):
        told += _remind(event, str(tomorrow))
    return told


@verb
def _remind(event, key):
    return tell_all(people_of(event.registrations.confirmed()), "events.tomorrow", key=key)
