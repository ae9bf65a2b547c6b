"""The copy with the reasons: same rows, same values, and it can be uploaded again."""

import datetime

import openpyxl
import pytest

from association.exchange import annotate
from association.exchange.reader_child import load
from tests import workbooks
from tests.workbooks import DAY, MOMENT, PERCENT, cell, row, sheet, text

REASON = "「统一社会信用代码」校验位错误；=1+1"


@pytest.fixture
def source(tmp_path):
    title = row(1, "会员名册")
    header = row(3, "单位名称*", "代码", "面积", "入会", "出租率", "公式", "时刻")
    first = row(
        4,
        text("A4", "=演示园"),
        text("B4", "0007"),
        cell("C4", "12.5"),
        cell("D4", 44926, style=DAY),
        cell("E4", 0.85, style=PERCENT),
        cell("F4", "#N/A", kind="e"),
        cell("G4", 44926.5, style=MOMENT),
    )
    wrong = row(7, text("A7", "另一园"), None, cell("C7", "911100001234567940"), cell("D7", 1, kind="b"))
    note = sheet(row(1, "截至日期", "2022-12-31"))
    tabs = ("名册", sheet(title, header, first, wrong)), ("说明", note)
    return workbooks.workbook(tmp_path / "a.xlsx", *tabs)


@pytest.fixture
def copy(source, tmp_path):
    target = tmp_path / "带错误原因.xlsx"
    annotate.with_errors(source, target, {7: REASON}, filename="a.xlsx")
    return target


def test_rows_keep_their_numbers_and_values_their_types(copy):
    page = openpyxl.load_workbook(copy)["数据"]
    values = {number: [cell.value for cell in page[number]] for number in (1, 3, 4, 7)}
    assert values == {
        1: ["会员名册", *[None] * 7],
        3: ["单位名称", "代码", "面积", "入会", "出租率", "公式", "时刻", "错误原因"],
        4: [
            "=演示园",
            "0007",
            12.5,
            datetime.datetime(2022, 12, 31),
            0.85,
            "#N/A",
            datetime.datetime(2022, 12, 31, 12),
            None,
        ],
        7: ["另一园", None, "911100001234568000", "是", None, None, None, REASON],
    }
    assert [cell.data_type for cell in page[4]][:6] == ["s", "s", "n", "d", "n", "s"]
    assert [cell.number_format for cell in page[4]][:5] == ["@", "@", "General", "yyyy-mm-dd", "0.00%"]


def test_wrong_rows_are_marked(copy):
    page = openpyxl.load_workbook(copy)["数据"]
    fills = {number: {cell.fill.bgColor.rgb for cell in page[number]} for number in (4, 7)}
    colours = {number: {cell.fill.fgColor.rgb for cell in page[number]} for number in (4, 7)}
    assert len(fills[7]) == 1
    assert colours == {4: {"00000000"}, 7: {"FFFDECEA"}}


def test_the_corrected_copy_can_be_uploaded(source, copy):
    first, again = load(source), load(copy)
    assert again.as_of == datetime.date(2022, 12, 31)
    assert again.headers == first.headers
    assert [entry.number for entry in again.rows] == [4, 7]
    assert again.rows[0].cells[:5] == first.rows[0].cells[:5]


def test_a_sheet_that_was_read_already_is_not_read_again(source, tmp_path, monkeypatch):
    monkeypatch.setattr(annotate, "read", lambda *_, **__: pytest.fail("read again"))
    annotate.with_errors(load(source), tmp_path / "b.xlsx", {})
    assert load(tmp_path / "b.xlsx").headers == load(source).headers


def test_a_text_table_becomes_a_workbook(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n007,=1+1\n", encoding="utf-8")
    annotate.with_errors(load(path), tmp_path / "b.xlsx", {2: "错"})
    page = openpyxl.load_workbook(tmp_path / "b.xlsx")["数据"]
    assert [[cell.value for cell in line] for line in page.rows] == [
        ["甲", "乙", "错误原因"],
        ["007", "=1+1", "错"],
    ]
