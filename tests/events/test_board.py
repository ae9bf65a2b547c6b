"""The board of the year: every number opens its rows, and the workbook says the same."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from events import board
from events.choices import EventGroup, EventState
from events.domain import events, series
from events.models import Event
from tests.factories.happenings import make_event, make_series
from tests.factories.visiting import held_on

pytestmark = pytest.mark.django_db
HEADERS = ["系列", "品牌", "单位", "计入品牌总数", "未发布", "发布过", "办过", "取消与未开成", "将办与进行中"]


@pytest.fixture
def year(secretary, secretary_general):
    """2022: 沙龙 counts for the brand, 文科汇 does not, 旧系列 is held no more and had nothing."""
    made = {"by": secretary, "submitter": secretary, "approver": secretary_general}
    salon = make_series("沙龙", by=secretary, brand="演示品牌", counts_in_brand=True, unit="session")
    wenke = make_series("文科汇", by=secretary)
    series.end_series(make_series("旧系列", by=secretary), by=secretary)
    this = 2022
    day = {"submitter": secretary, "approver": secretary_general, "stand": "published", "by": secretary}
    held = [held_on(one, this, 1, 10 + place, **day) for place, one in enumerate([salon, salon, wenke])]
    events.archive(held[0], by=secretary)
    failed = held_on(salon, this, 1, 20, **day)
    events.cancel(failed, by=secretary, reason="到场不足", did_not_convene=True)
    held_on(salon, this, 2, 1, by=secretary)
    make_event(salon, starts_at=held[0].starts_at - timedelta(days=400), **made, stand="published")
    Event.objects.filter(submitted_at__isnull=False, approved_by=None).update(
        submitted_at=None, approved_at=None
    )
    held[0].hosts.create(role="co_organizer", name="深圳园区协会", city="深圳")
    held[0].hosts.create(role="commissioner", name="演示委托单位")
    return this


def cells(row):
    return [cell.number for cell in row.cells]


def test_what_each_series_held_and_what_counts(year):
    rows = board.rows(year)
    assert [(row.name, cells(row)) for row in rows] == [
        ("沙龙", [1, 3, 2, 1, 0]),
        ("文科汇", [0, 1, 1, 0, 0]),
    ]
    assert [(row.name, cells(row)) for row in board.totals(year, rows)] == [
        ("演示品牌 主题活动", [1, 3, 2, 1, 0]), ("全部活动", [1, 4, 3, 1, 0]),
    ]  # fmt: skip


def test_a_group_is_the_sum_of_its_states(year):
    of = {
        EventGroup.DRAFTS: (EventState.PLANNED, EventState.SUBMITTED),
        EventGroup.HELD: (EventState.ENDED, EventState.ARCHIVED),
        EventGroup.OFF: (EventState.CANCELLED, EventState.FAILED),
        EventGroup.COMING: (EventState.ANNOUNCED, EventState.RUNNING),
        EventGroup.STANDING: (
            EventState.ANNOUNCED,
            EventState.RUNNING,
            EventState.ENDED,
            EventState.ARCHIVED,
        ),
        EventGroup.PUBLISHED: set(EventState) - {EventState.PLANNED, EventState.SUBMITTED},
    }
    for group, states in of.items():
        apart = {e.pk for state in states for e in Event.objects.in_state(state)}
        assert set(Event.objects.in_group(group).values_list("pk", flat=True)) == apart, group
    assert set(of) == set(EventGroup)


def test_every_number_opens_as_many_events(year, secretary, as_user):
    client = as_user(secretary)
    page = client.get(reverse("events:board"), {"year": year}).content.decode()
    links = re.findall(r'<a href="(/events/\?[^"]+)"[^>]*>(\d+)<', page)
    links += re.findall(r'<a class="figure" href="(/events/\?[^"]+)"><b>(\d+)</b>', page)
    assert len(links) == 19
    for address, number in links:
        rows = client.get(address.replace("&amp;", "&")).content.decode()
        assert rows.count("<tr data-row>") == int(number), address
    assert "演示委托单位" not in page


def test_months_and_hosts(year):
    assert [(label, number) for label, number, _ in board.by_month(year)[:3]] == [
        ("1月", 3),
        ("2月", 0),
        ("3月", 0),
    ]
    assert [(name, number) for name, number, _ in board.by_host(year)] == [
        ("演示协会", 3),
        ("深圳园区协会", 1),
    ]


def test_the_page_names_the_theme(year, secretary, as_user):
    address = reverse("events:board")
    page = as_user(secretary).get(address, {"year": year}).content.decode()
    assert "2022年还没有定年度主题" in page
    series.set_theme(by=secretary, year=year, name="数字文化年")
    page = as_user(secretary).get(address, {"year": year}).content.decode()
    assert "围绕2022年“数字文化年”" in page


def test_the_workbook_says_the_same(year, auditor, as_user):
    answer = as_user(auditor).get(reverse("events:statistics", args=[year]))
    name = f"%E7%B3%BB%E5%88%97%E6%B4%BB%E5%8A%A8%E7%BB%9F%E8%AE%A1_{year}.xlsx"
    assert name in answer["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["系列活动统计"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == HEADERS
    assert [row[:1] + row[4:] for row in rows[1:]] == [
        ["沙龙", 1, 3, 2, 1, 0], ["文科汇", 0, 1, 1, 0, 0],
        ["合计：演示品牌 主题活动", 1, 3, 2, 1, 0], ["合计：全部活动", 1, 4, 3, 1, 0],
    ]  # fmt: skip
    assert [row[3] for row in rows[1:3]] == ["计入", "不计入"]


def test_a_room_adds_a_column_of_its_own(year, monkeypatch, secretary, as_user):
    monkeypatch.setattr(board, "_columns", [])
    salon = board.rows(year)[0].series

    @board.column("线上人次", url=lambda year, series: f"/x/{series.pk}/")
    def online(asked):
        assert asked == year
        return {salon.pk: 277}

    rows = board.rows(year)
    assert [row.cells[-1] for row in rows] == [
        board.Cell("线上人次", 277, f"/x/{salon.pk}/"), board.Cell("线上人次", 0),
    ]  # fmt: skip
    assert [row.cells[-1] for row in board.totals(year, rows)] == [board.Cell("线上人次", 277)] * 2
    assert "线上人次" in as_user(secretary).get(reverse("events:board"), {"year": year}).content.decode()


def test_members_do_not_see_it(member, as_user, secretary):
    address, file = reverse("events:board"), reverse("events:statistics", args=[2022])
    assert [as_user(member).get(a).status_code for a in (address, file)] == [403, 403]
    assert [as_user(secretary).post(a).status_code for a in (address, file)] == [405, 405]
    assert as_user(secretary).get(reverse("events:statistics", args=[1900])).status_code == 404


def test_the_board_costs_the_same_for_few_and_for_many(year, secretary, as_user, queries):
    client = as_user(secretary)

    def cost():
        with queries() as captured:
            client.get(reverse("events:board"), {"year": year})
        return len(captured)

    cost()
    few = cost()
    more = make_series("多期", by=secretary, brand="演示品牌", counts_in_brand=True)
    for day in range(1, 25):
        held_on(more, year, 1, day)
    assert (cost(), few <= 20) == (few, True)
