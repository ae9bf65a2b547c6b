"""Verbs on events: planned, submitted, approved, changed, cancelled, archived (domain 10.6)."""

from datetime import time, timedelta

from django.urls import reverse
from django.utils.timezone import localdate, localtime, now

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.domain.notices import notify
from association.errors import Refused
from association.formats import chinese_date
from association.models import User
from association.models.account import RoleAssignment
from events import numbering, permissions
from events.choices import EventState, Mode
from events.domain.attendance import head_count, leaves_out
from events.domain.registration_reminders import tell_called_off, tell_change
from events.domain.terms import copy_questions, terms_like
from events.models import AgendaItem, Event, EventHost, Series
from events.models.event import days_between

# What is taken over from last time when the next event of a series is planned; all else is new each time.
KEPT = (
    "mode", "venue", "address", "park_id", "online_note", "audience", "summary", "description", "enquiries",
    "contract_number",
)  # fmt: skip
USUAL_LENGTH = timedelta(hours=2)


# --- planning ---------------------------------------------------------------------------------------------------


def next_number(series, year: int) -> int:
    """The number that the series' next event gets, in a year that matters only where numbers begin anew."""
    taken = Event.objects.filter(series=series, number_scope=series.scope_of(year))
    return numbering.following(list(taken.values_list("number", flat=True)))


@verb
def plan(series, *, by, number: int | None = None, like: Event | None = None, **fields) -> Event:
    """A new event of the series, planned and known to those who hold it only.

    Without `number` it gets the next one. Of `like`, an earlier event, hosts, programme, terms of registration and
    questions are taken over. Raises
    Refused (422) for a number that is taken, an end before the start, and a series that is held no more.
    """
    series = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if series.ended_on:
        raise Refused(f"系列“{series}”已停办，要先恢复。", status=422)
    _refuse_days(fields["starts_at"], fields["ends_at"])
    year = localtime(fields["starts_at"]).year
    number = number or next_number(series, year)
    _refuse_taken(series, year, number)
    terms = terms_like(like, fields["starts_at"]) if like else {}
    event = Event.objects.create(
        series=series, number=number, number_scope=series.scope_of(year), **terms | fields
    )
    if like is not None:
        _take_over(event, like)
    record("events.event.planned", event, by=by, sentence=f"策划{event}")
    return event


def _take_over(event, like):
    EventHost.objects.bulk_create(
        EventHost(
            event=event, role=h.role, name=h.name, city=h.city, organization_id=h.organization_id, position=h.position
        )
        for h in like.hosts.all()
    )  # fmt: skip
    later = _of_the_day(localtime(event.starts_at)) - _of_the_day(localtime(like.starts_at))
    AgendaItem.objects.bulk_create(
        AgendaItem(
            event=event, starts_at=_shifted(i.starts_at, later), minutes=i.minutes, title=i.title, position=i.position,
        )
        for i in like.agenda.all()
    )  # fmt: skip
    copy_questions(like, event)


def _of_the_day(moment) -> int:
    """Minutes since midnight."""
    return moment.hour * 60 + moment.minute


def _shifted(moment: time, minutes: int) -> time:
    """The time of day so many minutes later, or earlier, around midnight if need be."""
    return time(*divmod((_of_the_day(moment) + minutes) % (24 * 60), 60))


def draft_like(like: Event, *, year: int) -> dict:
    """What the form of the next event begins with: everything that stays from one time to the next."""
    return {name: getattr(like, name) for name in KEPT} | {
        "number": next_number(like.series, year),
        "hours": like.ends_at - like.starts_at,
    }


def _refuse_days(starts_at, ends_at):
    if ends_at <= starts_at:
        raise Refused("结束时间应在开始之后。", status=422)
    if ends_at - starts_at > timedelta(days=31):
        raise Refused("一场活动最长 31 天，请核对起止时间。", status=422)


def _refuse_taken(series, year, number, *, but=None):
    taken = Event.objects.filter(series=series, number_scope=series.scope_of(year), number=number)
    if found := taken.exclude(pk=but).first():
        state = "（已取消的活动保留编号）" if found.is_off else ""
        raise Refused(
            f"{found.numbered}已经有了{state}，下一个编号是 {next_number(series, year)}。", status=422
        )


def _refuse_leaving_visits(event, first, last):
    outside = event.visits.exclude(visited_on__range=(first, last))
    if visit := outside.select_related("park").first():
        raise Refused(
            f"已登记{chinese_date(visit.visited_on)}走访“{visit.park.name}”，活动时间要包括这一天。",
            status=422,
        )


def _locked(event) -> Event:
    return Event.objects.select_for_update(of=("self",)).select_related("series").get(pk=event.pk)


@verb
def update(event, *, by, version: int, changes: dict) -> Event:
    """Correct an event; what is archived or cancelled stays as it is.

    Raises Conflict when somebody saved it meanwhile, Refused (422) as `plan` does, and Refused for another number once
    it was published: members know it by that.
    """
    event = locked(event, version, changes)
    changes = changed_fields(event, changes)
    if not changes:
        return event
    if event.state in (EventState.ARCHIVED, EventState.CANCELLED, EventState.FAILED):
        raise Refused(f"{event.numbered}{event.state.label}，不能再改。")
    _check_change(event, changes)
    store(event, changes)
    record("events.event.updated", event, by=by, sentence=f"修改{event.numbered}：{labels(event, changes)}")
    if not event.is_over:
        tell_change(event, changes, by=by)
    return event


def _check_change(event, changes):
    mode = changes.get("mode", event.mode)
    if mode not in (event.mode, Mode.HYBRID) and event.registrations.live().exclude(mode=mode).exists():
        raise Refused("已经有人报了另一种参加形式，不能取消这种形式。", status=422)
    starts_at = changes.get("starts_at", event.starts_at)
    ends_at = changes.get("ends_at", event.ends_at)
    _refuse_days(starts_at, ends_at)
    _refuse_leaving_visits(event, *days_between(starts_at, ends_at))
    if {"starts_at", "ends_at"} & set(changes) and leaves_out(event, starts_at, ends_at):
        raise Refused("已经有人在这个时间以外签到，时间不能这样改。", status=422)
    year, number = localtime(starts_at).year, changes.get("number", event.number)
    scope = event.series.scope_of(year)
    if (number, scope) == (event.number, event.number_scope):
        return
    if event.is_published:
        raise Refused(f"{event.numbered}已发布，编号和它所在的年度不能再改。", status=422)
    Series.objects.select_for_update(of=("self",)).get(pk=event.series_id)
    _refuse_taken(event.series, year, number, but=event.pk)
    changes["number_scope"] = scope


@verb
def discard(event, *, by) -> None:
    """Give up a plan that was never published; its number is free again."""
    event = _locked(event)
    if event.is_published:
        raise Refused(f"{event.numbered}已经发布，只能取消，不能删除。")
    record("events.event.discarded", event.series, by=by, sentence=f"放弃策划中的{event}")
    event.delete()


# --- approval ---------------------------------------------------------------------------------------------------


def _approvers(but):
    held = RoleAssignment.objects.current()
    people = User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=but.pk)
    return [person for person in people.order_by("pk") if permissions.can_approve_events(person)]


@verb
def submit(event, *, by) -> Event:
    """Ask for approval. Doing it twice changes nothing; raises Refused for one that is published, cancelled, or over
    without ever having been announced."""
    event = _locked(event)
    if event.state == EventState.SUBMITTED:
        return event
    if event.state != EventState.PLANNED:
        raise Refused(f"{event.numbered}{event.state.label}，不用再报批。")
    _refuse_unready(event)
    store(event, {"submitted_by": by, "submitted_at": now(), "returned_reason": ""})
    record("events.event.submitted", event, by=by, sentence=f"提交{event}审批")
    _tell(_approvers(by), "events.event_submitted", event, by)
    return event


def _refuse_unready(event):
    if event.mode != "online" and not event.venue:
        raise Refused("线下活动要先写明地点，再提交审批。", status=422)
    if not event.hosts.filter(role="organizer").exists():
        raise Refused("请先在“主办与支持单位”里写明主办单位，再提交审批。", status=422)


@verb
def approve(event, *, by, version: int) -> Event:
    """Approve and publish what the person saw, its `version`. Doing it twice changes nothing. Raises Refused for one's
    own submission, for what was not submitted, and for what was changed since the page was opened."""
    event = _locked(event)
    if event.is_published:
        return event
    if event.state != EventState.SUBMITTED:
        raise Refused(f"{event.numbered}{event.state.label}，没有提交审批。")
    if not permissions.approves(by, event):
        raise Refused("报批人不能自己批准，要由另一位有批准权限的同事办理。")
    if event.version != version:
        raise Refused(f"{event.numbered}刚被改过。请重新打开，看过现在的内容再批准。")
    store(event, {"approved_by": by, "approved_at": now()})
    record("events.event.approved", event, by=by, sentence=f"批准发布{event}")
    _tell([event.submitted_by], "events.event_approved", event, by)
    return event


@verb
def send_back(event, *, by, reason: str) -> Event:
    """Return a submission with what is missing; it is planned again. Doing it twice changes nothing."""
    event = _locked(event)
    if event.state == EventState.PLANNED and event.returned_reason == reason:
        return event
    if event.state != EventState.SUBMITTED:
        raise Refused(f"{event.numbered}{event.state.label}，不在审批中。")
    submitter = event.submitted_by
    store(event, {"submitted_by": None, "submitted_at": None, "returned_reason": reason})
    record("events.event.returned", event, by=by, sentence=f"退回{event}：{reason}")
    _tell([submitter], "events.event_returned", event, by, reason=reason)
    return event


# --- the end ----------------------------------------------------------------------------------------------------


@verb
def cancel(event, *, by, reason: str, did_not_convene: bool = False) -> Event:
    """Call a published event off; its number stays taken. Doing it twice changes nothing.

    `did_not_convene` says that its time came and it was not held. Raises Refused for what was never published, for
    what is archived, and for calling off what is over other than as not convened, or the other way round.
    """
    event = _locked(event)
    if event.is_off:
        return event
    if not event.is_published or event.archived_at:
        raise Refused(f"{event.numbered}{event.state.label}，不能取消。")
    if did_not_convene and event.starts_at > now():
        raise Refused("活动还没到开始的时间，应登记为取消。", status=422)
    if not did_not_convene and event.is_over:
        raise Refused("活动时间已过；没有开成的，请选“到场不足、没有开成”。", status=422)
    store(
        event,
        {
            "cancelled_by": by,
            "cancelled_at": now(),
            "cancel_reason": reason,
            "did_not_convene": did_not_convene,
        },
    )
    what = "未开成" if did_not_convene else "取消"
    record("events.event.cancelled", event, by=by, sentence=f"登记{event}{what}", basis=reason)
    if not did_not_convene:
        tell_called_off(event, by=by)
    return event


@verb
def archive(event, *, by) -> Event:
    """Close an event that is over: nothing of it is changed afterwards, and the head-count is locked. Doing it twice
    changes nothing. Raises Refused before its end, and while people of an online list are still to be matched."""
    event = _locked(event)
    if event.archived_at:
        return event
    if event.state != EventState.ENDED:
        raise Refused(f"{event.numbered}{event.state.label}，活动结束以后才能归档。")
    if waiting := event.online_rows.open().count():
        raise Refused(f"线上名单还有 {waiting} 人没有核对，人数定不下来。核对完再归档。")
    found = head_count(event)
    counts = {f"closed_{name}": number for name, number in found.items()}
    store(event, {"archived_by": by, "archived_at": now(), **counts})
    sentence = (
        f"归档{event}：线下 {found['onsite']} 人，线上 {found['online']} 人，{found['companies']} 家单位"
    )
    record("events.event.archived", event, by=by, sentence=sentence)
    return event


def _tell(people, kind, event, by, **more):
    notify(
        people, kind, about=event, url=reverse("events:event", args=[event.pk]), by=by,
        event=str(event), day=chinese_date(localdate(event.starts_at)), **more,
    )  # fmt: skip
