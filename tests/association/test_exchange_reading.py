"""What comes out of a workbook: every kind of cell, every writer's dialect, and what the person is told."""

import datetime
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from association.exchange.cells import ErrorCell, Percent, cell_text, decode, encode
from association.exchange.limits import WorkbookRefused
from association.exchange.reader_child import load
from association.exchange.sheet import SheetRow, header_key
from tests import workbooks
from tests.workbooks import CHINESE_DAY, CLOCK, DAY, HEADER, MOMENT, ONE_ROW, PERCENT, cell, row, sheet, text


@pytest.fixture
def read(tmp_path):
    """Read a workbook made of the given sheets, in this process."""

    def reader(*sheets, filename="名册.xlsx", expected=(), **options):
        path = workbooks.workbook(tmp_path / "a.xlsx", *sheets, **options)
        return load(path, filename=filename, expected=expected)

    return reader


def one_cell(read, xml, **options):
    """The value of a single cell B2 below the headers."""
    table = read(("数据", sheet(row(1, "甲", "乙"), row(2, "x", xml))), **options)
    return table.rows[0].cells[1]


def refusal(read, *sheets, **options):
    with pytest.raises(WorkbookRefused) as caught:
        read(*sheets, **options)
    return caught.value.sentence


def test_a_plain_workbook(read):
    table = read()
    assert table.headers == ["单位名称", "统一社会信用代码", "面积"]
    assert table.rows == [SheetRow(2, ["演示文化园", "91110105MA00000A0X", Decimal(12)])]
    assert (table.kind, table.name, table.header_number, table.as_of, table.notes) == (
        "xlsx",
        "数据",
        1,
        None,
        [],
    )


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("13800138000", "13800138000"),
        ("1.3800138E10", "13800138000"),
        ("110105000000", "110105000000"),
        ("12.300000000000001", "12.3"),
        ("0.1", "0.1"),
        ("-0", "0"),
        ("5.5511151231257827E-17", "0"),
        ("1E-05", "0.00001"),
        ("100", "100"),
        ("9.1110000123456794E+17", "911100001234568000"),
    ],
)
def test_numbers_keep_their_digits(read, written, seen):
    """Credit codes and phones kept as numbers: no exponent, no .0, no noise of binary fractions."""
    value = one_cell(read, cell("B2", written))
    assert type(value) is Decimal
    assert cell_text(value) == seen


@pytest.mark.parametrize("written", ["1E300", "NaN", "INF", "1e400", "1E21"])
def test_absurd_numbers_are_errors(read, written):
    value = one_cell(read, cell("B2", written))
    assert type(value) is ErrorCell
    assert value.reason == "不是可用的数字（太大或不是有限的数）"


def test_long_numbers_are_reported(read):
    table = read(("数据", sheet(row(1, "甲", "乙"), row(2, "x", cell("B2", "911100001234567940")))))
    assert table.notes == [
        "第2行有超过 15 位的数字，Excel 只保留前 15 位，后面的已变成 0。请把这一列设为文本后重填。"
    ]


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        (cell("B2", 44926, style=DAY), datetime.date(2022, 12, 31)),
        (cell("B2", 44926, style=CHINESE_DAY), datetime.date(2022, 12, 31)),
        (cell("B2", 44926.604166666664, style=MOMENT), datetime.datetime(2022, 12, 31, 14, 30)),
        (cell("B2", 44926.999999, style=MOMENT), datetime.datetime(2023, 1, 1)),
        (cell("B2", 0.5, style=CLOCK), datetime.time(12)),
        (cell("B2", "2022-12-31", kind="d"), datetime.date(2022, 12, 31)),
        (cell("B2", "2022-02-30", kind="d"), "2022-02-30"),
        (cell("B2", "NaN", style=DAY), ErrorCell("1899-12-30", "不是有效的日期")),
        (cell("B2", 2_958_466, style=DAY), Decimal(2_958_466)),
        (cell("B2", 0.85, style=PERCENT), Percent("0.85")),
        (cell("B2", 1, kind="b"), True),
        (cell("B2", "#N/A", kind="e"), ErrorCell("#N/A", "是公式的错误值 #N/A")),
        (cell("B2", "#DIV/0!", kind="e", formula="1/0"), ErrorCell("#DIV/0!", "是公式的错误值 #DIV/0!")),
        (cell("B2", 3, formula="1+2"), Decimal(3)),
        (cell("B2", "三", kind="str", formula='"三"'), "三"),
        (cell("B2", formula="1+2"), ErrorCell("公式", "是没有计算结果的公式，请用 Excel 打开并保存一次")),
        (text("B2", "=1+1"), "=1+1"),
        (text("B2", "+8613900001234"), "+8613900001234"),
        (text("B2", "㛃𬭎𠮷·龘"), "㛃𬭎𠮷·龘"),
        (text("B2", "第一行\r\n第二行"), "第一行\n第二行"),
        (text("B2", " 前后有空格 "), " 前后有空格 "),
        (text("B2", "　 "), None),
        (text("B2", "\u200b"), None),
        (cell("B2"), None),
    ],
)
def test_kinds_of_cells(read, xml, value):
    found = one_cell(read, xml)
    assert (type(found), found) == (type(value), value)


def test_percent_shows_what_the_person_sees(read):
    value = one_cell(read, cell("B2", 0.856, style=PERCENT))
    assert (value.shown, cell_text(value)) == (Decimal("85.6"), "85.6%")


def test_the_1904_date_system(read):
    old = one_cell(read, cell("B2", 43464, style=DAY), properties='<workbookPr date1904="1"/>')
    assert old == datetime.date(2022, 12, 31)


def test_formulas_and_error_cells_are_reported(read):
    table = read(("数据", sheet(HEADER, row(2, "甲", "乙", cell("C2", 3, formula="1+2")))))
    assert table.notes == ["表中有 1 个公式，读取的是文件里保存的计算结果。"]


def test_error_cell_behind_the_last_value_is_not_lost(read):
    """calamine's rectangle ends before it, because it takes an error for an empty cell."""
    table = read(("数据", sheet(HEADER, ONE_ROW, row(3, "乙", None, cell("C3", "#REF!", kind="e")))))
    assert table.rows[1].cells == ["乙", None, ErrorCell("#REF!", "是公式的错误值 #REF!")]


def test_control_characters_are_removed_and_reported(read):
    rows = [row(2, cell("A2", 0, kind="s"), "x"), row(3, cell("A3", 1, kind="s"), "y")]
    table = read(("数据", sheet(HEADER, *rows)), strings=["演示_x0000_园", "a\u0085b"])
    assert [entry.cells[0] for entry in table.rows] == ["演示园", "ab"]
    assert table.notes == ["第2、3行有看不见的控制字符，已去掉。"]


def test_invisible_characters_stay_for_the_cleaner_and_are_reported(read):
    rows = [row(n, f"甲\u200b{n}", "\u202e911") for n in range(2, 9)]
    table = read(("数据", sheet(HEADER, *rows)))
    assert table.rows[0].cells[:2] == ["甲\u200b2", "\u202e911"]
    assert table.notes == ["第2、3、4、5、6行等7行有看不见的字符（零宽字符或方向标记），核对时会去掉。"]


def test_shared_strings_rich_text_and_phonetics(read):
    rich = '<r><t>演示</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 园</t></r><rPh sb="0" eb="1"><t>YS</t></rPh>'
    members = {"xl/sharedStrings.xml": f'<sst xmlns="{workbooks.MAIN}"><si>{rich}</si></sst>'}
    table = read(("数据", sheet(HEADER, row(2, cell("A2", 0, kind="s")))), extra=members)
    assert table.rows[0].cells[0] == "演示 园"


def test_strict_ooxml(read):
    xml = sheet(HEADER, ONE_ROW, namespace=workbooks.STRICT_MAIN)
    assert read(("数据", xml), strict=True).rows[0].cells[0] == "演示文化园"


def test_foreign_prefixes(read):
    xml = sheet(HEADER, ONE_ROW).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    xml = xml.replace("xmlns=", "xmlns:x=")
    assert read(("数据", xml)).rows == read().rows


def test_broken_references_to_strings(read):
    xml = sheet(HEADER, row(2, cell("A2", 7, kind="s")))
    assert refusal(read, ("数据", xml), strings=["一"]) == (
        "文件不完整或已损坏。请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传。"
    )


# --- the table around the cells --------------------------------------------------------------------------------


def test_header_below_a_title(read):
    title, blank = row(1, "会员名册"), row(2)
    header = row(3, "单位名称*", "信用\n代码", "面积\u200b ＊")
    table = read(("数据", sheet(title, blank, header, row(4, "甲", "乙"))))
    assert (table.headers, table.header_number) == (["单位名称", "信用 代码", "面积"], 3)
    assert table.preface == [SheetRow(1, ["会员名册", None, None])]
    assert table.rows == [SheetRow(4, ["甲", "乙", None])]


def test_expected_headers_beat_a_two_cell_title(read):
    xml = sheet(
        row(1, "填报单位：甲", "日期：2023"),
        HEADER.replace('r="1"', 'r="2"').replace('1"', '2"'),
        row(3, "乙", "丙"),
    )
    assert read(("数据", xml)).header_number == 1
    assert read(("数据", xml), expected=["单位名称*", "面积"]).header_number == 2


def test_no_header_within_ten_rows(read):
    sentence = "前 10 行里没有找到表头。请把各列的名称写在同一行，保存后重新上传。"
    assert refusal(read, ("数据", sheet(HEADER.replace('1"', '11"')))) == sentence
    assert refusal(read, ("数据", sheet(row(1, 1, 2), row(2, "只有一格")))) == sentence


def test_duplicate_headers_are_named(read):
    xml = sheet(row(1, "单位名称*", "面积", "单位 名称"), row(2, "甲", 1, "乙"))
    assert refusal(read, ("数据", xml)) == (
        "表头「单位 名称」出现了两次（A 列和 C 列）。请只保留一列，保存后重新上传。"
    )


def test_blank_cell_is_not_a_missing_column(read):
    table = read(("数据", sheet(row(1, "单位名称", "面积"), row(2, "甲"))))
    assert (table.headers, table.rows[0].cells) == (["单位名称", "面积"], ["甲", None])


def test_reordered_columns_and_columns_without_header(read):
    xml = sheet(
        row(1, "面积", None, "单位名称"), row(2, 5, "没有表头", "甲"), row(3, 6, None, "乙", "也没有")
    )
    table = read(("数据", xml))
    assert table.headers == ["面积", "单位名称"]
    assert [entry.cells for entry in table.rows] == [[Decimal(5), "甲"], [Decimal(6), "乙"]]
    assert table.notes == ["B、D 列没有表头，没有读取。"]


def test_row_numbers_are_those_of_the_spreadsheet(read):
    xml = sheet(row(3, "甲", "乙"), row(7, "a", "b"), row(9), row(12, "c", "d"), row(13, "　", "\u200b"))
    assert [entry.number for entry in read(("数据", xml)).rows] == [7, 12]


def test_example_rows_are_skipped_wherever_they_stand(read):
    xml = sheet(HEADER, row(2, "【示例】某园", "9111"), ONE_ROW.replace('2"', '3"'), row(4, "x", "【示例】y"))
    table = read(("数据", xml))
    assert [entry.number for entry in table.rows] == [3]
    assert table.notes == ["第2、4行是示例，没有读取。"]


def test_only_a_header(read):
    assert refusal(read, ("数据", sheet(HEADER))) == "表头下面没有数据。请填好后重新上传。"
    assert (
        refusal(read, ("数据", sheet(HEADER, row(2, "【示例】x", "y"))))
        == "表头下面没有数据。请填好后重新上传。"
    )


def test_row_limit_is_exact(read):
    rows = [row(n, n, "x") for n in range(2, 5_003)]
    assert len(read(("数据", sheet(HEADER, *rows[:-1]))).rows) == 5_000
    sentence = "表里有 5,001 行数据，一次最多导入 5,000 行。请分成几份后上传。"
    assert refusal(read, ("数据", sheet(HEADER, *rows))) == sentence


def test_hidden_rows_and_columns_merged_cells_and_other_sheets(read):
    hidden = row(3, "藏着", "x", attributes=' hidden="1"')
    merged = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="A2:A3"/></mergeCells>'
    columns = '<cols><col min="2" max="2" hidden="1"/></cols>'
    table = read(
        ("名册", sheet(HEADER, ONE_ROW, hidden, before=columns, after=merged)), ("其他", sheet(HEADER))
    )
    assert [entry.number for entry in table.rows] == [2, 3]
    assert table.notes == [
        "读取的是工作表「名册」，另有 1 张工作表没有读取。",
        "第3行在表中是隐藏的，也已读取。",
        "表中有隐藏的列，也已读取。",
        "第2行有合并的单元格，只有左上角一格有值，其余按空白读取。",
    ]


def test_our_own_column_of_errors_is_left_out(read):
    table = read(("数据", sheet(row(1, "甲", "乙", "错误原因"), row(2, 1, 2, "校验位错误"))))
    assert (table.headers, table.notes) == (["甲", "乙"], [])


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (text("B3", "2022-12-31"), datetime.date(2022, 12, 31)),
        (text("B3", "2022年12月31日"), datetime.date(2022, 12, 31)),
        (cell("B3", 44926, style=DAY), datetime.date(2022, 12, 31)),
        (cell("B3", 44926), datetime.date(2022, 12, 31)),
        (text("B3", "2022-02-30"), None),
        ("", None),
    ],
)
def test_as_of_date_on_the_note_sheet(read, value, day):
    note = sheet(row(1, "填写说明"), row(3, "截至日期：", value or None))
    table = read(("数据", sheet(HEADER, ONE_ROW)), ("填写说明", note))
    assert table.as_of == day
    bad = ["截至日期“2022-02-30”不是日期，没有采用。"]
    assert table.notes == (bad if "02-30" in value else [])


def test_external_links_are_not_followed(read):
    members = workbooks.parts()
    rels = members["xl/_rels/workbook.xml.rels"]
    link = f'<Relationship Id="x" Type="{workbooks.OFFICE}/externalLink" Target="externalLinks/1.xml"/></Rel'
    table = read(
        extra={"xl/_rels/workbook.xml.rels": rels.replace("</Rel", link), "xl/externalLinks/1.xml": "<x/>"}
    )
    assert table.notes == ["工作簿链接了别的文件，没有打开那些文件，读取的是保存的数值。"]


def test_renamed_files_are_read_by_content(read):
    assert read(filename="名册.csv").notes == ["文件名与内容不符：内容是 Excel 工作簿，已按内容读取。"]


# --- other writers ---------------------------------------------------------------------------------------------

EXPECTED = ["演示文化园", "911101050000000001", Decimal("11.5"), datetime.date(2022, 12, 31), True]


def test_openpyxl(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["单位名称", "信用代码", "面积", "入会日期", "会员"])
    book.active.append(["演示文化园", "911101050000000001", 11.5, datetime.date(2022, 12, 31), True])
    book.save(tmp_path / "a.xlsx")
    assert load(tmp_path / "a.xlsx").rows[0].cells == EXPECTED


@pytest.mark.parametrize("constant_memory", [False, True])
def test_xlsxwriter(tmp_path, constant_memory):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": constant_memory}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy/m/d;@"})
        page.write_row(0, 0, ["单位名称", "信用代码", "面积", "入会日期", "会员"])
        page.write_row(1, 0, ["演示文化园", "911101050000000001", 11.5])
        page.write_datetime(1, 3, datetime.date(2022, 12, 31), day)
        page.write_boolean(1, 4, True)
    assert load(tmp_path / "a.xlsx").rows[0].cells == EXPECTED


def test_as_wps_writes(read):
    """Absolute targets, extra namespaces, empty styled cells, the local name of General, a shared table."""
    members = workbooks.parts(("Sheet1", ""), strings=["单位名称", "信用代码", "演示文化园"])
    members["xl/_rels/workbook.xml.rels"] = members["xl/_rels/workbook.xml.rels"].replace(
        'Target="', 'Target="/xl/'
    )
    xml = (
        f'{workbooks.DECLARATION}<worksheet xmlns="{workbooks.MAIN}" xmlns:xdr="http://x" xmlns:et="http://wps">'
        '<sheetPr/><dimension ref="A1:C2"/><sheetData>'
        '<row r="1" ht="20" customHeight="1" spans="1:3"><c r="A1" s="4" t="s"><v>0</v></c>'
        '<c r="B1" t="s"><v>1</v></c><c r="C1" s="4"/></row>'
        '<row r="2" spans="1:3"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>13800138000</v></c></row>'
        '</sheetData><extLst><ext uri="x"><xm:f xmlns:xm="http://m">Sheet1!A1</xm:f></ext></extLst></worksheet>'
    )
    table = read(extra=members | {"xl/worksheets/sheet1.xml": xml, "docProps/custom.xml": "<Properties/>"})
    assert (table.headers, table.rows) == (
        ["单位名称", "信用代码"],
        [SheetRow(2, ["演示文化园", Decimal("13800138000")])],
    )


# --- the small parts -------------------------------------------------------------------------------------------


def test_every_kind_of_cell_crosses_the_pipe():
    cells = [
        None,
        "=1\n\u2028\ud800",
        Decimal("0.10"),
        Percent("0.5"),
        datetime.date(2022, 12, 31),
        datetime.datetime(2022, 12, 31, 1, 2, 3),
        datetime.time(1, 2),
        True,
        False,
        ErrorCell("#N/A", "原因\n两行"),
    ]
    crossed = [decode(encode(value)) for value in cells]
    assert [(type(value), value) for value in crossed] == [(type(value), value) for value in cells]


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (None, ""),
        ("007", "007"),
        (105, "105"),
        (Decimal("1E+10"), "10000000000"),
        (Percent("0.856"), "85.6%"),
        (False, "否"),
        (datetime.date(2022, 12, 31), "2022-12-31"),
        (datetime.datetime(2022, 12, 31, 14, 30), "2022-12-31 14:30:00"),
        (datetime.time(9, 5), "09:05:00"),
        (ErrorCell("#N/A", "原因"), "#N/A"),
    ],
)
def test_cell_text_is_always_text(cell, seen):
    assert cell_text(cell) == seen


@pytest.mark.parametrize(
    ("header", "key"),
    [("单位 名称*", "单位名称"), ("占地面积（㎡）", "占地面积(m2)"), ("Ｅ-mail＊", "e-mail"), ("\u200b", "")],
)
def test_header_key(header, key):
    assert header_key(header) == key
