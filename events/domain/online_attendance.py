"""Verbs on lists of the online room: taken in and matched, what is left settled by hand (domain 5.3, 10.6).

Matched by mobile number, then by name and company; what fits nobody, or more than one, waits for a person. A list never
makes somebody who was on site be online.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import now

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from events.choices import ArrivalSource, Mode, OnlineRowState
from events.companies import person_key
from events.domain import attendance
from events.models import Attendance, OnlineList, OnlineRow
from members.models import Organization

SETTLED = {"full_name": "", "mobile": "", "unit_name": ""}


@dataclass(frozen=True)
class Visit:
    """One person of a list, all their comings and goings together; `number` is the first row on which they stand."""

    number: int
    full_name: str
    unit_name: str
    mobile: str = ""
    mode: str = Mode.ONLINE
    entered_at: datetime | None = None
    minutes: int | None = None


def _begun(event_id):
    event = attendance.opened(event_id)
    if event.check_in_opens_at > now():
        raise Refused(f"{event.numbered}还没有开始，没有线上名单可导入。")
    return event


@verb
def import_online(event, visits: list[Visit], *, by, filename: str, digest: str) -> OnlineList:
    """Take in a list of the online room. The same file again gives the list that it was and changes nothing.

    Raises Refused for an event that has not begun, is off or archived.
    """
    event = _begun(event.pk)
    if same := event.online_lists.filter(digest=digest).first():
        return same
    found = OnlineList.objects.create(
        event=event, filename=filename, digest=digest, uploaded_by=by, people=len(visits)
    )
    people = _People(event)
    new, changed, left = [], [], []
    for visit in visits:
        row, registration = people.find(visit)
        if row is None and registration is None:
            left.append(visit)
        elif row is not None:
            if _add_minutes(row, visit, registration):
                changed.append(row)
        else:
            new.append(people.remember(_made(event, visit, registration, by)))
    Attendance.objects.bulk_create(new)
    Attendance.objects.bulk_update(changed, ["mode", "minutes", "registration", "version", "updated_at"])
    _queue(found, event, left)
    matched = len(visits) - len(left)
    short = sum(v.minutes is not None and v.minutes < event.minimum_minutes for v in visits)
    OnlineList.objects.filter(pk=found.pk).update(matched=matched, short=short)
    found.matched, found.short = matched, short
    sentence = f"导入{event.numbered}线上名单：{len(visits)} 人，自动对上 {matched} 人，待核对 {len(left)} 人"
    record("events.attendance.imported", event, by=by, sentence=sentence)
    return found


def _longer(*minutes) -> int | None:
    return max((one for one in minutes if one is not None), default=None)


def _add_minutes(row, visit, registration) -> bool:
    """Let a row know of the longest time online and of having been on site; gives whether it is changed by it."""
    facts = {"minutes": _longer(row.minutes, visit.minutes)}
    if visit.mode == Mode.ONSITE:
        facts["mode"] = Mode.ONSITE
    if row.registration_id is None and registration is not None:
        facts["registration"] = registration
    if all(getattr(row, name) == value for name, value in facts.items()):
        return False
    for name, value in facts.items():
        setattr(row, name, value)
    row.version, row.updated_at = row.version + 1, now()
    return True


def _made(event, visit, registration, by) -> Attendance:
    facts = {
        "mode": visit.mode,
        "source": ArrivalSource.IMPORT,
        "arrived_at": _within(event, visit),
        "by": by,
    }
    return attendance.made(event, registration=registration, minutes=visit.minutes, **facts)


def _within(event, visit) -> datetime:
    """When the person came; who entered the room earlier or later than one checks in, at the edge of that time."""
    return min(max(visit.entered_at or event.starts_at, event.check_in_opens_at), event.ends_at)


def _queue(found, event, visits):
    """Put those who fit nobody aside; one who waits already from an earlier list is not put there again."""
    waiting = event.online_rows.open()
    mobiles = set(waiting.exclude(mobile="").values_list("mobile", flat=True))
    people = {person_key(*words) for words in waiting.values_list("full_name", "unit_name")}
    OnlineRow.objects.bulk_create(
        OnlineRow(
            list=found, event=event, number=v.number, full_name=v.full_name, mobile=v.mobile, unit_name=v.unit_name,
            mode=v.mode, entered_at=v.entered_at, minutes=v.minutes,
        )
        for v in visits
        if v.mobile not in mobiles and person_key(v.full_name, v.unit_name) not in people
    )  # fmt: skip


class _People:
    """Everybody whom the event knows, read at once: who took part, and who is registered."""

    def __init__(self, event):
        rows = list(event.attendances.live())
        registrations = list(event.registrations.live())
        self.rows_by_registration = {row.registration_id: row for row in rows if row.registration_id}
        self.rows_by_mobile = {row.mobile: row for row in rows if row.mobile}
        self.rows_by_person = _by_person(rows)
        self.registered_by_mobile = {r.mobile: r for r in registrations if r.mobile}
        self.registered_by_person = _by_person(registrations)

    def find(self, visit) -> tuple:
        """(attendance, registration) of the person, None where there is none or more than one may be meant."""
        registration = self._one(visit, self.registered_by_mobile, self.registered_by_person)
        if registration is not None and (row := self.rows_by_registration.get(registration.pk)):
            return row, registration
        return self._one(visit, self.rows_by_mobile, self.rows_by_person), registration

    def _one(self, visit, by_mobile, by_person):
        if visit.mobile and (found := by_mobile.get(visit.mobile)):
            return found
        alike = by_person.get(person_key(visit.full_name, visit.unit_name), [])
        # A number that both give and that differs makes two people of one name.
        alike = [one for one in alike if not one.mobile or not visit.mobile or one.mobile == visit.mobile]
        return alike[0] if len(alike) == 1 else None

    def remember(self, row):
        if row.registration_id:
            self.rows_by_registration[row.registration_id] = row
        if row.mobile:
            self.rows_by_mobile[row.mobile] = row
        return row


def _by_person(rows) -> dict:
    found = {}
    for row in rows:
        found.setdefault(person_key(row.full_name, row.unit_name), []).append(row)
    return found


# --- what is left -----------------------------------------------------------------------------------------------------


def _locked(row) -> OnlineRow:
    """The row under the lock of its event. Raises Refused for an event whose attendance is closed."""
    event = attendance.opened(row.event_id)
    found = OnlineRow.objects.select_related("list", "attendance").get(pk=row.pk)
    found.event = event
    return found


def _settle(rows, state, by, attendances=()):
    """Say what became of the rows, and take the people out of them."""
    given = dict(attendances)
    for row in rows:
        row.state, row.settled_by, row.settled_at = state, by, now()
        row.attendance = given.get(row.pk)
        for name, value in SETTLED.items():
            setattr(row, name, value)
    OnlineRow.objects.bulk_update(rows, ["state", "settled_by", "settled_at", "attendance", *SETTLED])


def _visit(row) -> Visit:
    names = ("number", "full_name", "unit_name", "mobile", "mode", "entered_at", "minutes")
    return Visit(**{name: getattr(row, name) for name in names})


@verb
def match(row, *, by, registration=None, attendance_row=None) -> Attendance:
    """Say that the row is a person who is registered or took part. Doing it twice changes nothing; raises Refused for a row
    that was settled otherwise meanwhile, and (422) for somebody of another event."""
    row = _locked(row)
    whom = registration or attendance_row
    if whom.event_id != row.event_id:
        raise Refused("选的人不是这场活动的，请重新选择。", status=422)
    if row.state == OnlineRowState.MATCHED and _is_of(row.attendance, registration, attendance_row):
        return row.attendance
    _refuse_settled(row)
    visit = _visit(row)
    found = attendance_row or row.event.attendances.live().filter(registration=registration).first()
    if found is None:
        found = _made(row.event, visit, registration, by)
        found.save(force_insert=True)
    else:
        store(found, {"minutes": _longer(found.minutes, visit.minutes)})
    _settle([row], OnlineRowState.MATCHED, by, [(row.pk, found)])
    _record(row, found, by, f"核对线上名单：{found.unit_name}")
    return found


def _is_of(found, registration, attendance_row) -> bool:
    if found is None:
        return False
    return found == attendance_row or (registration is not None and found.registration_id == registration.pk)


def _refuse_settled(row):
    if row.state != OnlineRowState.OPEN:
        raise Refused(f"这一行已由{row.settled_by}办过：{row.get_state_display()}。")


@verb
def add(row, *, by) -> Attendance:
    """Enter the person of the row as one who took part without having registered. Doing it twice changes nothing."""
    row = _locked(row)
    if row.state == OnlineRowState.ADDED:
        return row.attendance
    _refuse_settled(row)
    (made,) = _add([row], by)
    _record(row, made, by, f"登记线上参加：{made.unit_name}")
    return made


@verb
def add_all(event, *, by) -> int:
    """Enter everybody of the event who still waits; gives how many. Doing it twice changes nothing."""
    event = attendance.opened(event.pk)
    rows = list(event.online_rows.open().order_by("number", "pk"))
    for row in rows:
        row.event = event
    if rows:
        _add(rows, by)
        sentence = f"{event.numbered}线上名单余下的 {len(rows)} 人登记为新参加者"
        record("events.attendance.added", event, by=by, sentence=sentence)
    return len(rows)


def _add(rows, by) -> list[Attendance]:
    """An attendance for each row; somebody who was entered meanwhile is not entered twice."""
    event = rows[0].event
    units = Organization.objects.filter(name__in={row.unit_name for row in rows})
    keys = dict(units.values_list("name", "pk"))
    people = _People(event)
    made, found = [], []
    for row in rows:
        standing, registration = people.find(_visit(row))
        if standing is None:
            standing = people.remember(_stranger(event, row, registration, keys, by))
            people.rows_by_person.setdefault(attendance.person_of(standing), []).append(standing)
            made.append(standing)
        found.append((row.pk, standing))
    Attendance.objects.bulk_create(made)
    _settle(rows, OnlineRowState.ADDED, by, found)
    return [standing for _, standing in found]


def _stranger(event, row, registration, keys, by):
    if registration is not None:
        return _made(event, _visit(row), registration, by)
    return attendance.made(
        event, mode=row.mode, source=ArrivalSource.IMPORT, arrived_at=_within(event, row), minutes=row.minutes, by=by,
        full_name=row.full_name, mobile=row.mobile, unit_name=row.unit_name, organization_id=keys.get(row.unit_name),
    )  # fmt: skip


@verb
def ignore(row, *, by) -> OnlineRow:
    """Leave the row out: a colleague of ours, a test, a stranger. Doing it twice changes nothing."""
    row = _locked(row)
    if row.state == OnlineRowState.IGNORED:
        return row
    _refuse_settled(row)
    _settle([row], OnlineRowState.IGNORED, by)
    sentence = f"{row.event.numbered}线上名单“{row.list}”第 {row.number} 行不计"
    record("events.attendance.ignored", row.event, by=by, sentence=sentence)
    return row


def _record(row, found, by, what):
    record("events.attendance.made", found, by=by, sentence=f"{row.event.numbered}{what}")
