"""What the timelines of events, deals, projects, matches and petitions may show: rows of their own records, to those who
read them all."""

from association import timelines
from events import permissions
from events.models import (
    AgendaItem,
    Answer,
    ContactSharing,
    Cover,
    Deal,
    DealParty,
    Department,
    Event,
    EventHost,
    Handover,
    Liaison,
    Match,
    Petition,
    Posting,
    Project,
    ProjectStage,
    Talk,
    Visit,
)

UNSAID = {"event", "position", "number_scope", "is_demo", "organization", "picture", "venue_code"}


def _rows(event, event_model):
    """Filter arguments that keep a history model to this event's rows."""
    tracked = event_model.pgh_tracked_model
    if tracked is Event:
        return {"pgh_obj_id": event.pk}
    return {"event_id": event.pk} if tracked in (EventHost, AgendaItem, Visit, Cover) else None


timelines.register(
    Event,
    find=lambda user, pk: Event.objects.filter(pk=pk).first() if permissions.can_see_events(user) else None,
    rows=_rows,
    may_read=lambda user, event, change: change.field not in UNSAID,
)


def _rows_of_deal(deal, event_model):
    tracked = event_model.pgh_tracked_model
    if tracked is Deal:
        return {"pgh_obj_id": deal.pk}
    return {"deal_id": deal.pk} if tracked is DealParty else None


timelines.register(
    Deal,
    find=lambda user, pk: Deal.objects.filter(pk=pk).first() if permissions.can_see_deals(user) else None,
    rows=_rows_of_deal,
    may_read=lambda user, deal, change: (
        change.field not in {*UNSAID, "deal"}
        and (change.field != "amount" or permissions.sees_amount(user, deal))
    ),
)


def _rows_of_project(project, event_model):
    # What reviewers marked stands on the project's page.
    tracked = event_model.pgh_tracked_model
    if tracked is Project:
        return {"pgh_obj_id": project.pk}
    return {"project_id": project.pk} if tracked is ProjectStage else None


timelines.register(
    Project,
    find=lambda user, pk: (
        Project.objects.filter(pk=pk).first() if permissions.can_see_projects(user) else None
    ),
    rows=_rows_of_project,
    may_read=lambda user, project, change: change.field not in {*UNSAID, "project", "undoes"},
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
