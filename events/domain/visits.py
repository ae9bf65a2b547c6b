"""Verbs on visits of member parks: added, corrected, removed (domain 5.7).

What is archived is closed. Whoever corrects a visit afterwards says why; the row shows it, the history keeps the rest.
"""

from django.db.models import Max
from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.errors import Refused
from association.formats import chinese_date
from events.models import Event, Visit
from members.models import Park


@verb
def add(
    event, park, *, by, reason: str = "", visited_on=None, position: int | None = None, **fields
) -> Visit:
    """Note that the event visited the park, on the event's first day and after the others where nothing is said.

    Raises Refused for an event that has not begun, was called off, or is archived without a `reason`; and (422) for a
    park that it has already, a day on which the event was not held, and a unit that was no member on that day.
    """
    event = _open(event, reason)
    park = Park.objects.select_related("organization").get(pk=park.pk)
    if event.visits.filter(park=park).exists():
        raise Refused(f"{event.numbered}已经登记过“{park.name}”，每个园区只登记一次。", status=422)
    visited_on = visited_on or localdate(event.starts_at)
    _refuse_day(event, visited_on)
    _refuse_outsider(park.organization, visited_on)
    if position is None:
        position = (event.visits.aggregate(last=Max("position"))["last"] or 0) + 1
    visit = Visit.objects.create(
        event=event, park=park, organization=park.organization, visited_on=visited_on, position=position,
        **fields, **_correction(event, reason),
    )  # fmt: skip
    _note("added", visit, by, f"登记{event.numbered}走访“{park.name}”", reason)
    return visit


@verb
def update(visit, *, by, version: int, changes: dict, reason: str = "") -> Visit:
    """Correct a visit; its park and unit stay. Raises Conflict when somebody saved it meanwhile, Refused as `add`."""
    event = _open(visit.event, reason)
    visit = locked(visit, version, changes)
    changes = changed_fields(visit, changes)
    if not changes:
        return visit
    if "visited_on" in changes:
        _refuse_day(event, changes["visited_on"])
        _refuse_outsider(visit.organization, changes["visited_on"])
    named = labels(visit, changes)
    store(visit, changes | _correction(event, reason))
    _note("updated", visit, by, f"修改{event.numbered}走访“{visit.park.name}”：{named}", reason)
    return visit


@verb
def remove(visit, *, by, reason: str = "") -> None:
    """Take a visit off its event; its history stays. Doing it twice changes nothing. Raises Refused as `add`."""
    event = _open(visit.event, reason)
    visit = Visit.objects.filter(pk=visit.pk).select_related("park").first()
    if visit is None:
        return
    _note("removed", visit, by, f"删去{event.numbered}走访“{visit.park.name}”", reason)
    visit.delete()


def _open(event, reason) -> Event:
    """The event, locked: whoever archives it or calls it off, or visits the same park, waits or came first."""
    event = Event.objects.select_for_update(of=("self",)).select_related("series").get(pk=event.pk)
    if event.is_off:
        raise Refused(f"{event.numbered}{event.state.label}，没有走访可以登记。")
    if not event.is_published or event.starts_at > now():
        raise Refused(f"{event.numbered}还没有开始，开始以后才能登记走访。")
    if event.archived_at and not reason:
        raise Refused(f"{event.numbered}已归档。归档以后的更正要写明理由。", status=422)
    return event


def _refuse_day(event, day):
    first, last = event.days
    if not first <= day <= last:
        days = chinese_date(first) if first == last else f"{chinese_date(first)}至{chinese_date(last)}"
        raise Refused(f"走访日期应在活动期间（{days}）。", status=422)


def _refuse_outsider(unit, day):
    """Visits are of members (domain 1.1, row 21); a park of nobody's is not in the figures, so it is not noted."""
    if not unit.memberships.on(day).exists():
        raise Refused(f"{unit.name}在{chinese_date(day)}不是会员，走访只登记当时的会员单位。", status=422)


def _correction(event, reason) -> dict:
    return {"corrected_at": now(), "correction": reason} if event.archived_at else {}


def _note(what, visit, by, sentence, reason):
    basis = f"归档后更正：{reason}" if visit.event.archived_at else ""
    record(f"events.visit.{what}", visit.event, by=by, sentence=sentence, basis=basis)
