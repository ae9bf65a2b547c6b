"""Verbs on a person's calendar feed."""

from association.domain.activities import record, verb
from events.models import CalendarFeed


@verb
def open_feed(*, by) -> CalendarFeed:
    """The person's feed; made when there is none. Doing it twice changes nothing."""
    feed, is_new = CalendarFeed.objects.get_or_create(user=by)
    if is_new:
        record("events.feed.opened", by, by=by, sentence="开通个人日历订阅")
    return feed


@verb
def close_feed(*, by) -> None:
    """Give the address up; calendars that read it get nothing any more. Doing it twice changes nothing."""
    deleted, _ = CalendarFeed.objects.filter(user=by).delete()
    if deleted:
        record("events.feed.closed", by, by=by, sentence="停用个人日历订阅")


def feed_of(token: str) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(token=token, user__is_active=True).select_related("user").first()
