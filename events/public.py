"""What the events app puts on the public site: its entry in the menu, what comes next, its sitemap."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from association import public, stamps
from events.views import rows
from events.views.public import open_events

NEXT = 4

public.menu("活动", "activities:activities", order=15)


@public.home("columns", "public/parts/activities.html", order=10)
def what_comes():
    """The next events that are open to everybody; without any, the latest. What the page says of them is kept until
    the next verb."""
    return stamps.counted("events.what_comes", _find_what_comes, exact=True)


def _find_what_comes():
    coming = rows.upcoming(open_events())[:NEXT]
    if coming:
        return {"events": _told(coming), "heading": "近期活动"}
    latest = _told(open_events().held().order_by("-starts_at", "-pk")[:NEXT])
    return {"events": latest, "heading": "办过的活动" if latest else "近期活动"}


def _told(events):
    return [
        {"pk": event.pk, "topic": event.topic, "numbered": event.numbered, "when": rows.when(event)}
        for event in events
    ]


@public.sitemap("activities")
class Activities(Sitemap):
    """A page for each event that is open to everybody."""

    limit = 500

    def items(self):
        return open_events().order_by("pk").values_list("pk", "updated_at")

    def location(self, item):
        return reverse("activities:activity", args=[item[0]])

    def lastmod(self, item):
        return item[1]

    def get_latest_lastmod(self):
        """None, for unknown: finding it out would read every event."""
