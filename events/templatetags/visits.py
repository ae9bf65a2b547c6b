"""`{% visits event %}`: the parks that an event visited, on its page; with the buttons of those who keep them.

`{% cover event %}`: its picture there.

`{% visits_of park %}`: when events open to everybody visited a park, on its public page.
"""

from django import template

from association import stamps
from events import covers, permissions
from events.choices import Audience
from events.models import Event, Visit

register = template.Library()
USUAL = "cloud_visits"


@register.inclusion_tag("events/visits/section.html", takes_context=True)
def visits(context, event):
    """Nothing where nobody was visited, but for those who could note it."""
    user = context["request"].user
    found = Visit.objects.visible_to(user).filter(event=event).select_related("park", "organization")
    keeps = permissions.can_keep_events(user) and event.is_published and event.has_begun and not event.is_off
    return {
        "event": event,
        "visits": list(found) if event.has_begun else [],
        "keeps": keeps,
        "is_usual": event.series.code == USUAL,
        "sees_all": permissions.can_see_events(user),
    }


@register.inclusion_tag("events/cover_shown.html", takes_context=True)
def cover(context, event):
    keeps = permissions.can_keep_events(context["request"].user)
    kept = covers.kept(event)
    return {
        "event": event,
        "cover": kept if kept and (keeps or kept.picture.is_ready) else None,
        "keeps": keeps,
    }


def _at_public_events():
    """Visits by events that are over and were open to everybody."""
    held = Event.objects.held().filter(audience=Audience.PUBLIC)
    return Visit.objects.filter(event__in=held.values("pk"))


def _visited_parks() -> list[int]:
    return list(_at_public_events().order_by("park").values_list("park", flat=True).distinct())


@register.inclusion_tag("events/visits/of_park.html")
def visits_of(park):
    """The latest ten, with their films; nothing where there is none. Which parks were visited at all is kept until
    anything changes, so that the page of every other park asks for nothing more."""
    if park not in stamps.counted("events.visited_parks", _visited_parks):
        return {"visits": []}
    found = _at_public_events().filter(park=park).select_related("event__series")
    return {"visits": list(found.order_by("-visited_on", "-pk")[:10])}
