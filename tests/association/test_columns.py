"""Columns declared once: values by parts, cells as an export writes them, secrecy by tier."""

from datetime import date
from decimal import Decimal

import pytest

from association.columns import Column, ColumnSet, Kind, Tier

DAY = date(2022, 12, 31)


@pytest.fixture
def asked():
    """The calls that the loaders got."""
    return []


@pytest.fixture
def columns(asked):
    def loader(part, rows):
        def load(pks, as_of, fields):
            asked.append((part, list(pks), as_of, list(fields)))
            return {pk: tuple(row[f] for f in fields) for pk, row in rows.items() if pk in pks}

        return load

    parts = {
        "unit": loader("unit", {1: {"name": "甲", "code": "91"}, 2: {"name": "乙", "code": ""}}),
        "person": loader("person", {2: {"mobile": "13812345678"}}),
    }
    return ColumnSet(
        [
            Column("name", "名称", "unit", "name", tier=Tier.PUBLIC, shown=True),
            Column("mobile", "手机", "person", "mobile", Kind.PHONE, tier=Tier.CONTACT),
            Column("code", "代码", "unit", "code", Kind.CODE, importable=True),
            Column("bank", "账号", "unit", "code", Kind.CODE, tier=Tier.FINANCE),
        ],
        parts,
    )


def test_values_come_in_the_order_asked_for_with_none_where_there_is_nothing(columns):
    assert columns.values([2, 3, 1], DAY) == [
        ("乙", "13812345678", "", ""),
        (None, None, None, None),
        ("甲", None, "91", "91"),
    ]


def test_each_part_is_loaded_once_however_many_columns_and_rows(columns, asked):
    columns.values([1, 2], DAY)
    assert asked == [("unit", [1, 2], DAY, ["name", "code"]), ("person", [1, 2], DAY, ["mobile"])]


def test_a_part_of_which_no_column_is_shown_is_not_loaded(columns, asked):
    columns.chosen(["code"]).values([1], DAY)
    assert asked == [("unit", [1], DAY, ["code"])]


def test_no_rows_and_no_columns_cost_nothing(columns, asked):
    assert columns.values([], DAY) == []
    assert columns.chosen([]).values([1, 2], DAY) == [(), ()]
    assert columns.chosen([]).cells([1], DAY) == [()]
    assert asked == []


def test_columns_are_chosen_by_key_in_the_order_asked_for(columns):
    assert list(columns.chosen(["code", "nothing", "name", "code"]).by_key) == ["code", "name"]
    assert list(columns.shown.by_key) == ["name"]
    assert list(columns.importable.by_key) == ["code"]


def test_only_columns_of_the_allowed_tiers_remain(columns):
    assert list(columns.allowed({Tier.PUBLIC}).by_key) == ["name"]
    assert list(columns.allowed({Tier.PUBLIC, Tier.STAFF, Tier.CONTACT}).by_key) == ["name", "mobile", "code"]
    assert list(columns.allowed({Tier.PUBLIC}).chosen(["bank", "name"]).by_key) == ["name"]


def test_personal_numbers_are_masked_unless_they_may_be_seen(columns):
    chosen = columns.chosen(["name", "mobile"])
    assert chosen.cells([2, 1], DAY, unmasked=False) == [("乙", "138****5678"), ("甲", None)]
    assert chosen.cells([2, 1], DAY) == [("乙", "13812345678"), ("甲", None)]


def test_a_column_set_knows_whether_it_holds_personal_data(columns):
    assert columns.is_personal
    assert not columns.chosen(["name", "bank"]).is_personal


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (Kind.CHOICE, "a", "甲类"),
        (Kind.CHOICE, "gone", "gone"),
        (Kind.CHOICE, "", None),
        (Kind.CHOICE, None, None),
        (Kind.LIST, ["b", "a"], "乙类、甲类"),
        (Kind.LIST, [], None),
        (Kind.LIST, None, None),
        (Kind.BOOL, True, "是"),
        (Kind.BOOL, False, "否"),
        (Kind.BOOL, None, None),
        (Kind.PERCENT, Decimal("66.66666"), Decimal("66.67")),
        (Kind.PERCENT, None, None),
        (Kind.TEXT, "字", "字"),
        (Kind.INTEGER, 0, 0),
        (Kind.DECIMAL, Decimal("1.50"), Decimal("1.50")),
        (Kind.DATE, DAY, DAY),
    ],
)
def test_a_cell_is_written_as_its_kind_says(kind, value, written):
    column = Column("x", "某列", "part", "field", kind, choices=(("a", "甲类"), ("b", "乙类")))
    assert column.cell(value) == written


def test_kinds_that_are_numbers():
    assert {kind for kind in Kind if kind.is_number} == {Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT}
