"""Events from plan to archive: every arrow of domain 10.6, who may go it, and what stands in its way."""

import functools
import re
from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localtime, now

from association import public_pages
from association.domain.editing import Conflict
from association.errors import Refused
from association.models import Activity, Notice
from events.choices import EventState
from events.domain import events as domain
from events.domain import programme
from events.domain import series as series_domain
from events.models import AgendaItem, Event, EventHost, Series
from tests.factories.happenings import make_event, make_series
from tests.races import at_once

pytestmark = pytest.mark.django_db
ZONE = get_current_timezone()


@pytest.fixture
def series(secretary):
    return make_series(by=secretary)


def at(year, month, day, hour=14):
    return datetime(year, month, day, hour, tzinfo=ZONE)


def fresh(event):
    return Event.objects.get(pk=event.pk)


def url(name, record):
    return reverse(f"events:{name}", args=[record.pk])


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", "title"))


def sentences(record):
    return [a.sentence for a in Activity.objects.about(record).order_by("pk")]


def published(series, secretary, secretary_general, **fields):
    return make_event(
        series, by=secretary, stand="published", submitter=secretary, approver=secretary_general, **fields
    )


# --- planning ---------------------------------------------------------------------------------------------------
def test_numbers_follow_one_another_and_a_cancelled_event_keeps_its_own(series, secretary, secretary_general):
    first = published(series, secretary, secretary_general)
    domain.cancel(first, by=secretary, reason="场地另有安排")
    second, third = make_event(series), make_event(series)
    assert [e.number for e in (first, second, third)] == [1, 2, 3]
    domain.discard(third, by=secretary)
    assert make_event(series).number == 3
    with pytest.raises(Refused, match="文科汇第1期已经有了（已取消的活动保留编号），下一个编号是 4。"):
        make_event(series, number=1)


def test_numbers_run_on_over_the_years_or_begin_anew(secretary):
    on = make_series("跨年", by=secretary)
    anew = make_series("逐年", by=secretary, resets_yearly=True)
    days = [at(2022, 12, 1), at(2022, 12, 30), at(2023, 1, 5)]
    assert [make_event(on, starts_at=day).number for day in days] == [1, 2, 3]
    assert [make_event(anew, starts_at=day).number for day in days] == [1, 2, 1]


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (at(2022, 5, 1), at(2022, 5, 1), "结束时间应在开始之后"),
        (at(2022, 5, 1), at(2022, 7, 1), "最长 31 天"),
    ],
)
def test_days_that_cannot_be_are_refused(series, starts, ends, words):
    with pytest.raises(Refused, match=words):
        domain.plan(series, by=None, topic="x", starts_at=starts, ends_at=ends)
    assert Event.objects.count() == 0


def test_the_next_one_takes_over_hosts_and_programme_but_no_speaker(series, secretary):
    last = make_event(series, by=secretary)
    AgendaItem.objects.create(event=last, starts_at="14:00", minutes=10, title="致辞", speaker="王先生")
    begun = domain.draft_like(last, year=2026)
    assert (begun["number"], begun["mode"], begun["hours"]) == (2, "online", timedelta(hours=2))
    made = make_event(
        series, by=secretary, like=last, starts_at=last.starts_at + timedelta(days=7, minutes=30)
    )
    assert list(made.hosts.values_list("role", "name").distinct()) == [("organizer", "演示协会")]
    # Half an hour later than last time, and so is what stands in the programme.
    assert list(made.agenda.values_list("title", "speaker", "starts_at")) == [("致辞", "", time(14, 30))]


def test_a_series_that_is_held_no_more_takes_no_event(series, secretary):
    series_domain.end_series(series, by=secretary)
    with pytest.raises(Refused, match="已停办"):
        make_event(series)
    series_domain.resume_series(series, by=secretary)
    assert make_event(series).number == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_at_once_get_two_numbers(secretary):
    series = make_series(by=secretary)
    made = at_once(lambda: make_event(series), lambda: make_event(series))
    assert sorted(event.number for event in made) == [1, 2]


# --- editing ----------------------------------------------------------------------------------------------------
def test_whoever_saves_second_is_told(series, secretary):
    event = make_event(series, by=secretary)
    domain.update(event, by=secretary, version=1, changes={"topic": "一"})
    with pytest.raises(Conflict):
        domain.update(event, by=secretary, version=1, changes={"topic": "二"})
    assert (fresh(event).topic, fresh(event).version) == ("一", 2)
    domain.update(event, by=secretary, version=2, changes={"topic": "一"})
    assert sentences(event) == ["策划文科汇第1期｜园区与数字技术", "修改文科汇第1期：主题"]


def test_the_number_changes_until_it_is_published(series, secretary, secretary_general):
    event = make_event(series, by=secretary)
    other = make_event(series, by=secretary)
    with pytest.raises(Refused, match="第2期已经有了"):
        domain.update(event, by=secretary, version=1, changes={"number": other.number})
    domain.update(event, by=secretary, version=1, changes={"number": 7})
    known = published(series, secretary, secretary_general)
    with pytest.raises(Refused, match="已发布，编号和它所在的年度不能再改"):
        domain.update(known, by=secretary, version=known.version, changes={"number": 20})
    assert [fresh(e).number for e in (event, known)] == [7, 8]


def test_a_plan_of_another_year_moves_to_that_years_numbers(secretary):
    anew = make_series("逐年", by=secretary, resets_yearly=True)
    event = make_event(anew, starts_at=at(2022, 12, 30))
    domain.update(
        event, by=secretary, version=1, changes={"starts_at": at(2023, 1, 3), "ends_at": at(2023, 1, 3, 16)}
    )
    assert fresh(event).number_scope == 2023


# --- approval ---------------------------------------------------------------------------------------------------
def test_submitted_and_approved_by_somebody_else(series, secretary, secretary_general, president):
    event = make_event(series, by=secretary, stand="submitted", submitter=secretary)
    assert (event.state, told(secretary_general), told(president)) == (
        EventState.SUBMITTED, [("events.event_submitted", "活动待审批：文科汇第1期｜园区与数字技术")], [],
    )  # fmt: skip
    for _ in range(2):
        event = domain.approve(event, by=secretary_general, version=2)
    assert (event.state, event.approved_by) == (EventState.ANNOUNCED, secretary_general)
    assert told(secretary) == [("events.event_approved", "已批准发布：文科汇第1期｜园区与数字技术")]
    assert sentences(event) == [
        "策划文科汇第1期｜园区与数字技术", "提交文科汇第1期｜园区与数字技术审批", "批准发布文科汇第1期｜园区与数字技术",
    ]  # fmt: skip


def test_nobody_approves_what_they_submitted(series, secretary_general):
    event = make_event(series, stand="submitted", submitter=secretary_general)
    with pytest.raises(Refused, match="报批人不能自己批准"):
        domain.approve(event, by=secretary_general, version=event.version)
    assert fresh(event).state == EventState.SUBMITTED


def test_what_was_changed_since_the_page_was_opened_is_not_approved_unseen(
    series, secretary, secretary_general, as_user
):
    event = make_event(series, by=secretary, stand="submitted", submitter=secretary)
    client = as_user(secretary_general)
    page = client.get(url("event", event)).content.decode()
    assert f'name="version" value="{event.version}"' in page
    domain.update(event, by=secretary, version=event.version, changes={"topic": "换了主题"})
    answer = client.post(url("approve", event), {"version": event.version})
    assert (answer.status_code, fresh(event).state) == (409, EventState.SUBMITTED)
    assert client.post(url("approve", event), {"version": fresh(event).version}).status_code == 303


def test_what_lacks_place_or_host_is_not_submitted(series, secretary):
    event = make_event(series, by=secretary, mode="onsite")
    with pytest.raises(Refused, match="要先写明地点"):
        domain.submit(event, by=secretary)
    EventHost.objects.all().delete()
    online = make_event(series, by=secretary)
    online.hosts.all().delete()
    with pytest.raises(Refused, match="写明主办单位"):
        domain.submit(online, by=secretary)


def test_sent_back_it_is_planned_again_with_the_reason(series, secretary, secretary_general):
    event = make_event(series, by=secretary, stand="submitted", submitter=secretary)
    for _ in range(2):
        event = domain.send_back(event, by=secretary_general, reason="议程待补")
    assert (event.state, event.returned_reason) == (EventState.PLANNED, "议程待补")
    assert told(secretary) == [("events.event_returned", "已退回：文科汇第1期｜园区与数字技术")]
    event = domain.submit(event, by=secretary)
    assert event.returned_reason == ""


def test_what_was_not_submitted_is_neither_approved_nor_sent_back(series, secretary, secretary_general):
    event = make_event(series, by=secretary)
    for verb in (
        lambda: domain.approve(event, by=secretary_general, version=1),
        lambda: domain.send_back(event, by=secretary_general, reason="x"),
        lambda: domain.cancel(event, by=secretary, reason="x"),
        lambda: domain.archive(event, by=secretary),
    ):
        with pytest.raises(Refused):
            verb()
    assert fresh(event).state == EventState.PLANNED


# --- the end ----------------------------------------------------------------------------------------------------
def ended(series, secretary, secretary_general):
    event = published(series, secretary, secretary_general)
    Event.objects.filter(pk=event.pk).update(
        starts_at=now() - timedelta(hours=3), ends_at=now() - timedelta(hours=1)
    )
    return fresh(event)


def test_cancelled_it_says_why_and_stays(series, secretary, secretary_general):
    event = published(series, secretary, secretary_general)
    for _ in range(2):
        event = domain.cancel(event, by=secretary, reason="场地另有安排")
    assert (event.state, event.cancel_reason) == (EventState.CANCELLED, "场地另有安排")
    assert sentences(event)[-1] == "登记文科汇第1期｜园区与数字技术取消"
    for verb in (
        lambda: domain.update(event, by=secretary, version=event.version, changes={"topic": "x"}),
        lambda: domain.archive(event, by=secretary),
        lambda: domain.discard(event, by=secretary),
        lambda: programme.set_hosts(event, by=secretary, version=event.version, rows=[]),
    ):
        with pytest.raises(Refused):
            verb()


def test_what_did_not_convene_is_told_from_what_was_cancelled(series, secretary, secretary_general):
    coming = published(series, secretary, secretary_general)
    with pytest.raises(Refused, match="还没到开始的时间"):
        domain.cancel(coming, by=secretary, reason="x", did_not_convene=True)
    over = ended(series, secretary, secretary_general)
    with pytest.raises(Refused, match="没有开成的"):
        domain.cancel(over, by=secretary, reason="x")
    assert (
        domain.cancel(over, by=secretary, reason="到场不足", did_not_convene=True).state == EventState.FAILED
    )


def test_archived_it_is_changed_no_more(series, secretary, secretary_general):
    event = ended(series, secretary, secretary_general)
    for _ in range(2):
        event = domain.archive(event, by=secretary)
    assert event.state == EventState.ARCHIVED
    with pytest.raises(Refused, match="已归档，不能再改"):
        domain.update(event, by=secretary, version=event.version, changes={"topic": "x"})
    with pytest.raises(Refused, match="不能取消"):
        domain.cancel(event, by=secretary, reason="x")


def test_the_state_in_python_and_in_the_database_is_one(series, secretary, secretary_general):
    made = [
        make_event(series, by=secretary),
        make_event(series, by=secretary, stand="submitted", submitter=secretary),
        published(series, secretary, secretary_general),
        ended(series, secretary, secretary_general),
        domain.archive(ended(series, secretary, secretary_general), by=secretary),
        domain.cancel(published(series, secretary, secretary_general), by=secretary, reason="x"),
        domain.cancel(
            ended(series, secretary, secretary_general), by=secretary, reason="x", did_not_convene=True
        ),
    ]
    running = published(series, secretary, secretary_general)
    Event.objects.filter(pk=running.pk).update(
        starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(hours=1)
    )
    made.append(fresh(running))
    by_state = {state: {e.pk for e in Event.objects.in_state(state)} for state in EventState}
    assert by_state == {fresh(e).state: {e.pk} for e in made}


# --- the programme ----------------------------------------------------------------------------------------------
def test_hosts_are_replaced_and_linked_by_their_very_name(series, secretary, park_unit):
    event = make_event(series, by=secretary)
    rows = [
        {"role": "organizer", "name": park_unit.name, "city": "北京"},
        {"role": "co_organizer", "name": "深圳园区协会", "city": "深圳"},
    ]
    programme.set_hosts(event, by=secretary, version=1, rows=rows)
    assert list(event.hosts.values_list("name", "organization")) == [
        (park_unit.name, park_unit.pk),
        ("深圳园区协会", None),
    ]
    before = fresh(event).version
    programme.set_hosts(event, by=secretary, version=before, rows=rows)
    assert (fresh(event).version, sentences(event)[-1]) == (
        before, f"写明文科汇第1期的单位：主办单位{park_unit.name}、协办单位深圳园区协会",
    )  # fmt: skip
    with pytest.raises(Conflict):
        programme.set_hosts(event, by=secretary, version=1, rows=rows)
    with pytest.raises(Refused, match="只写一次"):
        programme.set_hosts(event, by=secretary, version=before, rows=[rows[0], rows[0]])


def test_the_programme_is_kept_in_the_order_of_its_times(series, secretary):
    event = make_event(series, by=secretary)
    line = {"minutes": 10, "speaker": "", "speaker_title": ""}
    rows = [
        line | {"starts_at": datetime(2022, 1, 1, 15).time(), "title": "交流"},
        line | {"starts_at": datetime(2022, 1, 1, 14).time(), "title": "致辞"},
    ]
    programme.set_agenda(event, by=secretary, version=1, rows=rows)
    assert [item.title for item in event.agenda.all()] == ["致辞", "交流"]
    assert sentences(event)[-1] == "编排文科汇第1期的议程：2 个环节"


# --- who may know of it -----------------------------------------------------------------------------------------
def test_drafts_are_for_those_who_hold_them_and_members_events_for_members(
    series, secretary, secretary_general, treasurer, administrator, member, stranger
):
    draft = make_event(series, by=secretary, audience="public")
    open_to_all = published(series, secretary, secretary_general, audience="public")
    for_members = published(series, secretary, secretary_general)
    for_invited = published(series, secretary, secretary_general, audience="invited")
    seen = {
        person: set(Event.objects.visible_to(person).values_list("pk", flat=True))
        for person in (treasurer, member, stranger, administrator)
    }
    everything = {draft.pk, open_to_all.pk, for_members.pk, for_invited.pk}
    assert seen == {
        treasurer: everything, member: {open_to_all.pk, for_members.pk}, stranger: {open_to_all.pk},
        administrator: {open_to_all.pk},
    }  # fmt: skip


def test_the_way_into_the_online_room_is_for_those_who_hold_it(
    series, secretary, secretary_general, treasurer, member, as_user, client
):
    link = "https://meeting.example.cn/j/123"
    event = published(
        series, secretary, secretary_general, online_link=link, online_note="会议号 123", audience="public"
    )
    pages = [as_user(p).get(url("event", event)).content.decode() for p in (secretary, treasurer, member)]
    public = client.get(reverse("activities:activity", args=[event.pk])).content.decode()
    files = [
        as_user(secretary).get(url("ics", event)),
        client.get(reverse("activities:activity_ics", args=[event.pk])),
    ]
    assert [link in page for page in (*pages, public, *(f.content.decode() for f in files))] == [True] + [
        False
    ] * 5
    assert [("会议号 123" in page) for page in (*pages, public)] == [True, False, False, False]


def test_found_by_topic_series_and_number(series, secretary):
    first, third = make_event(series, topic="沉浸式场景"), make_event(series, number=3)
    found = {text: [e.pk for e in Event.objects.matching(text).order_by("pk")] for text in (
        "沉浸", "文科汇第3期", "文科汇 第三期", "第三", "文科汇", "第9期", "别的",
    )}  # fmt: skip
    assert found == {
        "沉浸": [first.pk], "文科汇第3期": [third.pk], "文科汇 第三期": [third.pk], "第三": [third.pk],
        "文科汇": [first.pk, third.pk], "第9期": [], "别的": [],
    }  # fmt: skip


# --- series -----------------------------------------------------------------------------------------------------
def test_series_are_named_once_and_count_only_for_a_brand(secretary):
    made = make_series(
        "政企沟通会", by=secretary, brand="北京文化园区SHOW", counts_in_brand=True, unit="session"
    )
    with pytest.raises(Refused, match="已有名为"):
        make_series("政企沟通会", by=secretary)
    with pytest.raises(Refused, match="要写明品牌"):
        make_series("合作对对碰", by=secretary, counts_in_brand=True)
    make_event(made)
    changes = {
        "name": made.name,
        "unit": "session",
        "counts_in_brand": True,
        "introduction": "",
        "resets_yearly": True,
    }
    with pytest.raises(Refused, match="不能再改编号办法"):
        series_domain.update_series(made, by=secretary, version=1, brand="北京文化园区SHOW", changes=changes)
    series_domain.update_series(
        made,
        by=secretary,
        version=1,
        brand="",
        changes=changes | {"resets_yearly": False, "counts_in_brand": False},
    )
    made = Series.objects.get()
    assert (made.brand, made.counts_in_brand, sentences(made)[-1]) == (
        None,
        False,
        "修改系列“政企沟通会”：计入品牌活动总数、品牌",
    )


def test_a_theme_is_said_once_and_may_be_said_anew(secretary):
    for name in ("数字文化年", "数字文化年", "数智文化年"):
        theme = series_domain.set_theme(by=secretary, year=2022, name=name)
    assert sentences(theme) == ["定2022年“数字文化年”", "定2022年“数智文化年”"]


# --- pages ------------------------------------------------------------------------------------------------------
def planned_form(**more):
    return {
        "topic": "沉浸式场景", "starts_at": "2030-03-01T14:00", "ends_at": "2030-03-01T17:00", "mode": "hybrid",
        "venue": "报告厅", "audience": "public",
    } | more  # fmt: skip


def test_the_next_event_is_planned_from_last_time_in_one_form(series, secretary, as_user):
    last = make_event(series, by=secretary, venue="莱锦报告厅", summary="每月一次", mode="hybrid")
    client = as_user(secretary)
    page = client.get(reverse("events:plan", args=[series.pk])).content.decode()
    assert 'value="莱锦报告厅"' in page
    assert 'name="number" value="2"' in page
    answer = client.post(reverse("events:plan", args=[series.pk]), planned_form())
    made = Event.objects.exclude(pk=last.pk).get()
    assert (answer["Location"], made.number, str(made)) == (url("event", made), 2, "文科汇第2期｜沉浸式场景")
    assert (localtime(made.starts_at).hour, made.hosts.get().name) == (14, "演示协会")


def test_what_cannot_be_stands_beside_the_form(series, secretary, as_user):
    client, address = as_user(secretary), reverse("events:plan", args=[series.pk])
    for wrong, words in (
        ({"ends_at": "2030-03-01T13:00"}, "结束时间应在开始之后。"), ({"starts_at": "明天"}, "时间应写作"),
        ({"topic": ""}, "请填写这一项。"), ({"online_link": "javascript:alert(1)"}, "有效的 URL"),
        ({"starts_at": "1800-03-01T14:00"}, "年份应在"), ({"number": "0"}, "大于或等于1"),
    ):  # fmt: skip
        answer = client.post(address, planned_form(**wrong))
        assert (answer.status_code, words in answer.content.decode(), Event.objects.count()) == (
            422,
            True,
            0,
        ), wrong


def test_lines_with_half_of_what_they_need_are_shown_again(series, secretary, as_user):
    event = make_event(series, by=secretary)
    data = {
        "version": "1", "agenda-TOTAL_FORMS": "2", "agenda-INITIAL_FORMS": "0", "agenda-0-title": "致辞",
        "agenda-1-speaker": "王先生",
    }  # fmt: skip
    answer = as_user(secretary).post(url("agenda", event), data)
    assert (answer.status_code, event.agenda.count()) == (422, 0)
    assert "有 3 处需要改正" in answer.content.decode()
    answer = as_user(secretary).post(url("agenda", event), {"version": "1"})
    assert (answer.status_code, event.agenda.count()) == (422, 0)


def test_from_plan_to_archive_by_the_buttons(series, secretary, secretary_general, as_user):
    event = make_event(series, by=secretary)
    keeper, approver = as_user(secretary), as_user(secretary_general)
    assert "提交审批" in keeper.get(url("event", event)).content.decode()
    assert keeper.post(url("submit", event)).status_code == 303
    assert "批准发布" in approver.get(url("event", event)).content.decode()
    assert keeper.post(url("approve", event)).status_code == 403
    assert approver.post(url("approve", event), {"version": 2}).status_code == 303
    Event.objects.filter(pk=event.pk).update(
        starts_at=now() - timedelta(hours=2), ends_at=now() - timedelta(hours=1)
    )
    assert ">归档<" in keeper.get(url("event", event)).content.decode()
    assert keeper.post(url("archive", event)).status_code == 303
    assert fresh(event).state == EventState.ARCHIVED


@pytest.mark.parametrize("name", ["submit", "approve", "discard", "archive"])
def test_get_changes_nothing(series, secretary, secretary_general, as_user, name):
    event = make_event(series, by=secretary, stand="submitted", submitter=secretary)
    assert as_user(secretary_general).get(url(name, event)).status_code == 405
    assert fresh(event).state == EventState.SUBMITTED


def test_the_first_page_tells_what_is_coming_at_once_and_asks_for_it_once(
    series, secretary, secretary_general, client, queries, django_capture_on_commit_callbacks
):
    def shown():
        page = client.get("/").content.decode()
        return re.findall(r'<a href="/activities/\d+/">([^<]+)</a><small>文科汇第(\d)期', page)

    def asked():
        public_pages.shelf.pages.clear()
        with queries() as captured:
            shown()
        return len([q for q in captured if "events_event" in q["sql"]])

    made = functools.partial(published, series, secretary, secretary_general, audience="public")
    with django_capture_on_commit_callbacks(execute=True):
        later, sooner = made(topic="后一场", days=12), made(topic="先一场", days=11)
    assert shown() == [("先一场", "2"), ("后一场", "1")]
    assert asked() == 0

    with django_capture_on_commit_callbacks(execute=True):
        domain.cancel(sooner, by=secretary, reason="场地另有安排")
    assert shown() == [("后一场", "1")]
    with django_capture_on_commit_callbacks(execute=True):
        domain.cancel(later, by=secretary, reason="场地另有安排")
    assert shown() == []


def test_lists_ask_as_much_for_many_as_for_one(series, secretary, secretary_general, as_user, queries):
    client = as_user(secretary)
    pages = [
        f"{reverse('events:events')}?tab=all", reverse("events:month"), reverse("events:series", args=[series.pk]),
        reverse("events:choose_series"), reverse("events:series_list"),
    ]  # fmt: skip

    def cost():
        found = []
        for page in pages:
            client.get(page)
            with queries() as captured:
                assert client.get(page).status_code == 200
            found.append(len(captured))
        return found

    published(series, secretary, secretary_general, days=1)
    one = cost()
    for n in range(30):
        make_event(make_series(f"系列{n}", by=secretary), by=secretary, days=1)
        published(series, secretary, secretary_general, days=1)
    assert (cost(), max(one) <= 20) == (one, True)
