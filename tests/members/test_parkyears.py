"""What is unlikely in yearly numbers: worked examples of the pure module."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from members.parkyears import awaited_year, doubts, plain

LAST = {
    "year": 2021,
    "tenants": 100,
    "employees": 900,
    "rent": Decimal("4.90"),
    "rented_area": Decimal(20000),
}


# --- what is unlikely, without a database ---------------------------------------------------------------------


def before(**numbers):
    return SimpleNamespace(**LAST | numbers)


@pytest.mark.parametrize(
    ("numbers", "sentences"),
    [
        ({"tenants": 150}, []),
        ({"tenants": 50}, []),
        ({"tenants": 151}, ["入驻企业数 151 家，比 2021 年的 100 家多 51%。"]),
        ({"tenants": 49}, ["入驻企业数 49 家，比 2021 年的 100 家少 51%。"]),
        ({"rented_area": Decimal("45000.50")}, ["已出租面积 45,000.5 ㎡，比 2021 年的 20,000 ㎡多 125%。"]),
        ({"tenants": None}, []),
        ({"tax": Decimal(5)}, []),
    ],
)
def test_a_jump_of_more_than_half_is_doubted(numbers, sentences):
    assert doubts(numbers, before()) == sentences


def test_a_handful_may_double():
    assert doubts({"tenants": 5}, before(tenants=2)) == []


def test_rent_by_the_month_is_seen_without_a_year_before():
    assert doubts({"rent": Decimal(147)}) == [
        "平均租金填的是 147 元/㎡·天，像是每月的数；若是每月，每天约 4.9 元。"
    ]
    assert doubts({"rent": Decimal(30)}) == []


def test_a_number_in_the_wrong_unit_is_doubted_once():
    assert len(doubts({"rent": Decimal(147)}, before())) == 1


def test_money_in_yuan_is_seen():
    assert doubts({"tenant_revenue": Decimal(1_150_800_000)}) == [
        "园区企业总收入的单位是万元，填的 1,150,800,000 万元合 115,080 亿元；若是元，请除以 10,000。"
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1000, "1,000"),
        (Decimal("10.50"), "10.5"),
        (Decimal("0.00"), "0"),
        (Decimal(100), "100"),
        (1200000, "1,200,000"),
    ],
)
def test_numbers_are_written_without_idle_zeros(value, text):
    assert plain(value) == text


def test_last_years_numbers_are_asked_for_from_january_to_march():
    days = [date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 1), date(2026, 12, 31)]
    assert [awaited_year(day) for day in days] == [2026, 2026, None, None]
