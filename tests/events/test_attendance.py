"""Attendance at the desk and by oneself: one live row a person, on site wins; who never comes; the demonstration."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from association import demo as accounts
from association import integrity
from association.desk import desk
from association.domain import erasing
from association.errors import Refused
from association.models import Activity, ExportJob, User
from events import permissions, turnout
from events.choices import Outcome
from events.demo import attendance as demo
from events.demo import loading
from events.domain import attendance as domain
from events.domain import events, registrations
from events.models import Attendance, Event, OnlineList, OnlineRow, Registration
from members.models import Membership, Organization
from tests.factories import make_organization
from tests.factories.doors import expected, make_running, running
from tests.factories.happenings import make_series
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(secretary, secretary_general):
    return make_running(secretary, secretary_general)


@pytest.fixture
def code(event, secretary):
    return domain.renew_code(event, by=secretary).venue_code


def sentences(record):
    return [a.sentence for a in Activity.objects.about(record).order_by("pk")]


def walk_in(event, by, **person):
    given = {"full_name": "来宾甲", "unit_name": "演示来宾单位"} | person
    return domain.add_walk_in(event, by=by, **given)


# --- at the desk ----------------------------------------------------------------------------------------------------
def test_whoever_is_expected_is_checked_in_once_with_what_stood_that_day(event, secretary, park_unit):
    mine = expected(event, organization=park_unit, unit_name="演示运营公司01", title="经理")
    row, is_new = domain.check_in(mine, by=secretary)
    again, is_new_again = domain.check_in(mine, by=secretary)
    assert (is_new, is_new_again, again) == (True, False, row)
    assert (row.mode, row.source, row.organization, row.unit_name, row.title, row.by) == (
        "onsite", "desk", park_unit, "演示运营公司01", "经理", secretary,
    )  # fmt: skip
    assert sentences(row) == ["文科汇第1期签到：演示运营公司01"]
    assert Registration.objects.get(pk=mine.pk).outcome == Outcome.CHECKED_IN


def test_one_who_waits_is_let_in_by_the_staff(event, secretary):
    event.onsite_capacity = 1
    event.save()
    expected(event)
    row, _ = domain.check_in(expected(event, number=2), by=secretary)
    assert sentences(row) == ["文科汇第1期签到：演示来宾单位2，候补准予入场"]


def test_a_cancelled_registration_is_refused_in_words(event, secretary):
    mine = expected(event)
    registrations.cancel(mine, by=secretary, as_staff=True)
    with pytest.raises(Refused, match="这个报名已取消。确实到场的，请登记为现场来宾"):
        domain.check_in(mine, by=secretary)


def test_before_the_window_nobody_and_after_the_end_late(event, secretary):
    mine = expected(event)
    running(event, since=-90, until=200)
    with pytest.raises(Refused, match=r"签到从 .* 开始"):
        domain.check_in(mine, by=secretary)
    event = running(event, since=200, until=-60)
    row, _ = domain.check_in(mine, by=secretary)
    assert (row.source, row.arrived_at) == ("late", event.ends_at)
    assert Registration.objects.get(pk=mine.pk).outcome == Outcome.COMPLETED


def test_an_event_that_is_off_or_archived_takes_no_attendance(event, secretary):
    mine = expected(event)
    Event.objects.filter(pk=event.pk).update(archived_at=now())
    with pytest.raises(Refused, match="已归档，人数已经锁定"):
        domain.check_in(mine, by=secretary)
    Event.objects.filter(pk=event.pk).update(archived_at=None, cancelled_at=now(), cancel_reason="另有安排")
    with pytest.raises(Refused, match="已取消，不能签到"):
        walk_in(event, secretary)


def test_somebody_at_the_desk_is_entered_once_and_linked(event, secretary, park_unit):
    row, is_new = walk_in(event, secretary, unit_name=" 演示运营公司01 ")
    assert (is_new, row.organization, row.source, row.registration) == (True, park_unit, "desk", None)
    assert walk_in(event, secretary, unit_name="演示运营公司01") == (row, False)
    assert walk_in(event, secretary, unit_name="演示运营公司01", mobile="19900010009") == (row, False)
    other, is_new = walk_in(event, secretary, full_name="来宾乙")
    assert (is_new, other == row) == (True, False)


def test_at_the_desk_the_number_finds_the_registration(event, secretary):
    mine = expected(event)
    row, _ = walk_in(event, secretary, full_name="写错的名字", mobile=mine.mobile)
    assert (row.registration, domain.check_in(mine, by=secretary)) == (mine, (row, False))


def test_who_was_entered_by_name_and_then_shows_the_registration_stays_one_person(event, secretary):
    mine = expected(event)
    row, _ = walk_in(event, secretary, full_name=mine.full_name, unit_name=mine.unit_name)
    assert domain.check_in(mine, by=secretary) == (row, False)
    assert Attendance.objects.get().registration == mine


def test_whoever_was_online_and_comes_is_on_site(event, secretary):
    online, _ = walk_in(event, secretary, mode="online")
    row, is_new = walk_in(event, secretary)
    assert (row.pk, row.mode, is_new, row.version) == (online.pk, "onsite", True, 2)
    assert walk_in(event, secretary, mode="online") == (row, False)
    assert Attendance.objects.get().mode == "onsite"


def test_taking_back_needs_a_reason_and_lets_the_person_in_again(event, secretary):
    mine = expected(event)
    row, _ = domain.check_in(mine, by=secretary)
    domain.undo(row, by=secretary, reason="扫错了人")
    domain.undo(row, by=secretary, reason="再按一次")
    row.refresh_from_db()
    assert (row.undone_reason, row.version, sentences(row)[-1]) == (
        "扫错了人",
        2,
        "文科汇第1期撤销签到：演示来宾单位1",
    )
    again, is_new = domain.check_in(mine, by=secretary)
    assert (is_new, again.pk == row.pk, event.attendances.live().count()) == (True, False, 1)


def test_the_database_holds_one_live_row_a_person(event, secretary):
    mine = expected(event)
    row, _ = domain.check_in(mine, by=secretary)
    with pytest.raises(IntegrityError):
        domain.made(event, registration=mine, mode="onsite", source="scan", arrived_at=now()).save()
    assert row.pk


def test_times_cannot_be_moved_away_from_those_who_came(event, secretary):
    domain.check_in(expected(event), by=secretary)
    event = Event.objects.get(pk=event.pk)
    later = {"starts_at": event.starts_at + timedelta(days=1), "ends_at": event.ends_at + timedelta(days=1)}
    with pytest.raises(Refused, match="已经有人在这个时间以外签到"):
        events.update(event, by=secretary, version=event.version, changes=later)


@pytest.mark.django_db(transaction=True)
def test_two_desks_at_once_enter_somebody_once(event, secretary):
    mine = expected(event)
    at_once(lambda: domain.check_in(mine, by=secretary), lambda: domain.check_in(mine, by=secretary))
    assert Attendance.objects.count() == 1


# --- by oneself -----------------------------------------------------------------------------------------------------
def test_by_oneself_with_the_digits_on_the_screen(event, code, member):
    mine = expected(event, user=member)
    row, is_new = domain.check_in_self(mine, by=member, code=code)
    assert (row.source, row.by, is_new) == ("self", member, True)
    assert domain.check_in_self(mine, by=member, code="0") == (row, False)


def test_wrong_digits_are_refused_and_guessing_ends(event, code, member):
    mine = expected(event, user=member)
    wrong = f"{(int(code) + 1) % 10_000:04}"
    for _ in range(6):
        with pytest.raises(Refused, match="现场码不对"):
            domain.check_in_self(mine, by=member, code=wrong)
    with pytest.raises(Refused, match="试的次数太多"):
        domain.check_in_self(mine, by=member, code=code)
    assert Attendance.objects.count() == 0


def test_by_oneself_not_without_code_seat_or_outside_the_window(event, secretary, member):
    mine = expected(event, user=member)
    with pytest.raises(Refused, match="没有开放自助签到"):
        domain.check_in_self(mine, by=member, code="1234")
    code = domain.renew_code(event, by=secretary).venue_code
    event.refresh_from_db()
    running(event, since=-61, until=200)
    with pytest.raises(Refused, match="签到从"):
        domain.check_in_self(mine, by=member, code=code)
    running(event, since=200, until=-1)
    with pytest.raises(Refused, match="请秘书处补录"):
        domain.check_in_self(mine, by=member, code=code)
    running(event)
    registrations.cancel(mine, by=secretary, as_staff=True)
    with pytest.raises(Refused, match="这个报名已取消"):
        domain.check_in_self(mine, by=member, code=code)


def test_the_page_for_oneself_asks_visitors_for_proof_and_shows_only_ones_own(
    event, code, member, as_user, client
):
    address = f"/door/here/{event.pk}/"
    assert client.get(address).headers["Location"].startswith("/prove/")
    mine, other = expected(event, user=member), expected(event, number=2)
    page = as_user(member).get(address)
    assert (mine.full_name in page.content.decode(), other.full_name in page.content.decode()) == (
        False,
        False,
    )
    answer = as_user(member).post(address, {"registration": other.pk, "code": code})
    assert (answer.status_code, Attendance.objects.count()) == (422, 0)
    answer = as_user(member).post(address, {"registration": mine.pk, "code": code})
    assert (answer.status_code, Attendance.objects.get().registration) == (303, mine)
    assert "已签到" in as_user(member).get(address).content.decode()


# --- pages ----------------------------------------------------------------------------------------------------------
def page(client, event, path="", **query):
    return client.get(f"/events/{event.pk}/attendance/{path}", query)


def test_the_list_costs_as_much_for_thirty_as_for_one(event, secretary, as_user):
    client, costs = as_user(secretary), []
    for numbers in (range(1, 2), range(2, 32)):
        for number in numbers:
            domain.check_in(expected(event, number=number), by=secretary)
        expected(event, number=100 + number)
        page(client, event)
        for tab in ("expected", "onsite"):
            with CaptureQueriesContext(connection) as captured:
                assert page(client, event, tab=tab).status_code == 200
            costs.append(len(captured))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 20


def test_the_counts_say_who_is_awaited_there_and_short(event, secretary, as_user):
    first, _ = expected(event), expected(event, number=2)
    domain.check_in(first, by=secretary)
    online, _ = walk_in(event, secretary, mode="online")
    Attendance.objects.filter(pk=online.pk).update(minutes=9)
    shown = page(as_user(secretary), event).context["figures"]
    assert [f["number"] for f in shown] == [2, 2, 1, 0, 1]
    Attendance.objects.filter(pk=online.pk).update(minutes=10)
    shown = page(as_user(secretary), event).context["figures"]
    assert [f["number"] for f in shown] == [2, 2, 1, 1, 1]
    partial = (
        as_user(secretary)
        .get(f"/events/{event.pk}/attendance/live/", HTTP_HX_REQUEST="true")
        .content.decode()
    )
    assert ('id="counts"' in partial, "<html" in partial) == (True, False)


def test_the_minimum_is_the_events_own(event, secretary, as_user):
    event = Event.objects.get(pk=event.pk)
    online, _ = walk_in(event, secretary, mode="online")
    Attendance.objects.filter(pk=online.pk).update(minutes=15)
    data = {"version": event.version, "minutes": 20}
    assert as_user(secretary).post(f"/events/{event.pk}/attendance/minimum/", data).status_code == 303
    assert (Attendance.objects.counted().count(), Attendance.objects.short().count()) == (0, 1)
    assert as_user(secretary).post(f"/events/{event.pk}/attendance/minimum/", data).status_code == 409


def test_at_the_desk_through_the_page(event, secretary, member, as_user):
    data = {"full_name": "来宾甲", "unit_name": "演示来宾单位", "mobile": "", "title": "", "mode": "onsite"}
    path = f"/events/{event.pk}/attendance/new/"
    assert as_user(member).post(path, data).status_code == 403
    assert as_user(secretary).post(path, data | {"mobile": "1"}).status_code == 422
    assert as_user(secretary).post(path, data).status_code == 303
    mine = expected(event)
    path = f"/events/{event.pk}/attendance/of/{mine.pk}/"
    assert as_user(secretary).get(path).status_code == 405
    assert as_user(secretary).post(path).status_code == 303
    row = Attendance.objects.get(registration=mine)
    assert as_user(secretary).post(f"/events/attendance/{row.pk}/undo/", {"reason": ""}).status_code == 422
    assert (
        as_user(secretary).post(f"/events/attendance/{row.pk}/undo/", {"reason": "扫错"}).status_code == 303
    )


def test_the_screen_shows_the_code_in_the_window_only(event, code, secretary, as_user):
    assert code in page(as_user(secretary), event, "screen/").content.decode()
    event.refresh_from_db()
    running(event, since=-100, until=200)
    text = page(as_user(secretary), event, "screen/").content.decode()
    assert (f">{code}<" in text, "签到从" in text) == (False, True)


def test_paper_has_the_last_four_digits_and_no_more(event, secretary, as_user):
    mine = expected(event)
    sheet = page(as_user(secretary), event, "sheet/").content.decode()
    assert (f"<td>{mine.mobile[-4:]}</td>" in sheet, mine.mobile in sheet) == (True, False)
    cards = page(as_user(secretary), event, "seats/", size="4").content.decode()
    assert (mine.full_name in cards, "seat-cards--4" in cards) == (True, True)


def test_the_workbook_is_logged_and_numbers_are_masked_without_a_reason(event, secretary, as_user):
    mine = expected(event)
    domain.check_in(mine, by=secretary)
    client, path = as_user(secretary), f"/events/{event.pk}/attendance/export/"
    assert client.post(path, {"unmasked": "on"}).status_code == 422
    answer = client.post(path)
    logged = ExportJob.objects.get()
    assert (answer.status_code, answer.content[:2], logged.is_unmasked, logged.rows_total) == (
        200,
        b"PK",
        False,
        1,
    )
    client.post(path, {"unmasked": "on", "reason": "寄送证书"})
    assert ExportJob.objects.filter(is_unmasked=True, reason="寄送证书").count() == 1


# --- who takes part ---------------------------------------------------------------------------------------------------
def past(event, days=40, **span):
    """The event held so many days ago, with whoever came moved along."""
    moment = now() - timedelta(days=days)
    Event.objects.filter(pk=event.pk).update(starts_at=moment, ends_at=moment + timedelta(hours=2), registration_closes_at=moment)  # fmt: skip
    event.attendances.update(arrived_at=moment)
    event.refresh_from_db()
    return event


def of(unit, year=None):
    span = turnout.span_of(year or localdate().year)
    found = turnout.with_numbers(Organization.objects.filter(pk=unit.pk), span).get()
    return found.attended, found.people, found.registered, found.missed


def test_who_did_not_appear_is_known_only_where_attendance_was_taken(event, secretary, park_unit):
    words = {"organization": park_unit, "unit_name": park_unit.name}
    absent = expected(event, **words)
    past(event, days=3)
    assert (absent.outcome, of(park_unit)[3]) == (None, 0)
    walk_in(event, secretary)
    past(event, days=3)
    absent = Registration.objects.get(pk=absent.pk)
    assert (absent.outcome, turnout.missed(event.year).count()) == (Outcome.MISSED, 1)
    assert of(park_unit, event.year) == (0, 0, 1, 1)
    domain.check_in(absent, by=secretary)
    assert (absent.outcome, of(park_unit, event.year)) == (Outcome.COMPLETED, (1, 1, 1, 0))
    assert turnout.rate(1, 4) == "25%"


def test_who_never_comes_was_a_member_for_twelve_months(event, secretary, park_unit, other_unit):
    newcomer = make_organization("演示新会员", joined=localdate() - timedelta(days=30), people=False)
    span = turnout.span_of(localdate().year)
    assert list(turnout.never_came(turnout.members(span), span)) == []
    walk_in(event, secretary, unit_name=park_unit.name)
    past(event, days=1)
    never = set(turnout.never_came(turnout.members(span), span))
    assert (other_unit in never, park_unit in never, newcomer in never) == (True, False, False)


def test_the_page_costs_as_much_for_thirty_and_each_number_opens_its_rows(event, secretary, president, as_user, member, park_unit):  # fmt: skip
    walk_in(event, secretary, unit_name=park_unit.name)
    past(event, days=1)
    client, costs = as_user(president), []
    for number in range(2):
        if number:
            Organization.objects.bulk_create(
                Organization(name=f"演示单位{n}", membership_count=1, latest_joined_on=date(2022, 2, 1))
                for n in range(25)
            )
        client.get("/events/turnout/")
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/events/turnout/")
        costs.append(len(captured))
    assert (answer.status_code, costs[0], costs[0] <= 20) == (200, costs[1], True)
    link = answer.context["page"][0].links["attended"]
    rows = client.get(link)
    assert (rows.status_code, rows.context["page"].paginator.count, "来宾甲" in rows.content.decode()) == (
        200,
        1,
        True,
    )
    assert as_user(member).get("/events/turnout/").status_code == 403
    assert client.get(f"/events/turnout/{park_unit.pk}/", {"what": "x"}).status_code == 404


# --- people's data ----------------------------------------------------------------------------------------------------
def test_an_erased_person_is_in_no_attendance(event, secretary, member):
    mine = expected(event, user=member)
    row, _ = domain.check_in(mine, by=secretary)
    erasing.erase_elsewhere(member, frozenset({mine.mobile}), "已删除的个人1")
    row.refresh_from_db()
    assert (row.full_name, row.mobile, row.title, row.unit_name) == ("已删除的个人1", "", "", "演示来宾单位1")
    kept = [f.name for f in Attendance.history.rel.related_model._meta.concrete_fields]
    assert not {"full_name", "mobile", "title"} & set(kept)


INVARIANTS = {
    "events.attendance_of_its_event", "events.attendance_within_window", "events.attendance_once_a_person",
    "events.attendance_published", "events.online_rows_settled",
}  # fmt: skip


def broken():
    return {found.invariant.key for found in integrity.verify(only=INVARIANTS) if found.offenders}


def test_each_invariant_notices_what_no_verb_would_do(event, secretary, secretary_general):
    row, _ = domain.check_in(expected(event), by=secretary)
    assert broken() == set()
    elsewhere = make_running(secretary, secretary_general, series=make_series("别的系列", by=secretary))
    Attendance.objects.filter(pk=row.pk).update(
        registration=expected(elsewhere), arrived_at=now() - timedelta(days=1)
    )
    for _ in range(2):
        domain.made(
            event, mode="online", source="import", arrived_at=now(), full_name="甲", unit_name="演示单位"
        ).save()
    Event.objects.filter(pk=event.pk).update(approved_at=None)
    found = OnlineList.objects.create(event=event, filename="名单", digest="1", uploaded_by=secretary)
    OnlineRow.objects.create(
        list=found, event=event, number=2, full_name="甲", unit_name="乙", mode="online", state="ignored"
    )
    assert broken() == INVARIANTS


# --- the demonstration --------------------------------------------------------------------------------------------------
KEYS = ("wenke_companies", "wenke_online", "wenke_onsite")


def test_the_demonstration_gives_the_attendance_of_2022_exactly(db, as_user):
    accounts.load(tell=lambda text: None)
    for number in range(1, 21):
        unit = make_organization(f"演示运营公司{number:02}", people=False)
        Membership.objects.filter(organization=unit).update(joined_on=date(2022, 1, 26))
    loading.load(tell=lambda text: None)
    published = json.loads((Path(settings.BASE_DIR) / "tests/data/figures-2022.json").read_text("utf-8"))
    wanted = {f["key"]: f["demo"] for f in published["figures"] if f["key"].removeprefix("events.") in KEYS}
    assert {key: desk.figures[key].value(2022) for key in wanted} == wanted
    assert desk.figures["events.wenke_company_visits"].value(2022) == 198
    by_event = Attendance.objects.filter(event__series__code="wenke").order_by("event__number")
    counted = [
        (
            by_event.filter(event__number=n, mode="online").count(),
            by_event.filter(event__number=n, mode="onsite").count(),
        )
        for n in range(1, 6)
    ]
    assert counted == [(online, onsite) for online, onsite, *_ in demo.WENKE]
    assert (Attendance.objects.count() < 2_500, Attendance.objects.exclude(mobile="").exists()) == (
        True,
        False,
    )
    assert not turnout.never_came(Organization.objects.all(), turnout.span_of(2022)).exists()
    assert set(Organization.objects.all()) == {
        a.organization for a in Attendance.objects.exclude(organization=None)
    }
    opened = as_user(User.objects.get(email="president@example.cn")).get(
        "/figures/2022/events.wenke_companies/"
    )
    assert (opened.status_code, "演示企业013" in opened.content.decode()) == (200, True)


def test_who_may_see_and_who_may_take(secretary, auditor, member):
    asked = (
        permissions.can_see_attendance,
        permissions.can_take_attendance,
        permissions.can_export_participants,
    )
    assert [[may(person) for may in asked] for person in (secretary, auditor, member)] == [
        [True, True, True], [True, False, False], [False, False, False],
    ]  # fmt: skip
