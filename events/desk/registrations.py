"""Registration on the workbench: menu, what a person has to confirm, what the secretariat has to look at."""

from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.stocks import waiting
from events import permissions
from events.domain.registration_notices import moment_in_words
from events.models import Registration


def _pending():
    return Registration.objects.pending().filter(
        event__cancelled_at__isnull=True, event__starts_at__date__gte=localdate()
    )


def _offered():
    return Registration.objects.offered()


waiting.add("events.seats_offered", _offered)
waiting.add("events.registrations_pending", _pending, due="event__starts_at__date")

desk.menu("活动", "我的报名", "events:mine", allowed=lambda user: user.is_authenticated, order=25)


@desk.todo
def offers_to_take(user):
    """One for each seat that is kept for the person, or for somebody they registered, and not taken yet."""
    if not user.is_authenticated or not waiting.of("events.seats_offered"):
        return
    offered = Registration.objects.visible_to(user).offered().select_related("event__series")
    for registration in offered.order_by("offer_ends_at", "pk")[:10]:
        if registration.offer_stands:
            yield desk.Todo(
                title=f"候补到位，请确认：{registration.event.numbered}",
                detail=f"{registration.full_name}，保留到 {moment_in_words(registration.offer_ends_at)}",
                url=reverse("events:registration", args=[registration.pk]),
                action="去确认",
                due=localdate(registration.offer_ends_at),
            )


@desk.todo
def registrations_to_approve(user):
    """One for the secretariat for each event whose registrations wait for approval."""
    if not permissions.can_keep_registrations(user) or not waiting.of("events.registrations_pending"):
        return
    events = {}
    for registration in _pending().select_related("event__series").order_by("event__starts_at", "pk")[:200]:
        events.setdefault(registration.event, []).append(registration)
    for event, rows in list(events.items())[:10]:
        yield desk.Todo(
            title=f"{len(rows)} 个报名待审核：{event.numbered}",
            detail=event.topic,
            url=f"{reverse('events:registrations', args=[event.pk])}?state=pending",
            action="去审核",
            due=localdate(event.starts_at),
        )
