"""Visits for tests: events of a day that is over, with the parks that they visited."""

from datetime import datetime, timedelta

from django.utils.timezone import get_current_timezone, now

from events.domain import visits
from events.models import Event
from tests.factories.happenings import make_event


def held_on(in_series, year, month, day, *, hours=2, **fields) -> Event:
    """An event of that day, published as if in time."""
    starts_at = datetime(year, month, day, 14, tzinfo=get_current_timezone())
    event = make_event(in_series, starts_at=starts_at, hours=hours, **fields)
    Event.objects.filter(pk=event.pk).update(
        submitted_at=starts_at - timedelta(days=9), approved_at=min(starts_at - timedelta(days=8), now())
    )
    return Event.objects.get(pk=event.pk)


def visited(event, *parks, **fields):
    return [visits.add(event, park, by=None, **fields) for park in parks]
