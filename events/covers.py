"""The picture of an event: an attachment under the kind 封面 with what it shows in words, once it is redrawn."""

from association.choices import AttachmentState
from events.models import Cover

KIND = "封面"


def kept(event) -> Cover | None:
    """The event's cover whatever became of it, with its files at hand: it may still be redrawn, or was refused."""
    found = Cover.objects.filter(event=event, picture__removed_at__isnull=True)
    return found.select_related("picture").prefetch_related("picture__files").first()


def of(events) -> dict[int, Cover]:
    """Key of the event → its cover, for those that have one to show; two queries however many there are."""
    found = Cover.objects.filter(
        event__in=[event.pk for event in events],
        picture__state=AttachmentState.READY,
        picture__removed_at__isnull=True,
    )
    return {
        cover.event_id: cover for cover in found.select_related("picture").prefetch_related("picture__files")
    }


def attach(events):
    """The same events, each with its `picture`: its cover, or None."""
    found = of(events)
    for event in events:
        event.picture = found.get(event.pk)
    return events
