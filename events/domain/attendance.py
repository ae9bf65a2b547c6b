"""Verbs on attendance: let people in by their registration, by themselves, at the desk; take it back (domain 5.3, 10.6).

All of it runs under the lock of the event's row, so that two doors see what each other did. One live row a person and
event; whoever was on site stays on site.
"""

from datetime import datetime

from django.db.models import Count, Q
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.timezone import localdate, localtime, now

from association import limits
from association.chinese import normalise
from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.errors import Refused
from events.choices import ArrivalSource, Mode, RegistrationState
from events.companies import company_key, person_key
from events.domain import seats
from events.models import Attendance, Event, Registration
from members.models import Organization

# Guesses at the four digits, for one registration and for all of an event.
TRIES, TRIES_OF_EVENT = "6/10m", "300/10m"
MAY_COME_IN = (RegistrationState.WAITING, RegistrationState.OFFERED, RegistrationState.PENDING)


def clock(moment) -> str:
    """14:02, or 3月1日 14:02 when that is not today."""
    at = localtime(moment)
    return f"{at:%H:%M}" if at.date() == localdate() else f"{at.month}月{at.day}日 {at:%H:%M}"


# --- the event ----------------------------------------------------------------------------------------------------


def opened(event_id, *, correction: str = "") -> Event:
    """The event, locked, if its attendance may still be changed; the one place that says so.

    Archiving locks the head-count: afterwards a change needs a reason, the `correction`, and is shown as one. Raises
    Refused for an event that was not published, is off, or is archived, and (422) for an archived one without a reason
    where one could be given.
    """
    event = seats.locked_event(event_id)
    if not event.is_published or event.is_off:
        raise Refused(f"{event.numbered}{event.state.label}，不能签到。")
    if event.archived_at and not correction:
        raise Refused(f"{event.numbered}已归档，人数已经锁定；要更正，请在签到页的“更正”里写明理由。")
    return event


def head_count(event) -> dict:
    """How many took part, as statistics count them: `onsite`, `online` people, `companies`; two queries."""
    counted = event.attendances.counted()
    found = counted.aggregate(
        onsite=Count("pk", filter=Q(mode=Mode.ONSITE)), online=Count("pk", filter=Q(mode=Mode.ONLINE))
    )
    return found | {"companies": counted.with_company().aggregate(n=Count("company", distinct=True))["n"]}


def refuse_moment(event, moment, *, replay=False) -> None:
    """Raise Refused when nobody checks in at that moment; with `replay` it is the moment of an earlier scan."""
    if moment < event.check_in_opens_at:
        when = f"扫码是在 {clock(moment)}，" if replay else ""
        raise Refused(f"{when}签到从 {clock(event.check_in_opens_at)} 开始，到时再签。")
    if moment >= event.ends_at:
        raise Refused(f"活动已在 {clock(event.ends_at)} 结束，确实到场的请秘书处补录。")


@verb
def set_minimum(event, *, by, version: int, minutes: int) -> Event:
    """Set for how many minutes one has to be online to count. Raises Conflict when somebody saved the event meanwhile."""
    opened(event.pk)
    event = locked(event, version, {"minimum_minutes": minutes})
    if changes := changed_fields(event, {"minimum_minutes": minutes}):
        store(event, changes)
        sentence = f"设定{event.numbered}：{labels(event, changes)} {minutes}"
        record("events.event.minimum_set", event, by=by, sentence=sentence)
    return event


@verb
def renew_code(event, *, by) -> Event:
    """Give the event a new code for those who check in by themselves; the former one is dead at once. Raises Refused for
    an event that is over."""
    event = opened(event.pk)
    if event.is_over:
        raise Refused(f"{event.numbered}已经结束，不能再自助签到。")
    code = get_random_string(4, "0123456789")
    while code == event.venue_code:
        code = get_random_string(4, "0123456789")
    store(event, {"venue_code": code})
    record("events.event.code_renewed", event, by=by, sentence=f"更换{event.numbered}的现场码")
    return event


# --- one person -----------------------------------------------------------------------------------------------------


def made(event, *, mode, source, arrived_at, registration=None, **fields) -> Attendance:
    """An attendance, not yet stored; of a registration with what that says of the person."""
    if registration is not None:
        names = ("full_name", "mobile", "title", "unit_name", "organization_id")
        fields = {name: getattr(registration, name) for name in names} | fields
    key = company_key(fields["unit_name"])
    return Attendance(
        event=event, registration=registration, mode=mode, source=source, arrived_at=arrived_at, unit_key=key, **fields
    )  # fmt: skip


def standing(event, *, registration=None, full_name="", unit_name="", mobile="") -> Attendance | None:
    """The live row of that person at the event: by registration, by mobile number, else by name and company where no
    number says otherwise."""
    rows = event.attendances.live()
    if registration is not None and (found := rows.filter(registration=registration).first()):
        return found
    if mobile and (found := rows.filter(mobile=mobile).first()):
        return found
    alike = rows.filter(full_name=full_name, unit_key=company_key(unit_name))
    for row in alike:
        same_number = not row.mobile or not mobile or row.mobile == mobile
        if same_number and (registration is None or row.registration_id is None):
            return row
    return None


def raise_to_onsite(row, *, at, source, **facts) -> Attendance:
    """Let somebody who was known to be online count as on site."""
    return store(row, {"mode": Mode.ONSITE, "arrived_at": at, "source": source, **facts})


def named(row) -> str:
    """Who it is, for a sentence: 张三（某某公司）."""
    return f"{row.full_name}（{row.unit_name}）"


@verb
def check_in(registration, *, by) -> tuple[Attendance, bool]:
    """Check somebody in at the desk by their registration; gives the row, and whether it is new. Doing it twice changes
    nothing.

    One who waits for a seat is let in, too: it is the staff that decides. After the event it is entered late, at its end.
    Raises Refused before the window and for a registration that was cancelled, declined or lapsed.
    """
    event = opened(registration.event_id)
    registration = Registration.objects.get(pk=registration.pk)
    if row := _already_onsite(event, registration):
        return row, False
    moment, source = _desk_moment(event)
    if not registration.is_live:
        raise Refused(f"这个报名{registration.state.label}。确实到场的，请登记为现场来宾。")
    row, is_new = _bring_in(event, registration, moment, source, by)
    if not is_new:
        return row, False
    let_in = "，候补准予入场" if registration.state in MAY_COME_IN else ""
    _record(event, row, registration, by, f"签到：{registration.unit_name}{let_in}")
    return row, True


def _already_onsite(event, registration):
    found = event.attendances.live().onsite()
    return found.filter(registration=registration).first()


def _bring_in(event, registration, moment, source, by) -> tuple[Attendance, bool]:
    """Let the registered person be on site; gives the row, and whether they were not there before."""
    words = {name: getattr(registration, name) for name in ("full_name", "unit_name", "mobile")}
    row = standing(event, registration=registration, **words)
    if row is None:
        row = made(
            event, registration=registration, mode=Mode.ONSITE, source=source, arrived_at=moment, by=by
        )
        row.save(force_insert=True)
        return row, True
    if row.mode == Mode.ONSITE:  # entered at the desk by name
        return store(row, {"registration": registration}), False
    return raise_to_onsite(row, at=moment, source=source, registration=registration, by=by), True


def _desk_moment(event) -> tuple[datetime, str]:
    """When somebody whom the staff enters now arrived, and how it came to be known."""
    moment = now()
    if moment < event.check_in_opens_at:
        refuse_moment(event, moment)
    if moment >= event.ends_at:
        return event.ends_at, ArrivalSource.LATE
    return moment, ArrivalSource.DESK


def _record(event, row, registration, by, what, *, basis=""):
    sentence = f"{event.numbered}{'归档后更正，' if basis else ''}{what}"
    record(
        "events.attendance.made", row, *filter(None, [registration]), by=by, sentence=sentence, basis=basis
    )


@verb
def check_in_self(registration, *, by, code: str) -> tuple[Attendance, bool]:
    """The person types the four digits that stand on the screen of the venue; gives the row, and whether it is new.

    Raises Refused outside the window, without a code for this event, for a registration that has no seat, after too many
    tries (429), and (422) for a wrong code.
    """
    event = opened(registration.event_id)
    registration = Registration.objects.get(pk=registration.pk)
    if row := _already_onsite(event, registration):
        return row, False
    refuse_moment(event, now())
    if registration.state != RegistrationState.CONFIRMED:
        raise Refused(f"这个报名{registration.state.label}，请到签到台询问。")
    _refuse_code(event, registration, code)
    row, is_new = _bring_in(event, registration, now(), ArrivalSource.SELF, by)
    if is_new:
        _record(event, row, registration, by, f"自助签到：{registration.unit_name}")
    return row, is_new


def _refuse_code(event, registration, code):
    if not event.venue_code:
        raise Refused("这场活动没有开放自助签到，请到签到台签到。")
    waits = [
        limits.seconds_to_wait("venue_tries", TRIES, f"registration:{registration.pk}"),
        limits.seconds_to_wait("venue_tries", TRIES_OF_EVENT, f"event:{event.pk}"),
    ]
    if any(waits):
        raise Refused("现场码试的次数太多，请过十分钟再试，或到签到台签到。", status=429)
    if not constant_time_compare(code, event.venue_code):
        raise Refused("现场码不对，请看会场屏幕上的四位数字。", status=422)


@verb
def add_walk_in(
    event, *, by, full_name: str, unit_name: str, mobile="", title="", mode=Mode.ONSITE, correction=""
) -> tuple[Attendance, bool]:
    """Enter somebody at the desk, with or without a registration; gives the row, and whether it is new.

    Of one who registered with this number the registration is found. The same person entered again changes nothing. After
    the event it is entered late; of an archived one `correction` says why. Raises Refused before the window, and for an
    archived event without a reason.
    """
    event = opened(event.pk, correction=correction)
    full_name, unit_name = normalise(full_name), normalise(unit_name)
    moment, source = _desk_moment(event)
    registration = event.registrations.live().filter(mobile=mobile).first() if mobile else None
    row = standing(event, registration=registration, full_name=full_name, unit_name=unit_name, mobile=mobile)
    if row is not None and (row.mode == Mode.ONSITE or mode == Mode.ONLINE):
        return row, False
    if row is not None:
        row = raise_to_onsite(
            row, at=moment, source=source, by=by, registration=registration or row.registration,
            correction=_reason(event, correction),
        )  # fmt: skip
    else:
        unit = Organization.objects.filter(name=unit_name).first()
        row = made(
            event, mode=mode, source=source, arrived_at=moment, by=by, registration=registration, full_name=full_name,
            unit_name=unit_name, mobile=mobile, title=title, organization_id=unit and unit.pk,
            correction=_reason(event, correction),
        )  # fmt: skip
        row.save(force_insert=True)
    _record(
        event, row, registration, by, f"{row.get_source_display()}：{row.unit_name}", basis=row.correction
    )
    return row, True


def _reason(event, correction) -> str:
    """The reason is kept where there is something to correct."""
    return correction if event.archived_at else ""


@verb
def undo(attendance, *, by, reason: str) -> Attendance:
    """Take an attendance back that was entered in error. Doing it twice changes nothing; the person may be checked in
    again afterwards."""
    event = opened(attendance.event_id, correction=reason)
    row = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    row.event = event
    if row.undone_at:
        return row
    store(row, {"undone_at": now(), "undone_by": by, "undone_reason": reason})
    sentence = f"{event.numbered}{'归档后更正，' if event.archived_at else ''}撤销签到：{row.unit_name}"
    record("events.attendance.undone", row, event, by=by, sentence=sentence, basis=reason)
    return row


def leaves_out(event, starts_at, ends_at) -> bool:
    """Whether people have checked in who would stand outside the window if the event were at that time."""
    opens = starts_at - (event.starts_at - event.check_in_opens_at)
    came = event.attendances.live().onsite()
    return came.filter(arrived_at__lt=opens).exists() or came.filter(arrived_at__gt=ends_at).exists()


def person_of(row) -> tuple[str, str]:
    """What tells people apart by name: see `companies.person_key`."""
    return person_key(row.full_name, row.unit_name)
