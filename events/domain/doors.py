"""Verbs of the door: links for volunteers, and the scans that their phones hand in, many at once.

A phone that was offline hands in its scans later. Each has the moment at which it was made and a nonce by which it is
known again when its answer got lost. A batch is one transaction with as many queries as a single scan.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.timezone import now

from association.domain.activities import record, verb
from association.errors import Refused
from events import shortcodes
from events.choices import ArrivalSource, Mode, RegistrationState, ScanResult
from events.domain import attendance
from events.domain.attendance import clock, named
from events.models import Attendance, DoorPass, Registration

MOST_SCANS = 100
MOST_DOORS = 30
UNKNOWN = "不认识这个码。请按姓名查找，或请工作人员登记为现场来宾。"
SETTLED = ("mode", "arrived_at", "source", "registration", "door", "by", "version", "updated_at")


@dataclass(frozen=True)
class Scan:
    """What a phone read, the code of the QR or the six characters, and when."""

    nonce: str
    value: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """What became of one scan, in words for the volunteer; `at` is when the person first checked in."""

    nonce: str
    result: str
    text: str
    who: str = ""
    unit: str = ""
    at: datetime | None = None


# --- links ----------------------------------------------------------------------------------------------------------


def hashed(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@verb
def open_door(event, *, by, label: str) -> tuple[DoorPass, str]:
    """A link for one phone; gives it and its secret, which is shown only now. Raises Refused for an event that is over or
    has thirty links already."""
    event = attendance.opened(event.pk)
    if event.is_over:
        raise Refused(f"{event.numbered}已经结束，不用再发签到链接。")
    if event.doors.filter(revoked_at__isnull=True).count() >= MOST_DOORS:
        raise Refused(f"一场活动最多 {MOST_DOORS} 个签到链接，请先收回不用的。")
    token = secrets.token_urlsafe(16)
    door = DoorPass.objects.create(event=event, label=label, token_hash=hashed(token), made_by=by)
    record("events.door.opened", event, by=by, sentence=f"发放{event.numbered}的签到链接：{label}")
    return door, token


@verb
def revoke(door, *, by) -> DoorPass:
    """Take a link back; what its phone has not handed in yet is not taken any more. Doing it twice changes nothing."""
    door = DoorPass.objects.select_for_update(of=("self",)).select_related("event__series").get(pk=door.pk)
    if door.revoked_at:
        return door
    door.revoked_at, door.revoked_by = now(), by
    door.save(update_fields=["revoked_at", "revoked_by"])
    sentence = f"收回{door.event.numbered}的签到链接：{door.label}"
    record("events.door.revoked", door.event, by=by, sentence=sentence)
    return door


def usable(token: str) -> DoorPass | None:
    """The link with that secret, if it still opens the door."""
    found = DoorPass.objects.select_related("event__series").filter(token_hash=hashed(token)).first()
    return found if found is not None and found.is_open else None


# --- scans ----------------------------------------------------------------------------------------------------------


@verb
def take_scans(event, scans: list[Scan], *, by=None, door=None) -> list[Answer]:
    """Check in everybody who was scanned; gives an answer to each scan, in their order.

    The scan's own moment counts, but never a later one than now. A scan that comes again is answered as before; one of a
    person who is there already says since when. Whoever is known to be online becomes on site. Raises Refused for an event
    that takes no attendance at all, and (422) for more than a hundred scans.
    """
    if len(scans) > MOST_SCANS:
        raise Refused(f"一次最多交 {MOST_SCANS} 个签到。", status=422)
    event = attendance.opened(event.pk)
    desk = _Desk(event, scans, by, door)
    answers = [desk.answer(scan) for scan in scans]
    if desk.new:
        Attendance.objects.bulk_create(desk.new)
    if changed := [*desk.raised, *desk.linked]:
        Attendance.objects.bulk_update(changed, SETTLED)
    if came := [row.registration for row in (*desk.new, *desk.raised)]:
        whose = f"（{door.label}）" if door else ""
        record(
            "events.attendance.scanned", *came, by=by, sentence=f"{event.numbered}签到 {len(came)} 人{whose}"
        )
    return answers


class _Desk:
    """All that is needed to answer a batch, read at once, and what is to be written of it."""

    def __init__(self, event, scans, by, door):
        self.event, self.by, self.door, self.moment = event, by, door, now()
        self.new, self.raised, self.linked = [], [], []
        self.by_code, self.by_short = _registrations(event, scans)
        found = [r for rows in self.by_short.values() for r in rows]
        found += self.by_code.values()
        rows = _rows_about(event, found, [scan.nonce for scan in scans])
        self.by_nonce = {row.nonce: row for row in rows if row.nonce}
        live = [row for row in rows if row.undone_at is None]
        self.by_registration = {row.registration_id: row for row in live if row.registration_id}
        self.by_mobile = {row.mobile: row for row in live if row.mobile}
        self.by_person = {attendance.person_of(row): row for row in live if not row.registration_id}

    def answer(self, scan) -> Answer:
        if known := self.by_nonce.get(scan.nonce):
            return self._known(scan, known)
        try:
            registration = self._registration(scan.value)
            at = min(scan.at, self.moment)
            attendance.refuse_moment(self.event, at, replay=at < self.moment)
            _refuse_state(registration)
        except Refused as refused:
            return Answer(scan.nonce, ScanResult.REFUSED, refused.sentence)
        row = self._standing(registration)
        if row is not None and row.mode == Mode.ONSITE:
            self._link(row, registration)
            text = f"{named(row)}已在 {clock(row.arrived_at)} 签到，这次不再计。"
            return Answer(scan.nonce, ScanResult.AGAIN, text, row.full_name, row.unit_name, row.arrived_at)
        return self._done(
            scan, self._raise(row, registration, scan, at) if row else self._make(registration, scan, at)
        )

    def _known(self, scan, row) -> Answer:
        if row.undone_at:
            return Answer(scan.nonce, ScanResult.REFUSED, f"{named(row)}的签到已由工作人员撤销。")
        return self._done(scan, row)

    def _done(self, scan, row) -> Answer:
        text = f"{named(row)}已签到"
        return Answer(scan.nonce, ScanResult.DONE, text, row.full_name, row.unit_name, row.arrived_at)

    def _registration(self, value) -> Registration:
        short = shortcodes.as_short(value)
        found = self.by_short.get(short, []) if short else []
        if len(found) > 1:
            raise Refused("有两位的短码相同，请扫码，或按姓名查找后由工作人员签到。")
        registration = found[0] if found else self.by_code.get(value.strip())
        if registration is None:
            raise Refused(UNKNOWN)
        if registration.event_id != self.event.pk:
            raise Refused(f"这是“{registration.event}”的报名码，不是本场活动的。")
        return registration

    def _standing(self, registration):
        if row := self.by_registration.get(registration.pk):
            return row
        if registration.mobile and (row := self.by_mobile.get(registration.mobile)):
            return row
        row = self.by_person.get(attendance.person_of(registration))
        alike = row and (not row.mobile or not registration.mobile)
        return row if alike else None

    def _make(self, registration, scan, at):
        facts = {"mode": Mode.ONSITE, "source": ArrivalSource.SCAN, "arrived_at": at, "nonce": scan.nonce}
        row = attendance.made(self.event, registration=registration, by=self.by, door=self.door, **facts)
        self.new.append(row)
        return self._remember(row, registration, scan)

    def _raise(self, row, registration, scan, at):
        row.mode, row.arrived_at, row.source = Mode.ONSITE, at, ArrivalSource.SCAN
        row.registration, row.door, row.by = registration, self.door, self.by
        row.version, row.updated_at = row.version + 1, self.moment
        self.raised.append(row)
        return self._remember(row, registration, scan)

    def _link(self, row, registration):
        """Somebody was entered at the desk by name and shows their code afterwards."""
        if row.registration_id is None:
            row.registration, row.version = registration, row.version + 1
            self.linked.append(row)
            self.by_registration[registration.pk] = row

    def _remember(self, row, registration, scan):
        self.by_nonce[scan.nonce] = self.by_registration[registration.pk] = row
        if row.mobile:
            self.by_mobile[row.mobile] = row
        return row


def _registrations(event, scans) -> tuple[dict, dict]:
    """The registrations that the scans name: by code, of whatever event; and by short code, of this one."""
    values = {scan.value.strip() for scan in scans}
    shorts = {short for value in values if (short := shortcodes.as_short(value))}
    rows = Registration.objects.filter(code__in=values).select_related("event__series")
    by_code = {row.code: row for row in rows}
    by_short = {}
    for row in event.registrations.all() if shorts else ():
        if row.short_code in shorts:
            by_short.setdefault(row.short_code, []).append(row)
    # Of one person's cancelled and standing registration the standing one is meant.
    for short, found in by_short.items():
        by_short[short] = [row for row in found if row.is_live] or found
    return by_code, by_short


def _rows_about(event, registrations, nonces) -> list[Attendance]:
    """The attendances that may be of these people, or came by these scans."""
    people = Q(registration__in=[r.pk for r in registrations])
    people |= Q(mobile__in=[r.mobile for r in registrations if r.mobile])
    people |= Q(registration__isnull=True, full_name__in=[r.full_name for r in registrations])
    return list(event.attendances.filter(people & Q(undone_at__isnull=True) | Q(nonce__in=nonces)))


SENTENCES = {
    RegistrationState.CANCELLED: "{who}的报名已取消。确实到场的，请工作人员登记为现场来宾。",
    RegistrationState.DECLINED: "{who}的报名未通过。确实到场的，请工作人员决定。",
    RegistrationState.LAPSED: "{who}候补到位后没有确认，名额已让出。能否入场请工作人员决定。",
    RegistrationState.WAITING: "{who}还在候补，没有名额。能否入场请工作人员决定。",
    RegistrationState.OFFERED: "{who}的候补名额还没有确认。能否入场请工作人员决定。",
    RegistrationState.PENDING: "{who}的报名还在审核。能否入场请工作人员决定。",
}


def _refuse_state(registration):
    if sentence := SENTENCES.get(registration.state):
        raise Refused(sentence.format(who=named(registration)))
