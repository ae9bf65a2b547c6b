"""Series and events for tests."""

from datetime import timedelta

from django.utils.timezone import localtime, now

from events.domain import events, series
from events.models import EventHost


def make_series(name="文科汇", *, by=None, **fields):
    return series.add_series(by=by, name=name, **fields)


def make_event(
    in_series, *, by=None, stand="planned", days=10, hours=2, submitter=None, approver=None, **fields
):
    """An event that begins `days` from now. `stand`: planned, submitted or published."""
    starts_at = localtime(now()).replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    given = {"topic": "园区与数字技术", "mode": "online", "starts_at": starts_at} | fields
    given.setdefault("ends_at", given["starts_at"] + timedelta(hours=hours))
    event = events.plan(in_series, by=by, **given)
    EventHost.objects.get_or_create(event=event, role="organizer", name="演示协会")
    if stand in ("submitted", "published"):
        event = events.submit(event, by=submitter)
    if stand == "published":
        event = events.approve(event, by=approver, version=event.version)
    return event
