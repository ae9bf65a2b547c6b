"""The workbook that a person fills in: 填写说明 with a rule for every column, 数据 with drop-downs.

XlsxWriter makes it, because the fast writer's drop-downs cover only rows that hold data.
"""

import datetime

from .cells import column_letters
from .limits import DATA_SHEET, EXAMPLE_MARK, MAX_ROWS, NOTE_SHEETS
from .writing import HEADER_FILL, TEXT_KINDS, kind_of, width_of

CHOICE_SHEET = "选项"
RULES = {
    "text": "文字。",
    "code": "文字，照原样填写，保留开头的 0。",
    "phone": "文字，如 19900000001 或 010-12345678。",
    "integer": "整数，不带单位。",
    "decimal": "数字，不带单位和千分号。",
    "percent": "百分数，只填数字，如 85 表示 85%。",
    "date": "日期，如 2023-1-10；也可写 2023/1/10、2023.1.10、2023年1月10日、20230110。",
    "datetime": "日期和时间，如 2023-01-10 14:30。",
    "list": "可填多项，用顿号“、”隔开。",
    "choice": "从下拉列表中选一项。",
    "bool": "填“是”或“否”。",
}
INTRODUCTION = (
    "请在“数据”表里填写，一行一条；列的先后可以调整，用不到的列可以删去。",
    "带 * 的列必须填写。格子留空表示清空该项；不想改动的项目，请把整列删去。",
    f"“数据”表里以“{EXAMPLE_MARK}”开头的一行是示例，导入时跳过，可以不删。",
    f"一次最多 {MAX_ROWS:,} 行；不要合并单元格，公式按计算结果读取。",
)


def import_template(target, columns, choices=None, notes=None, example=None):
    """Write the template to a path or a binary buffer.

    `columns` as in writing.Column; `choices` {header: [text, …]}; `notes` {header: rule in Chinese};
    `example` {header: value}. The example row carries a mark by which the reader skips it.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415  (heavy, and a web process seldom needs it)

    columns, choices, notes = list(columns), choices or {}, notes or {}
    with Workbook(target, {"in_memory": True}) as workbook:
        formats = _formats(workbook)
        explanation = workbook.add_worksheet(NOTE_SHEETS[0])
        data = workbook.add_worksheet(DATA_SHEET)
        _explain(explanation, formats, columns, choices, notes)
        _lay_out(data, formats, columns, choices, notes)
        _write_example(data, formats, columns, example or {})
        _offer_choices(workbook, data, columns, choices)


def _formats(workbook):
    text = {"num_format": "@"}
    day = {"num_format": "yyyy-mm-dd"}
    quiet = {"italic": True, "font_color": "#6B7280"}
    return {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "header": workbook.add_format({**text, "bold": True, "bg_color": HEADER_FILL, "bottom": 1}),
        "wrapped": workbook.add_format({**text, "text_wrap": True, "valign": "top"}),
        "text": workbook.add_format(text),
        "date": workbook.add_format(day),
        "example": workbook.add_format({**text, **quiet}),
        "example date": workbook.add_format({**day, **quiet}),
        "example number": workbook.add_format(quiet),
    }


def _explain(worksheet, formats, columns, choices, notes):
    worksheet.set_column(0, 0, 24, formats["wrapped"])
    worksheet.set_column(1, 1, 8, formats["wrapped"])
    worksheet.set_column(2, 3, 56, formats["wrapped"])
    worksheet.write_string(0, 0, NOTE_SHEETS[0], formats["title"])
    for row, sentence in enumerate(INTRODUCTION, start=1):
        worksheet.write_string(row, 0, sentence, formats["text"])
    top = len(INTRODUCTION) + 2
    for position, title in enumerate(("列名", "必填", "填写要求", "可选内容")):
        worksheet.write_string(top, position, title, formats["header"])
    for row, column in enumerate(columns, start=top + 1):
        texts = (
            column.header,
            "必填" if column.required else "",
            _rule(column, choices, notes),
            "、".join(choices.get(column.header, ())),
        )
        for position, text in enumerate(texts):
            if text:
                worksheet.write_string(row, position, text, formats["wrapped"])


def _lay_out(worksheet, formats, columns, choices, notes):
    for position, column in enumerate(columns):
        kind = kind_of(column)
        shape = formats["text"] if kind in TEXT_KINDS else formats["date"] if kind == "date" else None
        worksheet.set_column(position, position, width_of(column) + 2, shape)
        header = f"{column.header}*" if column.required else column.header
        worksheet.write_string(0, position, header, formats["header"])
        worksheet.write_comment(0, position, _rule(column, choices, notes), {"width": 260, "height": 90})
    worksheet.freeze_panes(1, 0)


def _rule(column, choices, notes):
    rule = RULES["choice"] if column.header in choices else RULES[kind_of(column)]
    if kind_of(column) == "list":
        rule = RULES["list"]
    return f"{rule}{notes.get(column.header, '')}"


def _write_example(worksheet, formats, columns, example):
    if not example:
        return
    filled = [column for column in columns if column.header in example]
    marked = next((column for column in filled if kind_of(column) == "text"), filled[0])
    for position, column in enumerate(columns):
        value = example.get(column.header)
        if column is marked:
            value = f"{EXAMPLE_MARK}{value}"
        if isinstance(value, datetime.date):
            worksheet.write_datetime(1, position, value, formats["example date"])
        elif isinstance(value, str):
            worksheet.write_string(1, position, value, formats["example"])
        elif value is not None:
            worksheet.write_number(1, position, value, formats["example number"])


def _offer_choices(workbook, data, columns, choices):
    """Drop-downs from a hidden sheet: a list inside the rule may hold only 255 characters and no comma."""
    offered = [(position, column) for position, column in enumerate(columns) if choices.get(column.header)]
    if not offered:
        return
    hidden = workbook.add_worksheet(CHOICE_SHEET)
    hidden.hide()
    for place, (position, column) in enumerate(offered):
        texts = choices[column.header]
        hidden.write_string(0, place, column.header)
        for row, text in enumerate(texts, start=1):
            hidden.write_string(row, place, text)
        if kind_of(column) != "list":  # a drop-down takes one choice only
            letter = column_letters(place + 1)
            source = f"='{CHOICE_SHEET}'!${letter}$2:${letter}${len(texts) + 1}"
            data.data_validation(1, position, MAX_ROWS + 1, position, _drop_down(column, source))


def _drop_down(column, source):
    return {
        "validate": "list",
        "source": source,
        "ignore_blank": True,
        "error_title": "请从列表中选择",
        "error_message": f"“{column.header}”只能填下拉列表里的内容。",
    }
