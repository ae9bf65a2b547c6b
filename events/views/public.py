"""What visitors read of events that are open to everybody: the list, one event, calendar files."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association.listing import PAGE_SIZE
from association.public_pages import public_page
from association.views.uploads import public_picture
from events import covers, queries
from events.choices import Audience, HostRole
from events.domain import feeds
from events.models import Event, Series
from events.views import rows
from events.views.events import calendar_file
from events.views.registration_rows import free_seats
from members.models import Park


def open_events():
    """What everybody may read of."""
    return Event.objects.published().filter(audience=Audience.PUBLIC).select_related("series")


@require_safe
@public_page
def activities(request):
    """What is coming, and pages of what was."""
    coming = covers.attach(rows.decorated(list(rows.upcoming(open_events()))))
    past = open_events().filter(Q(ends_at__date__lt=localdate()) | Q(cancelled_at__isnull=False))
    page = Paginator(past.order_by("-starts_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = covers.attach(rows.decorated(list(page.object_list)))
    series = Series.objects.filter(events__in=open_events().values("pk")).distinct().order_by("name")
    context = {"coming": coming if page.number == 1 else [], "page": page, "series": series}
    return render(request, "public/activities.html", context)


def fetch_open(pk) -> Event:
    """The event if everybody may read of it, else 404."""
    return get_object_or_404(open_events().select_related("series", "park"), pk=pk)


@require_safe
@public_page
def activity(request, pk):
    found = fetch_open(pk)
    hosts = [
        (label, names) for label, names in rows.hosts_by_role(found) if label != HostRole.COMMISSIONER.label
    ]
    context = {
        "event": found,
        "tone": rows.TONES[found.state],
        "when": rows.when(found),
        "where": rows.where(found),
        "hosts": hosts,
        "agenda": found.agenda.all(),
        "free": free_seats(found) if found.takes_registrations else [],
        "cover": covers.of([found]).get(found.pk),
        "visits": public_visits(found),
        "description": found.summary or f"{rows.when(found)}，{rows.where(found)}。",
    }
    return render(request, "public/activity.html", context)


def public_visits(event):
    """The parks that it visited, as far as they are in the public directory; of one that was called off none."""
    if event.is_off:
        return []
    return event.visits.filter(park__in=Park.objects.public().values("pk")).select_related("park")


@require_safe
def cover(request, pk, key):
    return _picture(request, pk, key, "download")


@require_safe
def cover_thumbnail(request, pk, key):
    return _picture(request, pk, key, "thumbnail")


def _picture(request, pk, key, which):
    """The event's cover under the address that names it; of a former one nothing."""
    found = covers.of([fetch_open(pk)]).get(pk)
    return public_picture(request, found.picture if found and found.picture.key == key else None, which)


@require_safe
def activity_ics(request, pk):
    found = fetch_open(pk)
    return calendar_file([found], name=str(found), address=rows.public_address)


@require_safe
def series_ics(request, pk):
    """A series to subscribe to: a year back and everything to come."""
    series = get_object_or_404(Series, pk=pk)
    everything = open_events().filter(series=series)
    if not everything.exists():
        raise Http404
    since = localdate() - timedelta(days=366)
    found = everything.filter(ends_at__date__gte=since).order_by("starts_at", "pk")
    return calendar_file(found[:500], name=series.name, address=rows.public_address)


@require_safe
def personal_ics(request, token):
    """What one person is registered for, for their own calendar; whoever has the address reads it."""
    feed = feeds.feed_of(token)
    if feed is None:
        raise Http404
    found = queries.events_in_calendar(feed.user)
    return calendar_file(found, name=f"{feed.user.full_name}的活动", address=rows.desk_address)
