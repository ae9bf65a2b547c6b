"""Text tables: encodings, delimiters, quotes, limits, and the guard against formulas."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from association.exchange import csvtext
from association.exchange.limits import WorkbookRefused
from association.exchange.reader_child import load

PLAIN = "单位名称,信用代码,面积\n演示㛃𬭎园,001,12.50\n"


@pytest.fixture
def read(tmp_path):
    def reader(content, encoding="utf-8", filename="名册.csv"):
        path = tmp_path / "a.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return load(path, filename=filename)

    return reader


def refusal(read, content):
    with pytest.raises(WorkbookRefused) as caught:
        read(content)
    return caught.value.sentence


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
def test_encodings(read, encoding, found):
    text = "\ufeff" + PLAIN if encoding == "utf-16-be" else PLAIN
    table = read(text, encoding)
    assert (table.encoding, table.headers) == (found, ["单位名称", "信用代码", "面积"])
    assert table.rows[0].cells == ["演示㛃𬭎园", "001", "12.50"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,\0\n", "文件不是文字表格（含有空字节）。请上传 .xlsx 或 CSV 文件。"),
        ("a,b\n1,2\n".encode("utf-16-le"), "文件不是文字表格（含有空字节）。请上传 .xlsx 或 CSV 文件。"),
        (
            b"\xff,\xff\n",
            "文字编码无法识别。请用 Excel 打开后另存为 .xlsx，或另存为“CSV UTF-8”，再重新上传。",
        ),
        (
            b"\xef\xbb\xbf\xb5\xa5,b\n1,2\n",
            "文件开头标明的文字编码与内容不符。请用 Excel 打开后另存为 .xlsx 再上传。",
        ),
        (
            "\n <HTML><table><tr><td>甲</td></tr></table>",
            "这是网页格式的表格，不是 Excel 文件。请用 Excel 打开后另存为 .xlsx 再上传。",
        ),
        (
            '甲,乙\n"没有收尾,1\n2,3\n',
            "第2行的引号不成对，无法读取。请用 Excel 打开检查，另存为 .xlsx 后上传。",
        ),
        (
            '甲,乙\n1,"引号"后面\n',
            "第2行的引号不成对，无法读取。请用 Excel 打开检查，另存为 .xlsx 后上传。",
        ),
        (
            "甲,乙\n1," + "长" * 32_768,
            "第2行有一格超过 32,767 个字，可能是引号没有成对。请检查后重新上传。",
        ),
        (
            '甲,乙\n1,"' + "长" * 200_000,
            "第2行有一格超过 32,767 个字，可能是引号没有成对。请检查后重新上传。",
        ),
        ("甲,乙\n" + "1," * 200, "第2行有 201 列，一次最多读取 200 列。请删去多余的列后重新上传。"),
        (
            "甲,乙\n" + "1,2\n" * 5_100,
            "第5101行还有内容，一次最多导入 5,000 行。请分成几份后上传。",
        ),
        ("甲,乙\n" + "1,2\n" * 5_001, "表里有 5,001 行数据，一次最多导入 5,000 行。请分成几份后上传。"),
        ("甲,乙,甲\n1,2,3\n", "表头「甲」出现了两次（A 列和 C 列）。请只保留一列，保存后重新上传。"),
        ("只有一列\n1\n", "前 10 行里没有找到表头。请把各列的名称写在同一行，保存后重新上传。"),
    ],
)
def test_refused(read, content, sentence):
    assert refusal(read, content) == sentence


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiters_by_the_header_only(read, delimiter):
    """The rows may be full of other delimiters."""
    other = ";;;" if delimiter == "," else ",,,"
    table = read(f"会员名册\n甲{delimiter}乙\n1{other}{delimiter}2\n")
    assert (table.headers, table.rows[0].cells) == (["甲", "乙"], [f"1{other}", "2"])


def test_delimiter_inside_quotes_does_not_count(read):
    assert read('"a;b;c",乙\n1,2\n').headers == ["a;b;c", "乙"]


def test_delimiter_that_excel_declares(read):
    table = read("sep=;\r\n甲;乙\r\n1,5;2\r\n")
    assert (table.headers, table.rows[0].number, table.rows[0].cells) == (["甲", "乙"], 2, ["1,5", "2"])


def test_quoted_line_breaks_and_row_numbers(read):
    """A record is one row in the spreadsheet, however many lines it has; blank lines count."""
    table = read('甲,乙\r\n"第一行\r\n第二行","他说""好"""\r\n\r\n3,4\r\n')
    assert [(entry.number, entry.cells) for entry in table.rows] == [
        (2, ["第一行\n第二行", '他说"好"']),
        (4, ["3", "4"]),
    ]


def test_numbers_stay_text_and_lost_digits_are_reported(read):
    table = read("甲,乙\n007,1.38E+10\n1E+5,-0.50\n")
    assert [entry.cells for entry in table.rows] == [["007", "1.38E+10"], ["1E+5", "-0.50"]]
    assert table.notes == [
        "第2、3行有科学计数法写成的数字（如 1.38E+10），原来的号码可能已经丢失。请核对，最好改用 .xlsx。"
    ]


def test_short_and_long_rows(read):
    table = read("甲,乙\n1\n1,2,3\n")
    assert [entry.cells for entry in table.rows] == [["1", None], ["1", "2"]]
    assert table.notes == ["C 列没有表头，没有读取。"]


def test_csv_named_as_workbook(read):
    table = read(PLAIN, filename="名册.XLSX")
    assert table.notes == ["文件名与内容不符：内容是 CSV 文字表格，已按内容读取。"]


def test_lone_surrogates_cannot_come_in(read):
    """Neither UTF-8 nor GB18030 nor UTF-16 lets half a pair through."""
    surrogate = "甲,乙\n1,\ud800\n"
    assert "编码" in refusal(read, surrogate.encode("utf-8", "surrogatepass"))
    assert "编码" in refusal(read, b"\xff\xfe" + surrogate.encode("utf-16-le", "surrogatepass"))


# --- the guard against formulas --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "harmless",
    [
        "+8613900001234",
        "+86 139-0000-1234",
        "-3",
        "-3.50",
        "+5%",
        "-1,000.00",
        "甲=乙",
        "a@b.cn",
        "",
        "'",
        "'甲",
    ],
)
def test_guard_leaves_phones_and_numbers(harmless):
    assert csvtext.guarded(harmless) == harmless


@pytest.mark.parametrize(
    "dangerous",
    [
        "=1+1",
        "=HYPERLINK(1)",
        "@SUM(A1)",
        "-2+3+cmd|' /C calc'!A0",
        "+A1",
        "-@x",
        "\t=1",
        " =1",
        "＝1+1",
        "＋A1",
        "\r=1",
        "'=1",
        "'+86139",
    ],
)
def test_guard_disarms_and_reading_restores(dangerous):
    assert csvtext.guarded(dangerous) == f"'{dangerous}"
    assert csvtext.unguarded(f"'{dangerous}") == dangerous


@given(st.text(alphabet=st.sampled_from("'=+-@\t＝＋ 1a.,(%甲\"\n"), max_size=6))
def test_guard_has_an_exact_inverse(text):
    guarded = csvtext.guarded(text)
    assert csvtext.unguarded(guarded) == text
    assert (
        not csvtext.CALCULATED.match(guarded)
        or guarded.startswith("'")
        or csvtext.HARMLESS.fullmatch(guarded)
    )


@given(
    st.lists(
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r")), min_size=2, max_size=4
    )
)
def test_any_record_survives(cells):
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["甲", "乙"], [csvtext.guarded(cell) for cell in cells]])
    assert list(csvtext.rows(buffer.getvalue()))[1] == (2, cells)


def test_decimal_is_no_text():
    assert csvtext.HARMLESS.fullmatch(str(Decimal("-1.5")))
