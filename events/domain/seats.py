"""Seats of an event: how many are free, and to whom one that becomes free is offered.

All of it runs under the lock of the event's row, so that of a hundred who ask at once each sees what the one before
took.
"""

from django.db.models import Count, Q
from django.utils.timezone import localdate, now

from association.domain.activities import record_many
from events import waiting
from events.choices import RegistrationState
from events.domain.registration_notices import tell
from events.models import Event, Registration
from members.models import Organization


def locked_event(event_id) -> Event:
    """The event, locked for the rest of the transaction; its rows elsewhere may still be pointed at it."""
    rows = Event.objects.select_for_update(of=("self",), no_key=True).select_related("series")
    return rows.get(pk=event_id)


def counts(event, mode) -> dict:
    """{"seated", "waiting", "overdue"}: live registrations of that mode by what they hold; one query."""
    seated = Q(confirmed_at__isnull=False) | Q(offered_at__isnull=False)
    queued = Q(waiting_since__isnull=False, offered_at__isnull=True, confirmed_at__isnull=True)
    overdue = Q(offered_at__isnull=False, confirmed_at__isnull=True, offer_ends_at__lte=now())
    return event.registrations.live().filter(mode=mode).aggregate(
        seated=Count("pk", filter=seated), waiting=Count("pk", filter=queued), overdue=Count("pk", filter=overdue)
    )  # fmt: skip


def room(event, mode, found: dict) -> bool:
    """Whether a seat of that mode is free."""
    capacity = event.capacity_of(mode)
    return capacity is None or found["seated"] < capacity


def settle(event, *, by=None) -> list[Registration]:
    """Take back what was offered and not taken, and offer every free seat to the next who waits; gives the registrations
    to whom one was offered. The event must be locked."""
    offered = []
    for mode in event.modes:
        found = counts(event, mode)
        if found["overdue"]:
            _lapse(event, mode, by)
            found = counts(event, mode)
        if found["waiting"] and room(event, mode, found):
            offered += _offer(event, mode, found, by)
    return offered


def _lapse(event, mode, by):
    overdue = event.registrations.offered().filter(mode=mode, offer_ends_at__lte=now())
    rows = list(overdue.select_related("event__series", "user"))
    for registration in rows:
        registration.lapsed_at = now()
        registration.version += 1
        registration.save(update_fields=["lapsed_at", "version", "updated_at"])
    sentence = f"{event.numbered}候补到期未确认，名额让给下一位"
    record_many("events.registration.lapsed", [((r, event), sentence) for r in rows], by=by)
    for registration in rows:
        tell(registration, "events.offer_lapsed")


def _offer(event, mode, found, by) -> list[Registration]:
    moment = now()
    ends_at = waiting.offer_ends(moment, event.starts_at)
    if ends_at is None:
        return []
    capacity = event.capacity_of(mode)
    number = found["waiting"] if capacity is None else capacity - found["seated"]
    rows = {
        r.pk: r
        for r in event.registrations.waiting().filter(mode=mode).select_related("event__series", "user")
    }
    chosen = [rows[one.pk] for one in _in_order(event, rows.values())[:number]]
    for registration in chosen:
        registration.offered_at, registration.offer_ends_at = moment, ends_at
        registration.version += 1
        registration.save(update_fields=["offered_at", "offer_ends_at", "version", "updated_at"])
    record_many(
        "events.registration.offered", [((r, event), f"{event.numbered}候补到位，等待确认") for r in chosen], by=by
    )  # fmt: skip
    for registration in chosen:
        tell(registration, "events.offered", until=ends_at)
    return chosen


def _in_order(event, rows) -> list:
    units = {r.organization_id for r in rows if r.organization_id}
    members = set()
    if units:
        today = Organization.objects.members_on(localdate())
        members = set(today.filter(pk__in=units).values_list("pk", flat=True))
    seated = event.registrations.seated().values_list("organization_id", "unit_name")
    return waiting.in_order(
        event.wait_rule,
        [waiting.Waiting(r.pk, r.waiting_since, unit_key(r.organization_id, r.unit_name), r.organization_id in members) for r in rows],
        {unit_key(*row) for row in seated},
    )  # fmt: skip


def unit_key(organization_id, unit_name):
    """What tells units apart: their record, else their name."""
    return organization_id or unit_name


def place_in_queue(registration) -> int | None:
    """The place of one who waits, by the event's rule as things stand; None for everybody else."""
    if registration.state != RegistrationState.WAITING:
        return None
    event = registration.event
    rows = list(event.registrations.waiting().filter(mode=registration.mode))
    return 1 + [one.pk for one in _in_order(event, rows)].index(registration.pk)
