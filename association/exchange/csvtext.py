"""Text tables: which encoding, which delimiter, and the rows. Every value stays text.

The guard against formula injection (for writing) and its inverse (for reading) live here together:
a cell that a spreadsheet program would calculate gets an apostrophe in front, except plain numbers
and phones such as -3 or +8613900001234, which can do no harm and must stay as they are.
"""

import codecs
import csv
import io
import re

from .limits import HEADER_WITHIN, LAST_ROW, MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, WorkbookRefused

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ",\t;"
MARKUP = re.compile(r"\s*<(!doctype|html|table|head|meta|\?xml|svg|script)", re.IGNORECASE)
SEPARATOR_LINE = re.compile(r"sep=([,\t;|])\r?\n", re.IGNORECASE)
CALCULATED = re.compile(r"['\s]*[=+\-@＝＋－＠\t\r]")
HARMLESS = re.compile(r"[+-]?[0-9][0-9 ,.()-]*%?")


def decode(data):
    """Bytes as (text, encoding): BOM, then strict UTF-8, then GB18030. Raises WorkbookRefused."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _decoded(data, encoding), encoding
    try:
        return _decoded(data, "utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return _decoded(data, "gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        raise WorkbookRefused(
            "文字编码无法识别。请用 Excel 打开后另存为 .xlsx，或另存为“CSV UTF-8”，再重新上传。"
        ) from error


def rows(text):
    """Yield (number, cells) for each record, numbered as a spreadsheet program does.

    Raises WorkbookRefused.
    """
    delimiter, text = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            _check(number, record)
            yield number, [unguarded(cell) for cell in record]
    except csv.Error as error:
        raise _broken(number + 1, error) from error


def guarded(text):
    """The text so that no spreadsheet program calculates it when the CSV file is opened."""
    if text[:1].isalnum():  # nearly always: spares the patterns
        return text
    return f"'{text}" if CALCULATED.match(text) and not HARMLESS.fullmatch(text) else text


def unguarded(text):
    """The inverse of guarded: takes away the one apostrophe that it put."""
    return text[1:] if text.startswith("'") and CALCULATED.match(text) else text


def _decoded(data, encoding):
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding in ("utf-8-sig", "utf-16"):
            raise WorkbookRefused(
                "文件开头标明的文字编码与内容不符。请用 Excel 打开后另存为 .xlsx 再上传。"
            ) from None
        raise
    if "\0" in text:
        raise WorkbookRefused("文件不是文字表格（含有空字节）。请上传 .xlsx 或 CSV 文件。")
    if MARKUP.match(text):
        raise WorkbookRefused("这是网页格式的表格，不是 Excel 文件。请用 Excel 打开后另存为 .xlsx 再上传。")
    return text


def _delimiter(text):
    """The delimiter by the first line that has one outside quotes; the text without Excel's `sep=`."""
    if declared := SEPARATOR_LINE.match(text):
        return declared[1], text[declared.end() :]
    for line in text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN]:
        bare = re.sub(r'"[^"]*"', "", line)
        found = max(DELIMITERS, key=bare.count)
        if found in bare:
            return found, text
    return ",", text


def _check(number, record):
    if len(record) > MAX_COLUMNS:
        raise WorkbookRefused(
            f"第{number}行有 {len(record)} 列，一次最多读取 {MAX_COLUMNS} 列。请删去多余的列后重新上传。"
        )
    if any(len(cell) > MAX_CELL_CHARACTERS for cell in record):
        raise _too_long(number)
    if number > LAST_ROW and any(record):
        raise WorkbookRefused(f"第{number}行还有内容，一次最多导入 {MAX_ROWS:,} 行。请分成几份后上传。")


def _broken(number, error):
    if "field limit" in str(error):
        return _too_long(number)
    return WorkbookRefused(f"第{number}行的引号不成对，无法读取。请用 Excel 打开检查，另存为 .xlsx 后上传。")


def _too_long(number):
    return WorkbookRefused(
        f"第{number}行有一格超过 {MAX_CELL_CHARACTERS:,} 个字，可能是引号没有成对。请检查后重新上传。"
    )
