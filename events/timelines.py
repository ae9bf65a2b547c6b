"""What the timelines of events and petitions may show: rows of their own records, to those who have to do with all."""

from association import timelines
from events import permissions
from events.models import AgendaItem, Answer, Department, Event, EventHost, Handover, Liaison, Petition

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

# --- petitions ----------------------------------------------------------------------------------------------------
UNSAID_OF_PETITIONS = {"organization", "contact", "is_demo", "petition", "handover", "lead", "author"}


def _petition_rows(petition, event_model):
    """Filter arguments that keep a history model to this petition's rows."""
    tracked = event_model.pgh_tracked_model
    if tracked is Petition:
        return {"pgh_obj_id": petition.pk}
    return {"petition_id": petition.pk} if tracked in (Answer, Handover) else None


timelines.register(
    Petition,
    find=lambda user, pk: (
        Petition.objects.filter(pk=pk).first() if permissions.can_see_petitions(user) else None
    ),
    rows=_petition_rows,
    may_read=lambda user, record, change: change.field not in UNSAID_OF_PETITIONS,
)


def _department_rows(department, event_model):
    tracked = event_model.pgh_tracked_model
    if tracked is Department:
        return {"pgh_obj_id": department.pk}
    return {"department_id": department.pk} if tracked is Liaison else None


timelines.register(
    Department,
    find=lambda user, pk: (
        Department.objects.filter(pk=pk).first() if permissions.can_see_petitions(user) else None
    ),
    rows=_department_rows,
    may_read=lambda user, record, change: change.field not in {"is_demo", "department"},
)
