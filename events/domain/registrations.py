"""Verbs on registrations: filed, approved, declined, offered a seat and taken, cancelled (domain 10.6)."""

from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from events import questions
from events.choices import Audience, RegistrationPhase, RegistrationState, Source
from events.domain import seats
from events.domain.registration_notices import tell
from events.models import QuestionAnswer, Registration
from members.models import Organization

SAID = {
    RegistrationState.CONFIRMED: "events.registered",
    RegistrationState.WAITING: "events.waitlisted",
    RegistrationState.PENDING: "events.registration_pending",
}


@verb
def register(event, *, by, source: str, mode: str, answers: dict | None = None, **person) -> Registration:
    """Register one person for the event; gives the registration, confirmed, waiting for a seat, or for approval.

    `person` holds full_name, mobile, unit_name and, as known, email, title, organization, user, lists_name, note,
    guest_address, privacy_version; `answers` is {question key: text}. The same person filed again by the same hand gives
    the registration that stands. Raises Refused for an event that takes none, somebody whom it is not open to, a mobile
    number that is registered already, a unit that has no place left, and when seats and waiting places are gone; 422 for
    answers that are missing.
    """
    event = seats.locked_event(event.pk)
    _refuse_time(event, source)
    if mode not in event.modes:
        raise Refused("请选择这场活动有的参加形式。", status=422)
    if standing := _standing(event, by, person):
        return standing
    _refuse_unit(event, source, person)
    kept, wrong = questions.settled(event.questions.order_by("position", "pk"), mode, answers or {})
    if wrong:
        raise Refused(next(iter(wrong.values())), status=422)
    registration = Registration(event=event, mode=mode, source=source, filed_by=by, **person)
    if source in (Source.STAFF, Source.INVITED) or not event.needs_approval:
        _seat(event, registration)
    registration.save(force_insert=True)
    QuestionAnswer.objects.bulk_create(
        QuestionAnswer(registration=registration, question_id=pk, text=text) for pk, text in kept.items()
    )
    sentence = f"{event.numbered}报名：{registration.unit_name}，{registration.get_mode_display()}，{registration.state.label}"
    record("events.registration.filed", registration, event, by=by, sentence=sentence)
    tell(registration, SAID[registration.state], by=by)
    return registration


def _refuse_time(event, source):
    phase = event.phase
    if phase == RegistrationPhase.NONE:
        raise Refused(
            f"{event.numbered}{event.state.label}，不接受报名。"
            if event.is_off
            else f"{event.numbered}不用报名。"
        )
    if event.is_over:
        raise Refused(f"{event.numbered}已经结束，不能再报名。")
    if source == Source.STAFF:
        return
    if phase == RegistrationPhase.BEFORE:
        raise Refused(f"{event.numbered}还没有开始报名。")
    if phase == RegistrationPhase.CLOSED:
        raise Refused(f"{event.numbered}报名已经截止，请与秘书处联系。")


def _standing(event, by, person) -> Registration | None:
    """The registration that the same hand filed for the same person already."""
    found = event.registrations.live().filter(mobile=person["mobile"]).select_related("event__series").first()
    if found is None or not person["mobile"]:
        return None
    same_guest = by is None and found.guest_address and found.guest_address == person.get("guest_address")
    if (by is not None and by.pk in (found.filed_by_id, found.user_id)) or same_guest:
        return found
    raise Refused("这个手机号已经报过名，不必再报。如果不是本人所报，请与秘书处联系。")


def _refuse_unit(event, source, person):
    organization = person.get("organization")
    if event.audience == Audience.MEMBERS and not _is_member(organization):
        raise Refused("这场活动面向会员单位，请用会员单位的名义报名。", status=422)
    if event.audience == Audience.INVITED and source not in (Source.STAFF, Source.INVITED):
        raise Refused("这场活动只接受受邀者：请打开收到的邀请回复。")
    if event.quota_per_unit is None:
        return
    live = event.registrations.live()
    mine = (
        live.filter(organization=organization) if organization else live.filter(unit_name=person["unit_name"])
    )
    if mine.count() >= event.quota_per_unit:
        raise Refused(f"每家单位限报 {event.quota_per_unit} 人，{person['unit_name']}的名额已经用完。")


def _is_member(organization) -> bool:
    if organization is None:
        return False
    return Organization.objects.members_on(localdate()).filter(pk=organization.pk).exists()


def _seat(event, registration):
    """Give it a free seat, else a waiting place; raises Refused when there is neither."""
    mode = registration.mode
    found = seats.counts(event, mode)
    if found["overdue"]:
        seats.settle(event)
        found = seats.counts(event, mode)
    if seats.room(event, mode, found):
        registration.confirmed_at = now()
        return
    if event.waiting_places is not None and found["waiting"] >= event.waiting_places:
        full = "名额已满" if event.waiting_places == 0 else "名额和候补都已满"
        raise Refused(f"{event.numbered}{registration.get_mode_display()}{full}。")
    registration.waiting_since = now()


def _locked(registration) -> Registration:
    """The registration under the lock of its event, which is taken first, as everywhere."""
    event = seats.locked_event(registration.event_id)
    found = Registration.objects.select_related("user", "filed_by").get(pk=registration.pk)
    found.event = event
    return found


@verb
def approve(registration, *, by) -> Registration:
    """Approve one that waits for it: it gets a seat, or a waiting place when seats are gone. Doing it twice changes
    nothing; raises Refused for one that is settled otherwise, and when waiting places are gone too."""
    registration = _locked(registration)
    if registration.is_live and registration.state != RegistrationState.PENDING:
        return registration
    if not registration.is_live:
        raise Refused(f"这个报名{registration.state.label}，不能再审核。")
    _seat(registration.event, registration)
    store(
        registration,
        {
            "confirmed_at": registration.confirmed_at,
            "waiting_since": registration.waiting_since,
            "confirmed_by": by,
        },
    )
    _record("approved", registration, by, f"审核通过，{registration.state.label}")
    tell(registration, SAID[registration.state], by=by)
    return registration


@verb
def decline(registration, *, by, reason: str) -> Registration:
    """Decline one that waits for approval. Doing it twice changes nothing; raises Refused for every other."""
    registration = _locked(registration)
    if registration.declined_at:
        return registration
    if registration.state != RegistrationState.PENDING:
        raise Refused(f"这个报名{registration.state.label}，不在审核中。")
    store(registration, {"declined_at": now(), "declined_by": by, "decline_reason": reason})
    _record("declined", registration, by, "审核未通过", basis=reason)
    tell(registration, "events.registration_declined", by=by, reason=reason)
    return registration


@verb
def accept_offer(registration, *, by) -> Registration:
    """Take the seat that was offered. Doing it twice changes nothing; raises Refused when the offer is over."""
    registration = _locked(registration)
    if registration.confirmed_at and registration.is_live:
        return registration
    if not registration.offer_stands:
        raise Refused(
            "候补名额的确认期限已过，名额已让给下一位。"
            if registration.offered_at
            else "现在没有为你保留的名额。"
        )
    store(registration, {"confirmed_at": now()})
    _record("accepted", registration, by, "候补确认参加")
    tell(registration, "events.registered", by=by)
    return registration


@verb
def cancel(registration, *, by, reason: str = "", as_staff: bool = False) -> Registration:
    """Give a place back; the next who waits is offered it. Doing it twice changes nothing.

    People cancel until the day before, staff until the event is archived. Raises Refused otherwise.
    """
    registration = _locked(registration)
    if registration.cancelled_at:
        return registration
    if not registration.is_live:
        raise Refused(f"这个报名{registration.state.label}，不用取消。")
    if registration.event.archived_at or not (as_staff or registration.may_leave):
        raise Refused("本人可在活动前一天及以前取消；现在请与秘书处联系。")
    store(registration, {"cancelled_at": now(), "cancelled_by": by, "cancel_reason": reason})
    _record("cancelled", registration, by, "取消报名", basis=reason)
    tell(registration, "events.registration_cancelled", by=by, reason=reason)
    if not registration.event.is_off:
        seats.settle(registration.event, by=by)
    return registration


@verb
def settle_seats(event) -> int:
    """Take back offers that ran out and offer what is free; for the job that looks now and then. Gives how many seats
    were offered."""
    event = seats.locked_event(event.pk)
    if event.is_off or event.is_over or not event.is_published:
        return 0
    return len(seats.settle(event))


def _record(kind, registration, by, what, *, basis=""):
    sentence = f"{registration.event.numbered}报名（{registration.unit_name}）{what}"
    record(
        f"events.registration.{kind}", registration, registration.event, by=by, sentence=sentence, basis=basis
    )
