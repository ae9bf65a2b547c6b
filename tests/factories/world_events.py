"""What the room of events adds to the world of the access test."""

from datetime import timedelta

from django.utils.timezone import now

from events.models import Event
from tests.factories.happenings import make_event, make_series


def add(world) -> None:
    """An event in every state that an address asks for; those of members are no secret among members."""
    secretary, general = world.people["secretary"], world.people["secretary_general"]
    series = make_series("演示系列", by=secretary)
    made = {"by": secretary, "submitter": secretary, "approver": general}
    ended = make_event(series, stand="published", **made)
    Event.objects.filter(pk=ended.pk).update(
        starts_at=now() - timedelta(days=2), ends_at=now() - timedelta(days=1)
    )
    world.own |= {
        "series": series.pk,
        "event": make_event(series, stand="published", **made).pk,
        "open_event": make_event(series, stand="published", audience="public", **made).pk,
        "planned": make_event(series, **made).pk,
        "submitted": make_event(series, stand="submitted", **made).pk,
        "ended": ended.pk,
    }
