"""Registrations prepared for their pages."""

from django.db.models import Count, Q

from association.columns import masked
from events import permissions, qr, queries
from events.choices import RegistrationState
from events.domain import seats
from events.domain.feedback import may_be_given
from events.domain.registration_notices import moment_in_words
from events.views.rows import when, where

STATE = RegistrationState
TONES = {
    STATE.PENDING: "warn", STATE.CONFIRMED: "good", STATE.WAITING: "info", STATE.OFFERED: "warn", STATE.DECLINED: "late",
    STATE.CANCELLED: "off", STATE.LAPSED: "off",
}  # fmt: skip


def facts(registration, *, in_full: bool) -> list[tuple]:
    """(label, value) pairs; number and address in full for the person, whoever filed it and the secretariat."""
    event = registration.event
    shown = (lambda text: text) if in_full else masked
    pairs = [
        ("时间", when(event)),
        ("地点", "线上" if registration.mode == "online" else where(event)),
        ("姓名", registration.full_name),
        ("单位", registration.unit_name),
        ("职务", registration.title),
        ("手机", shown(registration.mobile)),
        ("邮箱", shown(registration.email)),
        ("参加形式", registration.get_mode_display()),
        ("备注", registration.note),
        ("未通过的理由", registration.decline_reason),
        ("取消原因", registration.cancel_reason),
    ]
    pairs += [
        (answer.question.text, answer.text) for answer in registration.answers.select_related("question")
    ]
    return [pair for pair in pairs if pair[1]]


def context(registration, *, in_full: bool) -> dict:
    """What the page of one registration shows, for people with an account and without."""
    event = registration.event
    confirmed = registration.state == STATE.CONFIRMED
    place = seats.place_in_queue(registration)
    return {
        "registration": registration,
        "event": event,
        "tone": TONES[registration.state],
        "facts": facts(registration, in_full=in_full),
        "place": place,
        "rule": event.get_wait_rule_display() if place else "",
        "until": moment_in_words(registration.offer_ends_at) if registration.offer_stands else "",
        "code": qr.picture(registration.code) if confirmed and not event.is_over and not event.is_off else "",
        "online": confirmed and event.mode != "onsite" and not event.is_off,
        "leaves": registration.may_leave,
        "gives_feedback": event.is_over and not event.archived_at and may_be_given(registration),
    }


def decorated(page):
    """The rows of a list with their words; numbers and addresses masked."""
    for row in page:
        row.tone, row.shown_mobile = TONES[row.state], masked(row.mobile)
    return page


def chosen(found, wanted):
    """The registrations that the filters choose."""
    if wanted["q"]:
        found = found.filter(Q(full_name__icontains=wanted["q"]) | Q(unit_name__icontains=wanted["q"]))
    if wanted["mode"]:
        found = found.filter(mode=wanted["mode"])
    return found.in_state(wanted["state"]) if wanted["state"] else found


def totals(event) -> list[dict]:
    """For each mode of the event: seats, how many are taken, confirmed, offered, wait, and wait for approval; one query."""
    live = event.registrations.live().values("mode")
    confirmed, offered = Q(confirmed_at__isnull=False), Q(offered_at__isnull=False)
    rows = live.annotate(
        confirmed=Count("pk", filter=confirmed),
        offered=Count("pk", filter=offered & ~confirmed),
        waiting=Count("pk", filter=Q(waiting_since__isnull=False) & ~offered & ~confirmed),
        pending=Count("pk", filter=Q(waiting_since__isnull=True) & ~confirmed),
    ).order_by("mode")
    by_mode = {row["mode"]: row for row in rows}
    nothing = {"confirmed": 0, "offered": 0, "waiting": 0, "pending": 0}
    return [
        nothing
        | by_mode.get(mode, {})
        | {"label": mode.label, "mode": mode.value, "capacity": event.capacity_of(mode)}
        for mode in event.modes
    ]


def free_seats(event) -> list[tuple]:
    """(mode in words, seats that are free) where there is a limit; what a person wants to know before signing up."""
    found = []
    for row in totals(event):
        if row["capacity"] is not None:
            found.append(
                (row["label"], max(row["capacity"] - row["confirmed"] - row["offered"], 0), row["waiting"])
            )
    return found


def summary(user, event) -> dict:
    """What an event's own page says of registration to this person; empty where there is nothing to say."""
    sees_list = permissions.can_see_registrations(user)
    if event.registration_opens_at is None and not sees_list:
        return {}
    mine = list(event.registrations.live().of(user).order_by("pk")[:20])
    return {
        "sees_list": sees_list,
        "keeps": permissions.can_keep_registrations(user) and not event.is_off and not event.archived_at,
        "mine": mine,
        "has_own": any(row.user_id == user.pk for row in mine),
        "acts": bool(queries.units_of(user)),
        "free": free_seats(event) if event.takes_registrations else [],
    }
