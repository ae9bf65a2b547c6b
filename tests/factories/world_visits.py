"""What the room of visits adds to the world of the access test."""

from datetime import timedelta

from django.utils.timezone import now

from events.domain import visits
from events.models import Cover, Event
from members.models import Park
from tests.factories.happenings import make_event
from tests.factories.pictures import ready_picture


def add(world) -> None:
    """A visit of the member's park at an event of yesterday, and a cover on the event that is open to everybody."""
    secretary, general = world.people["secretary"], world.people["secretary_general"]
    series = Event.objects.get(pk=world.own["event"]).series
    visited = make_event(series, by=secretary, stand="published", submitter=secretary, approver=general)
    Event.objects.filter(pk=visited.pk).update(
        starts_at=now() - timedelta(days=2), ends_at=now() - timedelta(days=1)
    )
    park = Park.objects.get(pk=world.own["park"])
    visit = visits.add(visited, park, by=secretary, guide="演示讲解人")
    open_event = Event.objects.get(pk=world.own["open_event"])
    picture = ready_picture(open_event, secretary, kind="封面")
    Cover.objects.create(event=open_event, picture=picture, alt="演示图片")
    unvisited = Park.objects.get(pk=world.other["park"])
    world.own |= {
        "visited": visited.pk,
        "visit": visit.pk,
        "visited_on": visit.visited_on,
        "event_cover": picture.key,
        "unvisited": unvisited.pk,
    }
