"""The postings that were made for an event, on the event's own page."""

from django import template

from events import permissions
from events.models import Posting

register = template.Library()
SHOWN = 20


@register.inclusion_tag("events/postings/of_event.html", takes_context=True)
def postings_of(context, event):
    """Those that the person may know of, the latest first; nothing for who sees no market."""
    user = context["request"].user
    if not permissions.can_see_market(user):
        return {"postings": []}
    found = Posting.objects.visible_to(user).filter(event=event).select_related("organization").with_matched()
    return {"postings": list(found.order_by("-pk")[:SHOWN]), "more": True}
