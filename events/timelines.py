"""What an event's timeline may show: rows of its own records, to those who hold events."""

from association import timelines
from events import permissions
from events.models import AgendaItem, Event, EventHost

UNSAID = {"event", "position", "number_scope", "is_demo", "organization", "venue_code"}


def _rows(event, event_model):
    """Filter arguments that keep a history model to this event's rows."""
    tracked = event_model.pgh_tracked_model
    if tracked is Event:
        return {"pgh_obj_id": event.pk}
    return {"event_id": event.pk} if tracked in (EventHost, AgendaItem) else None


timelines.register(
    Event,
    find=lambda user, pk: Event.objects.filter(pk=pk).first() if permissions.can_see_events(user) else None,
    rows=_rows,
    may_read=lambda user, change: change.field not in UNSAID,
)
