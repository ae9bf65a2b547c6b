"""What is written: text stays text, numbers stay numbers, and what goes out comes in unchanged."""

import datetime
import enum
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from association.exchange import writing
from association.exchange.cells import cell_text, without_controls
from association.exchange.reader_child import load
from association.exchange.sheet import INVISIBLE
from association.exchange.writing import Column, TooLongForExcel

KINDS = ["text", "code", "phone", "integer", "decimal", "date", "list", "choice", "bool"]
COLUMNS = [Column(kind, kind) for kind in KINDS]
ROW = (
    "演示㛃𬭎𠮷园",
    "91110105MA00000A0X",
    "+8613900001234",
    105,
    Decimal("12.50"),
    datetime.date(2022, 12, 31),
    ["文化", "科技"],
    "园区运营机构",
    True,
)


def written(rows, columns=COLUMNS, **options):
    """The bytes of a workbook with these rows."""
    buffer = io.BytesIO()
    writing.write_workbook(buffer, sheet="会员名册", columns=columns, rows=rows, **options)
    return buffer.getvalue()


def opened(rows, columns=COLUMNS, **options):
    return openpyxl.load_workbook(io.BytesIO(written(rows, columns, **options)))


def read_back(tmp_path, rows, columns=COLUMNS):
    path = tmp_path / "a.xlsx"
    path.write_bytes(written(rows, columns))
    return load(path)


def one_column(kind, *values):
    return [cell.value for cell in opened([(value,) for value in values], [Column("甲", kind)]).active["A"]][
        1:
    ]


def test_values_and_types_in_openpyxl():
    sheet = opened([ROW]).active
    assert [cell.value for cell in sheet[1]] == KINDS
    assert [cell.value for cell in sheet[2]] == [
        "演示㛃𬭎𠮷园",
        "91110105MA00000A0X",
        "+8613900001234",
        105,
        12.5,
        datetime.datetime(2022, 12, 31),
        "文化、科技",
        "园区运营机构",
        "是",
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s", "n", "n", "d", "s", "s", "s"]
    assert [cell.number_format for cell in sheet[2]] == [
        *["@"] * 3,
        *["General"] * 2,
        "yyyy-mm-dd",
        *["@"] * 3,
    ]


def test_text_format_reaches_beyond_the_rows():
    """A code typed into the next row keeps its zeros, too."""
    sheet = opened([ROW]).active
    assert [sheet.column_dimensions[letter].number_format for letter in "ABCGHI"] == ["@"] * 6


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+86139", "-3", "@x", "{=1}", "http://a.cn", "007"]
)
def test_no_text_is_ever_a_formula(text):
    cell = opened([(text,)], [Column("甲")]).active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert b"<f>" not in b"".join(_members(written([(text,)], [Column("甲")])).values())


def _members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_header_is_bold_and_frozen_and_columns_have_widths():
    sheet = opened([ROW], [Column("很长的一个列名在这里", "integer"), *COLUMNS[1:]]).active
    assert sheet.freeze_panes == "A2"
    assert {cell.font.bold for cell in sheet[1]} == {True}
    widths = [round(sheet.column_dimensions[letter].width) for letter in "ABCF"]
    assert widths == [23, 23, 17, 13]


def test_second_sheet_tells_when_and_as_of(monkeypatch):
    book = opened([ROW], as_of=datetime.date(2022, 12, 31), notes=["仅供内部使用。", ("筛选", "朝阳")])
    rows = [tuple(cell.value for cell in row) for row in book["说明"].rows]
    assert book.sheetnames == ["会员名册", "说明"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d", rows[1][1])
    assert [rows[0], rows[1][0], *rows[2:]] == [
        ("项目", "内容"),
        "生成时间",
        ("截至日期", "2022-12-31"),
        ("说明", "仅供内部使用。"),
        ("筛选", "朝阳"),
    ]


def test_as_of_date_is_read_back(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(written([ROW], as_of=datetime.date(2022, 12, 31)))
    assert load(path).as_of == datetime.date(2022, 12, 31)


def test_no_rows_still_give_the_headers():
    sheet = opened(iter([])).active
    assert [cell.value for cell in sheet[1]] == KINDS
    assert sheet.max_row == 1


def test_kinds_may_be_members_of_an_enumeration():
    kind = enum.Enum("Kind", {"CODE": "code"})
    assert opened([("007",)], [Column("甲", kind.CODE)]).active["A2"].number_format == "@"


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        ("integer", 10**15 - 1, 10**15 - 1),
        ("integer", 10**15, "1000000000000000"),
        ("integer", True, "是"),
        ("decimal", Decimal("99999999999.9999"), 99999999999.9999),
        ("decimal", Decimal("99999999999.99999"), "99999999999.99999"),
        ("decimal", Decimal("1.500000000000000000"), 1.5),
        ("decimal", Decimal("1E+3"), 1000),
        ("decimal", "***", "***"),
        ("percent", Decimal("85.5"), 85.5),
        ("date", datetime.date(1899, 12, 31), "1899-12-31"),
        ("date", datetime.date(1900, 1, 1), datetime.datetime(1900, 1, 1)),
        ("date", datetime.datetime(2022, 12, 31, 20, tzinfo=datetime.UTC), datetime.datetime(2023, 1, 1)),
        (
            "datetime",
            datetime.datetime(2022, 12, 31, 20, tzinfo=datetime.UTC),
            datetime.datetime(2023, 1, 1, 4),
        ),
        ("code", 7, "7"),
        ("text", Decimal("1E+3"), "1000"),
        ("text", 12.0, "12"),
        ("text", datetime.date(2022, 1, 2), "2022-01-02"),
        ("bool", False, "否"),
        ("list", (), None),
        ("text", "", None),
        ("text", None, None),
    ],
)
def test_values_that_need_care(kind, value, cell):
    assert one_column(kind, value, "end") == [cell, "end"]


def test_mixed_types_in_one_column_stay_what_they_are():
    values = [1, None, Decimal("2.5"), "无", 10**20]
    assert one_column("decimal", *values) == [1, None, 2.5, "无", "100000000000000000000"]


def test_control_characters_never_break_the_file():
    text = "".join(map(chr, range(32))) + "\x7f\ufffe\uffff\ud800甲"
    assert one_column("text", text, "x") == ["\t\n\n甲", "x"]


def test_text_longer_than_a_cell_is_refused_and_leaves_no_file(tmp_path):
    def rows():
        yield from [("短",)] * 600
        yield ("𠮷" * 16_384,)

    path = tmp_path / "a.xlsx"
    with pytest.raises(TooLongForExcel, match="第602行「甲」超过 Excel 一格 32,767 字的上限，无法导出。"):
        writing.write_workbook(path, sheet="数据", columns=[Column("甲")], rows=rows())
    assert list(tmp_path.iterdir()) == []
    assert one_column("text", "园" * 32_767) == ["园" * 32_767]


def test_an_error_among_the_rows_leaves_the_old_file(tmp_path):
    def rows():
        yield ("x",)
        raise KeyError("lost")

    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(KeyError):
        writing.write_workbook(path, sheet="数据", columns=[Column("甲")], rows=rows())
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.xlsx", b"old")]


@pytest.mark.parametrize("rows", [[("a",)], [("a", "b", "c")], [("a", "b"), ("a",)]])
def test_rows_must_fit_the_columns(rows):
    with pytest.raises(ValueError, match="zip"):
        written(rows, [Column("甲"), Column("乙")])


def test_headers_must_differ():
    with pytest.raises(ValueError, match="header of its own"):
        written([], [Column("甲"), Column("甲")])


def test_rows_are_taken_one_batch_at_a_time():
    """100,000 rows must not stand in memory: no more than a batch is ahead of the writer."""
    taken = []
    records = writing._records([Column("甲")], (taken.append(n) or (str(n),) for n in range(10_000)))
    next(records)
    assert len(taken) == writing.BATCH


# --- out and in again ------------------------------------------------------------------------------------------

CHARACTERS = st.characters() | st.sampled_from("㛃𬭎𠮷=+-@'\"_x\u200b\u202e\r\n\t　\x00\x0b")
TEXTS = st.text(CHARACTERS, max_size=30).filter(lambda text: not text.startswith("【示例】"))
DAYS = st.dates(datetime.date(1900, 3, 1), datetime.date(9999, 12, 31))
DECIMALS = st.decimals(-(10**9), 10**9, places=4, allow_nan=False)
ROWS = st.tuples(
    TEXTS, TEXTS, TEXTS, st.integers(-(10**17), 10**17), DECIMALS, DAYS, TEXTS, TEXTS, st.booleans()
)


def expected(value):
    """What the reader must give: controls gone, one kind of line end, blanks None, long numbers as text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, str):
        text = without_controls(value)
        return text if INVISIBLE.sub("", text).strip() else None
    return value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=1, max_size=8))
@example(
    [
        (*ROW[:6], "_x0041_", "_x005F_x0041_", True),
        ("=1", "007", "\r\n", 0, Decimal("0.1"), ROW[5], " ", "-", False),
    ]
)
def test_out_and_in_again(tmp_path, rows):
    table = read_back(tmp_path, rows)
    assert table.headers == KINDS
    found = [
        [Decimal(cell) if place in (3, 4) else cell for place, cell in enumerate(row.cells)]
        for row in table.rows
    ]
    assert found == [[expected(value) for value in row] for row in rows]


def as_csv(value):
    return cell_text(Decimal(value) if isinstance(value, int) else value) or None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=1, max_size=8))
def test_csv_out_and_in_again(tmp_path, rows):
    path = tmp_path / "a.csv"
    writing.write_csv(path, columns=COLUMNS, rows=rows)
    found = [row.cells for row in load(path).rows]
    assert found == [[as_csv(expected(value)) for value in row] for row in rows]


def test_csv_bytes(tmp_path):
    buffer = io.BytesIO()
    rows = [ROW, ("=1+1", "007", "+8613900001234", -3, Decimal("-1E+2"), None, "a\nb", "@x", None)]
    writing.write_csv(buffer, columns=COLUMNS, rows=rows)
    assert buffer.getvalue().decode("utf-8") == (
        "\ufefftext,code,phone,integer,decimal,date,list,choice,bool\r\n"
        "演示㛃𬭎𠮷园,91110105MA00000A0X,+8613900001234,105,12.5,2022-12-31,文化、科技,园区运营机构,是\r\n"
        "'=1+1,007,+8613900001234,-3,-100,,\"a\nb\",'@x,\r\n"
    )


def test_csv_guards_every_sort_of_text():
    safe = type("SafeText", (str,), {})("=1+1")
    member = enum.Enum("Kind", {"SUM": "=2"}, type=str).SUM
    lines = csv_lines([(safe,), (member,), (["=3", "4"],)])
    assert lines == ["'=1+1\r\n", "'=2\r\n", "'=3、4\r\n"]


def csv_lines(rows):
    return [line.decode() for line in writing.csv_lines([Column("甲")], rows)][1:]


def test_csv_has_no_limit_on_a_text():
    lines = list(writing.csv_lines([Column("甲")], [("长" * 40_000,)]))
    assert lines[1].decode() == "长" * 40_000 + "\r\n"
