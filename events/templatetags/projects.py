"""`{% event_projects event %}` and `{% public_projects event %}`: the projects and deals of an event, on any page."""

from django import template

from events import permissions
from events.choices import DealState
from events.models import Deal, Project
from events.views import deal_rows, project_rows

register = template.Library()
MOST = 100


def _published(event) -> list[Project]:
    return list(Project.objects.filter(event=event).published().with_stage().order_by("pk")[:MOST])


@register.inclusion_tag("events/projects/of_event.html", takes_context=True)
def event_projects(context, event):
    """On the desk: everything to those who read the register, else what is published and one's own."""
    user = context["request"].user
    sees_all = permissions.can_see_projects(user)
    mine = Project.objects.visible_to(user).filter(event=event).with_stage().order_by("pk")
    projects = project_rows.decorated(list(mine[:MOST]))
    known = {project.pk for project in projects}
    deals = Deal.objects.visible_to(user).filter(event=event).select_related("event__series", "project")
    deals = list(deals.prefetch_related("parties__organization")[:MOST])
    return {
        "event": event,
        "projects": projects,
        "published": [] if sees_all else [p for p in _published(event) if p.pk not in known],
        "deals": deal_rows.decorated(deals, user),
        "landed": sum(deal.state == DealState.VERIFIED for deal in deals),
        "sees_all": sees_all,
        "keeps": permissions.can_keep_projects(user) and event.is_published and not event.is_off,
    }


@register.inclusion_tag("public/parts/projects.html")
def public_projects(event):
    """For visitors: what is published of each, without whom to ring up."""
    return {"projects": _published(event)}
