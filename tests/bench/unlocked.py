"""The house with the lock of the event's row taken off: proof that the rush is a race. Nothing else is different."""

from association.wsgi import application as application
from events.domain import seats
from events.models import Event


def unlocked_event(event_id):
    return Event.objects.select_related("series").get(pk=event_id)


seats.locked_event = unlocked_event
