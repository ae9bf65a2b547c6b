"""The import template: what a person sees in it, and that the reader takes it back without the example."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from association.exchange import template
from association.exchange.limits import WorkbookRefused
from association.exchange.reader_child import load
from association.exchange.writing import Column

COLUMNS = [
    Column("单位名称", "text", required=True),
    Column("统一社会信用代码", "code"),
    Column("会员类别", "choice", required=True),
    Column("入会日期", "date"),
    Column("建筑面积(㎡)", "decimal"),
    Column("主导产业", "list"),
]
DISTRICTS = [f"很长很长的选项，带逗号{n}" for n in range(60)]
CHOICES = {"会员类别": DISTRICTS, "主导产业": ["文化", "科技"]}
EXAMPLE = {
    "单位名称": "演示文化园",
    "统一社会信用代码": "91110105MA00000A0X",
    "会员类别": DISTRICTS[0],
    "入会日期": datetime.date(2022, 9, 30),
    "建筑面积(㎡)": Decimal("110000"),
    "主导产业": "文化、科技",
}


@pytest.fixture
def path(tmp_path):
    target = tmp_path / "会员导入模板.xlsx"
    template.import_template(target, COLUMNS, CHOICES, {"统一社会信用代码": "18 位。"}, EXAMPLE)
    return target


def test_sheets_headers_and_example(path):
    book = openpyxl.load_workbook(path)
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("填写说明", "visible"),
        ("数据", "visible"),
        ("选项", "hidden"),
    ]
    data = book["数据"]
    assert [cell.value for cell in data[1]] == [
        "单位名称*",
        "统一社会信用代码",
        "会员类别*",
        "入会日期",
        "建筑面积(㎡)",
        "主导产业",
    ]
    assert [cell.value for cell in data[2]] == [
        "【示例】演示文化园",
        "91110105MA00000A0X",
        DISTRICTS[0],
        datetime.datetime(2022, 9, 30),
        110000,
        "文化、科技",
    ]
    assert (data.freeze_panes, data.max_row) == ("A2", 2)


def test_text_columns_keep_zeros_and_dates_their_shape(path):
    data = openpyxl.load_workbook(path)["数据"]
    formats = [data.column_dimensions[letter].number_format for letter in "ABCDEF"]
    assert formats == ["@", "@", "@", "yyyy-mm-dd", "General", "@"]


def test_drop_downs_for_single_choices_only(path):
    """A list of several may not have one: it would forbid everything but a single entry."""
    (rule,) = openpyxl.load_workbook(path)["数据"].data_validations.dataValidation
    assert (str(rule.sqref), rule.type, rule.formula1) == ("C2:C5002", "list", "'选项'!$A$2:$A$61")
    assert (rule.errorTitle, rule.error) == ("请从列表中选择", "“会员类别”只能填下拉列表里的内容。")
    hidden = openpyxl.load_workbook(path)["选项"]
    assert [cell.value for cell in hidden["A"]] == ["会员类别", *DISTRICTS]


def test_rules_stand_on_the_first_sheet_and_on_the_headers(path):
    book = openpyxl.load_workbook(path)
    rows = [tuple(cell.value for cell in row) for row in book["填写说明"].iter_rows(min_row=7)]
    assert rows == [
        ("列名", "必填", "填写要求", "可选内容"),
        ("单位名称", "必填", "文字。", None),
        ("统一社会信用代码", None, "文字，照原样填写，保留开头的 0。18 位。", None),
        ("会员类别", "必填", "从下拉列表中选一项。", "、".join(DISTRICTS)),
        (
            "入会日期",
            None,
            "日期，如 2023-1-10；也可写 2023/1/10、2023.1.10、2023年1月10日、20230110。",
            None,
        ),
        ("建筑面积(㎡)", None, "数字，不带单位和千分号。", None),
        ("主导产业", None, "可填多项，用顿号“、”隔开。", "文化、科技"),
    ]
    assert book["数据"]["B1"].comment.text == "文字，照原样填写，保留开头的 0。18 位。"


def test_an_untouched_template_holds_no_data(path):
    with pytest.raises(WorkbookRefused, match="表头下面没有数据。请填好后重新上传。"):
        load(path)


def test_a_filled_template_is_read_without_the_example(path):
    book = openpyxl.load_workbook(path)
    book["数据"].append(["首创郎园", "91110105MA00000A0X", DISTRICTS[1], None, 8, None])
    book.save(path)
    table = load(path)
    assert table.headers == [
        "单位名称",
        "统一社会信用代码",
        "会员类别",
        "入会日期",
        "建筑面积(㎡)",
        "主导产业",
    ]
    assert [row.number for row in table.rows] == [3]
    assert table.rows[0].cells == ["首创郎园", "91110105MA00000A0X", DISTRICTS[1], None, Decimal(8), None]
    assert table.notes == ["第2行是示例，没有读取。"]


def test_a_template_without_choices_or_example():
    buffer = io.BytesIO()
    template.import_template(buffer, [Column("甲", "percent"), Column("乙", "datetime")])
    assert openpyxl.load_workbook(buffer).sheetnames == ["填写说明", "数据"]


@pytest.mark.parametrize("kind", sorted(template.RULES))
def test_every_kind_has_a_rule(kind):
    assert template.RULES[kind].endswith("。")
