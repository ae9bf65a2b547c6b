"""What an event's timeline may show: rows of its own records, to those who hold events."""

from association import timelines
from events import permissions
from events.models import AgendaItem, ContactSharing, Event, EventHost, Match, Posting, Talk

UNSAID = {"event", "position", "number_scope", "is_demo", "organization"}


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
    may_read=lambda user, record, change: change.field not in UNSAID,
)


# Who answers and whose number was told is the two units' and the secretariat's own; their timeline says that it was.
OF_MATCHES = {"match", "posting", "counter", "organization", "contact", "consent", "is_demo"}


def _rows_of_match(match, event_model):
    """Filter arguments that keep a history model to this match's rows."""
    tracked = event_model.pgh_tracked_model
    if tracked is Match:
        return {"pgh_obj_id": match.pk}
    return {"match_id": match.pk} if tracked in (ContactSharing, Talk) else None


def _seen(model):
    """Finds a record of the market for those who watch over it."""
    return lambda user, pk: (
        model.objects.filter(pk=pk).first() if permissions.can_see_all_matching(user) else None
    )


timelines.register(
    Posting,
    find=_seen(Posting),
    rows=lambda posting, model: {"pgh_obj_id": posting.pk} if model.pgh_tracked_model is Posting else None,
    may_read=lambda user, record, change: change.field not in OF_MATCHES,
)
timelines.register(
    Match,
    find=_seen(Match),
    rows=_rows_of_match,
    may_read=lambda user, record, change: change.field not in OF_MATCHES,
)
