"""Registrations: every arrow of domain 10.6, seats settled under a lock, who is told what."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils.timezone import localdate, now

from association import integrity
from association.errors import Refused
from association.models import Activity, Delivery, Notice
from events.choices import RegistrationState, Source
from events.domain import events, registration_reminders, seats, terms
from events.domain import registrations as domain
from events.models import Event, Registration
from tests.factories.happenings import make_event, make_registration, make_series, open_registration
from tests.races import at_once

pytestmark = pytest.mark.django_db
STATE = RegistrationState


@pytest.fixture
def event(secretary, secretary_general):
    made = make_event(
        make_series(by=secretary), by=secretary, stand="published", submitter=secretary, approver=secretary_general,
        audience="public",
    )  # fmt: skip
    return open_registration(made)


def fresh(registration):
    return Registration.objects.select_related("event").get(pk=registration.pk)


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def states(event):
    return [r.state for r in event.registrations.order_by("pk")]


def by_self(event, user, **person):
    given = {
        "mobile": "13800000001",
        "full_name": user.full_name,
        "unit_name": "演示运营公司01",
        "user": user,
    }
    return domain.register(event, by=user, source=Source.SELF, mode="online", **given | person)


def full(event, **terms):
    """The event with one seat, which is taken."""
    open_registration(event, online_capacity=1, **terms)
    return make_registration(event, number=1)


# --- filing -----------------------------------------------------------------------------------------------------
def test_whoever_registers_in_time_has_a_seat_and_is_told(event, member, park_unit):
    made = by_self(event, member, organization=park_unit)
    assert (made.state, made.source, made.filed_by, made.organization) == (
        STATE.CONFIRMED,
        "self",
        member,
        park_unit,
    )
    assert told(member) == ["events.registered"]
    assert [a.sentence for a in Activity.objects.about(made)] == [
        "文科汇第1期报名：演示运营公司01，线上，已确认"
    ]
    assert len(made.code) == 22


def test_the_same_hand_filing_again_changes_nothing_and_another_hand_is_refused(event, member, other_member):
    first = by_self(event, member)
    assert by_self(event, member).pk == first.pk
    with pytest.raises(Refused, match="已经报过名"):
        by_self(event, other_member)
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"registration_opens_at": None, "registration_closes_at": None}, "不用报名"),
        ({"registration_opens_at": now() + timedelta(days=1)}, "还没有开始报名"),
        ({"registration_opens_at": now() - timedelta(days=3), "registration_closes_at": now() - timedelta(days=1)}, "报名已经截止"),
        ({"starts_at": now() - timedelta(days=2), "ends_at": now() - timedelta(days=1)}, "已经结束"),
        ({"audience": "members"}, "面向会员单位"),
        ({"audience": "invited"}, "只接受受邀者"),
        ({"mode": "onsite"}, "参加形式"),
    ],
)  # fmt: skip
def test_what_cannot_be_registered_for_is_refused_in_words(event, member, terms, words):
    open_registration(event, **terms)
    with pytest.raises(Refused, match=words):
        by_self(event, member)
    assert Registration.objects.count() == 0


def test_staff_register_on_behalf_before_opening_and_after_closing(event, secretary):
    open_registration(event, registration_closes_at=now() - timedelta(minutes=5))
    assert make_registration(event, by=secretary).state == STATE.CONFIRMED


def test_an_event_for_members_takes_people_of_members(event, member, park_unit):
    open_registration(event, audience="members")
    assert by_self(event, member, organization=park_unit).state == STATE.CONFIRMED


def test_a_unit_gets_no_more_places_than_its_quota(event, secretary, park_unit):
    open_registration(event, quota_per_unit=1)
    make_registration(event, by=secretary, organization=park_unit, unit_name="演示运营公司01")
    with pytest.raises(Refused, match="每家单位限报 1 人，演示运营公司01的名额已经用完"):
        make_registration(event, by=secretary, number=2, organization=park_unit, unit_name="演示运营公司01")
    make_registration(event, by=secretary, number=3, unit_name="来宾单位")
    with pytest.raises(Refused, match="来宾单位的名额已经用完"):
        make_registration(event, by=secretary, number=4, unit_name="来宾单位")


def test_a_cancelled_event_takes_nobody(event, secretary):
    events.cancel(event, by=secretary, reason="场地另有安排")
    with pytest.raises(Refused, match="已取消，不接受报名"):
        make_registration(event)


# --- seats and waiting ------------------------------------------------------------------------------------------
def test_seats_then_waiting_places_then_nothing(event):
    open_registration(event, online_capacity=2, waiting_places=1)
    for number in (1, 2, 3):
        make_registration(event, number=number)
    with pytest.raises(Refused, match="线上名额和候补都已满"):
        make_registration(event, number=4)
    assert states(event) == [STATE.CONFIRMED, STATE.CONFIRMED, STATE.WAITING]


def test_each_mode_has_seats_of_its_own(event):
    open_registration(event, mode="hybrid", onsite_capacity=1, online_capacity=None)
    made = [
        make_registration(event, number=n, mode=m) for n, m in ((1, "onsite"), (2, "onsite"), (3, "online"))
    ]
    assert [r.state for r in made] == [STATE.CONFIRMED, STATE.WAITING, STATE.CONFIRMED]


@pytest.mark.django_db(transaction=True)
def test_two_who_reach_for_the_last_seat_get_a_seat_and_a_waiting_place(event):
    open_registration(event, online_capacity=1)
    at_once(lambda: make_registration(event, number=1), lambda: make_registration(event, number=2))
    assert sorted(states(event)) == [STATE.CONFIRMED, STATE.WAITING]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_last_seat_is_sold_twice(event, monkeypatch):
    """The race is real: it is the lock that settles it."""
    open_registration(event, online_capacity=1)
    monkeypatch.setattr(seats, "locked_event", lambda pk: Event.objects.select_related("series").get(pk=pk))
    counted = seats.counts

    def slowly(*args):
        found = counted(*args)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        return found

    monkeypatch.setattr(seats, "counts", slowly)
    at_once(lambda: make_registration(event, number=1), lambda: make_registration(event, number=2))
    assert states(event) == [STATE.CONFIRMED, STATE.CONFIRMED]


def test_a_place_given_back_is_offered_to_the_next_who_takes_it_in_time(event, member, secretary):
    first = full(event)
    mine = by_self(event, member)
    assert (mine.state, seats.place_in_queue(mine)) == (STATE.WAITING, 1)
    domain.cancel(first, by=secretary, as_staff=True, reason="来电取消")
    mine = fresh(mine)
    assert (mine.state, mine.offer_ends_at - mine.offered_at) == (STATE.OFFERED, timedelta(hours=24))
    assert told(member) == ["events.waitlisted", "events.offered"]
    assert domain.accept_offer(mine, by=member).state == STATE.CONFIRMED
    version = fresh(mine).version
    domain.accept_offer(mine, by=member)
    assert (fresh(mine).version, told(member)[-1]) == (version, "events.registered")


def test_an_offer_that_runs_out_goes_to_the_next(event, member, secretary, run_jobs):
    first = full(event)
    mine, third = by_self(event, member), make_registration(event, number=3)
    domain.cancel(first, by=secretary, as_staff=True)
    Registration.objects.filter(pk=mine.pk).update(
        offered_at=now() - timedelta(hours=25), offer_ends_at=now() - timedelta(hours=1)
    )
    with pytest.raises(Refused, match="确认期限已过"):
        domain.accept_offer(mine, by=member)
    assert [e.pk for e in Registration.events_with_overdue_offers()] == [event.pk]
    assert domain.settle_seats(event) == 1
    assert (fresh(mine).state, fresh(third).state) == (STATE.LAPSED, STATE.OFFERED)
    assert told(member)[-1] == "events.offer_lapsed"
    assert domain.settle_seats(event) == 0


def test_a_seat_that_is_offered_is_nobody_elses(event, secretary):
    first = full(event)
    make_registration(event, number=2)
    domain.cancel(first, by=secretary, as_staff=True)
    assert make_registration(event, number=3).state == STATE.WAITING


def test_in_the_last_hour_nothing_is_offered(event, secretary):
    first = full(event)
    second = make_registration(event, number=2)
    open_registration(event, starts_at=now() + timedelta(minutes=50), ends_at=now() + timedelta(hours=2))
    domain.cancel(first, by=secretary, as_staff=True)
    assert fresh(second).state == STATE.WAITING


def test_more_seats_are_offered_to_those_who_wait_and_no_seat_can_be_taken_away(event, secretary):
    full(event)
    for number in (2, 3, 4):
        make_registration(event, number=number)
    event = terms.set_terms(event, by=secretary, version=event.version, changes={"online_capacity": 3})
    assert states(event) == [STATE.CONFIRMED, STATE.OFFERED, STATE.OFFERED, STATE.WAITING]
    with pytest.raises(Refused, match="线上已有 3 人占了名额"):
        terms.set_terms(event, by=secretary, version=event.version, changes={"online_capacity": 2})


# --- approval ---------------------------------------------------------------------------------------------------
def test_a_registration_to_be_approved_takes_no_seat_until_it_is(event, member, secretary):
    open_registration(event, needs_approval=True, online_capacity=1)
    mine = by_self(event, member)
    assert (mine.state, seats.counts(event, "online")["seated"]) == (STATE.PENDING, 0)
    assert domain.approve(mine, by=secretary).state == STATE.CONFIRMED
    domain.approve(mine, by=secretary)
    assert told(member) == ["events.registration_pending", "events.registered"]
    with pytest.raises(Refused, match="不在审核中"):
        domain.decline(mine, by=secretary, reason="人数已满")


def test_a_declined_one_is_told_why(event, member, secretary):
    open_registration(event, needs_approval=True)
    mine = by_self(event, member)
    domain.decline(mine, by=secretary, reason="本场只面向园区运营方")
    domain.decline(mine, by=secretary, reason="本场只面向园区运营方")
    assert (fresh(mine).state, told(member)) == (STATE.DECLINED, ["events.registration_pending", "events.registration_declined"])  # fmt: skip
    with pytest.raises(Refused, match="未通过，不能再审核"):
        domain.approve(mine, by=secretary)


# --- cancelling -------------------------------------------------------------------------------------------------
def test_people_cancel_until_the_day_before_and_twice_is_once(event, member):
    mine = by_self(event, member)
    domain.cancel(mine, by=member)
    domain.cancel(mine, by=member)
    assert told(member) == ["events.registered", "events.registration_cancelled"]
    again = by_self(event, member)
    assert again.pk != mine.pk
    open_registration(
        event, starts_at=now() + timedelta(minutes=30), registration_closes_at=now() + timedelta(hours=1)
    )
    if localdate(event.starts_at) == localdate():
        with pytest.raises(Refused, match="前一天及以前"):
            domain.cancel(again, by=member)


def test_the_database_holds_one_live_registration_a_number(event):
    first = make_registration(event)
    with pytest.raises(IntegrityError):
        Registration.objects.create(
            event=event, mode="online", full_name="x", unit_name="x", mobile=first.mobile, source="staff"
        )


# --- telling everybody ------------------------------------------------------------------------------------------
def test_changes_that_matter_are_told_and_others_are_not(event, member, secretary):
    by_self(event, member)
    event = events.update(event, by=secretary, version=event.version, changes={"summary": "改一句介绍"})
    event = events.update(
        event, by=secretary, version=event.version, changes={"online_note": "会议号 演示 123"}
    )
    assert told(member) == ["events.registered", "events.changed"]
    assert (
        Notice.objects.get(kind="events.changed").title
        == "活动有变更（线上会议）：文科汇第1期｜园区与数字技术"
    )


def test_a_cancelled_event_is_told_to_those_who_are_registered_and_nobody_is_offered_a_seat(
    event, member, secretary
):
    full(event)
    mine = by_self(event, member)
    events.cancel(event, by=secretary, reason="场地另有安排")
    domain.cancel(mine, by=secretary, as_staff=True)
    assert told(member) == ["events.waitlisted", "events.called_off", "events.registration_cancelled"]


def test_a_mode_that_people_registered_for_cannot_be_dropped(event, secretary):
    open_registration(event, mode="hybrid", venue="演示会议室")
    make_registration(event, mode="onsite")
    with pytest.raises(Refused, match="另一种参加形式"):
        events.update(event, by=secretary, version=event.version, changes={"mode": "online"})


def test_on_the_eve_everybody_with_a_seat_is_reminded_once(event, member):
    tomorrow = now() + timedelta(days=1)
    by_self(event, member)
    make_registration(event, number=2, email="guest@test.cn")
    open_registration(event, starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=1))
    assert registration_reminders.remind_tomorrow() > 0
    assert registration_reminders.remind_tomorrow() == 0
    assert told(member) == ["events.registered", "events.tomorrow"]
    assert Delivery.objects.filter(kind="events.tomorrow", address="guest@test.cn").count() == 1


def test_somebody_without_an_account_is_told_by_letter_where_to_look(event):
    make_registration(event, email="guest@test.cn")
    letter = Delivery.objects.get(kind="events.registered", channel="email")
    assert "/activities/mine/" in letter.text
    assert "没有协会系统的账号" not in letter.text


# --- terms and questions ----------------------------------------------------------------------------------------
def row(text, **fields):
    return {"text": text, "kind": "text", "options": [], "is_required": False, "mode": "", "after": None, "asked_when": ""} | fields  # fmt: skip


def test_questions_are_asked_only_of_whom_they_concern(event, secretary):
    rows = [
        row("是否开车", kind="yes_no", is_required=True),
        row("车牌", is_required=True, after=1, asked_when="是"),
    ]
    drives, plate = terms.set_questions(event, by=secretary, version=event.version, rows=rows)
    with pytest.raises(Refused, match="请回答“车牌”"):
        make_registration(event, answers={drives.pk: "是"})
    made = make_registration(event, answers={drives.pk: "否", plate.pk: "不该存"})
    assert list(made.answers.values_list("question__text", "text")) == [("是否开车", "否")]
    event.refresh_from_db()
    assert terms.set_questions(event, by=secretary, version=event.version, rows=rows) == [drives, plate]
    with pytest.raises(Refused, match="已经有人报名，问题不能再改"):
        terms.set_questions(event, by=secretary, version=event.version, rows=rows[:1])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("选一个", kind="one", options=["甲"])], "至少要有两个选项"),
        ([row("选一个", kind="one", options=["甲、乙", "丙"])], "不要用顿号"),
        ([row("先问", after=2, asked_when="是"), row("后问", kind="yes_no")], "应排在它前面"),
        (
            [row("先问", kind="yes_no"), row("后问", after=1, asked_when="也许")],
            "承接的答案应是问题 1 的选项之一",
        ),
    ],
)
def test_questions_that_make_no_sense_are_refused(event, secretary, rows, words):
    with pytest.raises(Refused, match=words):
        terms.set_questions(event, by=secretary, version=event.version, rows=rows)
    assert event.questions.count() == 0


def test_terms_are_checked_and_recorded(event, secretary):
    for changes, words in (
        ({"registration_opens_at": None}, "一起填写"),
        ({"registration_closes_at": event.registration_opens_at}, "截止应在报名开始之后"),
        ({"registration_closes_at": event.ends_at + timedelta(days=1)}, "不应晚于活动结束"),
    ):
        with pytest.raises(Refused, match=words):
            terms.set_terms(event, by=secretary, version=event.version, changes=changes)
    event = terms.set_terms(event, by=secretary, version=event.version, changes={"quota_per_unit": 3})
    assert Activity.objects.about(event).order_by("-pk")[0].sentence == "设定文科汇第1期的报名：每家单位限报"
    make_registration(event)
    with pytest.raises(Refused, match="不能改成不用报名"):
        terms.set_terms(
            event, by=secretary, version=event.version,
            changes={"registration_opens_at": None, "registration_closes_at": None},
        )  # fmt: skip


def test_the_next_event_takes_over_terms_and_questions(event, secretary):
    terms.set_terms(
        event, by=secretary, version=event.version, changes={"online_capacity": 50, "quota_per_unit": 3}
    )
    event.refresh_from_db()
    terms.set_questions(
        event, by=secretary, version=event.version,
        rows=[row("是否开车", kind="yes_no"), row("车牌", after=1, asked_when="是")],
    )  # fmt: skip
    made = make_event(event.series, by=secretary, like=event, days=40)
    assert (made.online_capacity, made.quota_per_unit) == (50, 3)
    assert made.starts_at - made.registration_closes_at == event.starts_at - event.registration_closes_at
    assert list(made.questions.values_list("text", "asked_after__text")) == [
        ("是否开车", None),
        ("车牌", "是否开车"),
    ]


def test_seats_beyond_the_capacity_and_registrations_for_nothing_are_found(event):
    full(event)
    make_registration(event, number=2)
    keys = ["events.seats_within_capacity", "events.registrations_fit_their_event"]
    assert [found.offenders for found in integrity.verify(only=keys)] == [[], []]
    Registration.objects.filter(mobile="19900010002").update(confirmed_at=now())
    assert [len(found.offenders) for found in integrity.verify(only=keys)] == [1, 0]
    open_registration(event, registration_opens_at=None, registration_closes_at=None)
    assert [len(found.offenders) for found in integrity.verify(only=keys)] == [1, 2]
