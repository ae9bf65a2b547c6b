"""The dues board: every sum is the total of the bills behind it."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import localdate, now

from association.desk import desk
from members import dues_totals
from members.desk import reminders as room
from members.dues_totals import AGES, MEASURES
from members.models import Bill, Payment
from tests.factories import make_organization
from tests.factories.owed import owed

BOARD, ROWS, DATA = (reverse(f"members:{n}") for n in ("dues_board", "dues_rows", "dues_data"))


def due(days):
    """A day so many days ago."""
    return localdate() - timedelta(days=days)


def units(number):
    return [make_organization(f"演示单位{n}", people=False) for n in range(number)]


@pytest.fixture
def bills(db, treasurer):
    """Two years: a paid bill, a partly paid one, a waived, a void one, one of each age, and something else than dues."""
    places = units(9)
    year = localdate().year
    made = [
        owed(unit, due_on=due(days), tier=tier, year=year)
        for unit, days, tier in zip(places[:6], (10, 30, 31, 90, 91, -20), (4, 4, 3, 3, 1, 4), strict=True)
    ]
    made.append(owed(places[6], due_on=due(365), tier=4, year=year - 1))
    made.append(owed(places[7], due_on=due(366), tier=None, year=year - 1))
    Payment.objects.create(bill=made[0], amount=500_000, paid_on=localdate(), confirmed_by=treasurer)
    Payment.objects.create(bill=made[2], amount=300_001, paid_on=localdate(), confirmed_by=treasurer)
    Bill.objects.filter(pk=made[3].pk).update(waived=1_000_000)
    void = owed(places[8], due_on=due(5), year=year)
    Bill.objects.filter(pk=void.pk).update(voided_at=now(), void_reason="重复")
    owed(places[8], due_on=due(50), year=year, kind="other", item="培训费", amount=12_345)
    return made


def by_hand(measure, chosen):
    """The same sum in plain Python over rows."""
    value = {
        "billed": lambda b: b.amount,
        "paid": lambda b: b.paid,
        "waived": lambda b: b.waived,
        "outstanding": lambda b: b.outstanding,
        "overdue": lambda b: b.outstanding if b.due_on < localdate() else 0,
    }[measure]
    return sum(value(b) for b in chosen)


def test_every_sum_of_year_and_tier_is_that_of_its_bills(bills):
    rows = dues_totals.by_year_and_tier(localdate())
    every = list(Bill.objects.standing().filter(kind="dues"))
    assert [(r["year"], r["name"]) for r in rows] == [
        (localdate().year, "会长单位"), (localdate().year, "常务理事与理事单位"), (localdate().year, "会员单位"),
        (localdate().year - 1, "会员单位"), (localdate().year - 1, "未分档"),
    ]  # fmt: skip
    for row in rows:
        chosen = [b for b in every if b.year == row["year"] and (b.tier_id or 0) == row["tier"]]
        assert row["bills"] == len(chosen)
        for measure in MEASURES:
            behind = dues_totals.behind(measure, localdate(), year=row["year"], tier=row["tier"])
            summed = dues_totals.sum_of(behind, measure)
            assert row[measure] == by_hand(measure, chosen) == summed, (row, measure)


def test_arrears_fall_into_ages_without_gap_and_overlap(bills):
    found = {row["age"].key: row["bills"] for row in dues_totals.by_age(localdate())}
    assert found == {"30": 1, "90": 1, "365": 2, "more": 1}
    ages = dues_totals.by_age(localdate())
    assert sum(r["overdue"] for r in ages) == by_hand("overdue", Bill.objects.filter(kind="dues"))
    for row in ages:
        behind = dues_totals.behind("overdue", localdate(), age=row["age"])
        assert (behind.count(), dues_totals.sum_of(behind, "overdue")) == (row["bills"], row["overdue"])


@pytest.mark.parametrize("days", [-1, 0, 1, 30, 31, 90, 91, 365, 366, 4000])
def test_each_day_falls_into_one_age_or_is_not_late(days, park_unit):
    owed(park_unit, due_on=due(days), year=2022)
    found = [row["age"].key for row in dues_totals.by_age(localdate()) if row["bills"]]
    expected = [age.key for age in AGES if age.first <= days <= (age.last or 10**6)]
    assert found == expected
    assert len(found) == (days >= 1)


@pytest.mark.parametrize(
    ("billed", "paid", "waived", "rate"),
    [(0, 0, 0, None), (300, 200, 0, 66), (300, 200, 100, 100), (5, 0, 5, None)],
)
def test_the_rate_is_rounded_down_and_none_of_nothing(billed, paid, waived, rate):
    assert dues_totals.rate({"billed": billed, "paid": paid, "waived": waived}) == rate


def opened(page):
    """Every number on the page that can be opened: (address, text)."""
    for part in page.split(f'href="{escape(ROWS)}?')[1:]:
        address, _, rest = part.partition('"')
        yield f"{ROWS}?{address.replace('&amp;', '&')}", rest


def test_every_number_opens_bills_with_that_number_at_their_foot(bills, as_user, treasurer):
    client = as_user(treasurer)
    links = list(opened(client.get(BOARD).content.decode()))
    assert len(links) > 20
    for address, rest in links:
        page = client.get(address).content.decode()
        shown = re.search(r">(¥[\d,.]+)<", rest)[1]
        foot = page.split("<tfoot>")[1].split("</tfoot>")[0]
        assert f">{shown}<" in foot, (address, shown)
        count = int(foot.split("（")[1].split(" ")[0])
        assert page.count("<tr data-row>") == count


def test_the_president_sees_sums_and_opens_none(bills, as_user, president):
    page = as_user(president).get(BOARD).content.decode()
    assert "¥" in page
    assert list(opened(page)) == []
    assert as_user(president).get(ROWS, {"measure": "billed"}).status_code == 403


@pytest.mark.parametrize(
    "query", ["", "measure=x", "measure=billed&year=x", "measure=billed&age=9", "measure=billed&tier=-1"]
)
def test_an_address_that_names_no_number_is_none(query, as_user, treasurer):
    assert as_user(treasurer).get(f"{ROWS}?{query}").status_code == 404


@pytest.mark.parametrize("year", ["", "x", "2021", "９９９９", "99999"])
def test_any_year_shows_a_page(bills, as_user, treasurer, year):
    page = as_user(treasurer).get(BOARD, {"year": year})
    assert page.status_code == 200
    assert page.context["year"] == localdate().year


def test_without_bills_the_board_says_so(as_user, treasurer):
    assert "还没有会费账单" in as_user(treasurer).get(BOARD).content.decode()
    assert "没有账单" in as_user(treasurer).get(ROWS, {"measure": "overdue"}).content.decode()


def test_the_data_are_those_of_the_table(bills, as_user, treasurer):
    answer = as_user(treasurer).get(DATA)
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "年度,档次,账单数,应收（元）,实收（元）,减免（元）,尚欠（元）,逾期（元）,收缴率（%）"
    assert lines[2].startswith(f"{localdate().year},常务理事与理事单位,2,20000")
    assert len(lines) == 6


def test_rows_and_board_cost_the_same_for_one_and_for_thirty(as_user, treasurer, queries):
    def cost(address):
        client = as_user(treasurer)
        client.get(address)
        with queries() as captured:
            client.get(address)
        return len(captured)

    pages = [f"{ROWS}?measure=overdue", BOARD]
    first, *rest = units(30)
    owed(first, due_on=due(10))
    one = [cost(page) for page in pages]
    for unit in rest:
        owed(unit, due_on=due(10))
    assert [cost(page) for page in pages] == one
    assert max(one) <= 20


# --- today ----------------------------------------------------------------------------------------------------------


def todos(user):
    return [t for t in desk.todos_for(user) if "会费逾期" in t.title]


def test_the_treasurer_and_the_secretariat_find_what_is_overdue(
    bills, treasurer, secretary, president, member
):
    found = todos(treasurer)[0]
    assert found.title == f"5 笔会费逾期，合计 {total_overdue()}"
    assert parse_qs(urlsplit(found.url).query) == {"measure": ["overdue"]}
    assert todos(secretary)[0] == found
    assert todos(president) == todos(member) == []


def total_overdue():
    bills = dues_totals.behind("overdue", localdate())
    return f"¥{dues_totals.sum_of(bills, 'overdue') / 100:,.2f}"


def test_nothing_overdue_is_nothing_to_do(park_unit, treasurer):
    owed(park_unit, due_on=localdate())
    assert todos(treasurer) == []


# --- yearly figures -------------------------------------------------------------------------------------------------


def test_who_joined_and_who_left_in_a_year(db):
    make_organization("首批", people=False)
    make_organization("次年入会", joined=date(2023, 5, 1), people=False)
    make_organization("退会", left=date(2023, 12, 31), people=False)
    joined = {year: [u.name for u in room.joined_in(year)] for year in (2021, 2022, 2023)}
    assert joined == {2021: [], 2022: ["首批", "退会"], 2023: ["次年入会"]}
    assert [(u.name, u.counted_left) for u in room.left_in(2023)] == [("退会", date(2023, 12, 31))]
    assert [room.left_in(year).count() for year in (2022, 2024)] == [0, 0]
