"""Verbs on the picture of an event. It is no part of what archiving closes, and no figure hangs on it."""

from association.domain import attachments
from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from events import covers
from events.models import Cover, Event


@verb
def set_cover(event, upload, *, by, alt: str) -> Cover:
    """Put a picture in the place of the event's cover; `alt` says what it shows. Raises Refused (422) for what is no
    picture."""
    event = _locked(event)
    attachments.refuse_other_than_pictures([upload])
    former = Cover.objects.filter(event=event).select_related("picture").first()
    if former:
        attachments.remove(former.picture, by=by)
    picture = attachments.add(event, upload, by=by, kind=covers.KIND)
    if former:
        cover = store(former, {"picture": picture, "alt": alt})
    else:
        cover = Cover.objects.create(event=event, picture=picture, alt=alt)
    record("events.cover.set", event, by=by, sentence=f"{'更换' if former else '设置'}{event.numbered}的封面")
    return cover


@verb
def describe_cover(event, *, by, alt: str) -> Cover:
    """Say otherwise what the cover shows. The same words again change nothing; raises Refused where there is none."""
    event = _locked(event)
    cover = covers.kept(event)
    if cover is None:
        raise Refused(f"{event.numbered}还没有封面，请先选一张图片。", status=422)
    if cover.alt == alt:
        return cover
    store(cover, {"alt": alt})
    record("events.cover.described", event, by=by, sentence=f"修改{event.numbered}封面的说明")
    return cover


@verb
def remove_cover(event, *, by) -> None:
    """Take the cover off the event. Doing it twice changes nothing."""
    event = _locked(event)
    cover = Cover.objects.filter(event=event).select_related("picture").first()
    if cover is None:
        return
    attachments.remove(cover.picture, by=by)
    cover.delete()
    record("events.cover.removed", event, by=by, sentence=f"取下{event.numbered}的封面")


def _locked(event) -> Event:
    return Event.objects.select_for_update(of=("self",)).select_related("series").get(pk=event.pk)
