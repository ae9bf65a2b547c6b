"""Writes tables: Excel through a fast writer in constant memory, CSV with a guard against formulas.

Every text is written as a text cell, so that no cell is ever a formula; text columns carry the format "@",
so that codes and phones survive being edited.
"""

import csv
import datetime
import io
import math
import os
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from operator import is_
from secrets import token_hex

from rustpy_xlsxwriter import Format, write_worksheets

from .cells import number_text, plain, without_controls
from .csvtext import guarded
from .limits import AS_OF_LABEL, MAX_CELL_CHARACTERS

NOTE_SHEET = "说明"
CHINA = datetime.timezone(datetime.timedelta(hours=8))
TEXT_KINDS = {"text", "code", "phone", "list", "choice", "bool"}
NUMBER_KINDS = {"integer", "decimal", "percent"}
WIDTHS = {"text": 24, "code": 22, "phone": 16, "date": 12, "datetime": 18, "list": 28, "choice": 14}
NARROW = 12
EXACT = 10**15  # a spreadsheet keeps fifteen digits; a longer number is written as text
TEXT_FORMAT = 49  # the built-in "@"
HEADER_FILL = "#EDEFF2"
DATE_KINDS = {"date", "datetime"}
FIRST_DAY = datetime.date(1900, 1, 1)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Column:
    """One column to write. Any object with these attributes will do.

    kind: text, code, phone, integer, decimal, percent, date, datetime, list, choice or bool.
    width: in characters.
    """

    header: str
    kind: str = "text"
    width: float | None = None
    required: bool = False


class TooLongForExcel(ValueError):
    """A text longer than a cell holds. Nothing is cut silently; the message is a Chinese sentence."""


def write_workbook(target, *, sheet, columns, rows, notes=None, as_of=None):
    """Write rows (tuples in the order of the columns) to an .xlsx file at a path or in a binary buffer.

    A second sheet 说明 holds the time of writing, the as-of date and the `notes` (pairs of label and text,
    or plain sentences). A file at a path appears only when it is whole. Raises TooLongForExcel.
    """
    columns = list(columns)
    _check_headers(columns)
    if sheet == NOTE_SHEET:
        raise ValueError(f"the data sheet cannot be called {NOTE_SHEET}")
    text = [column.header for column in columns if kind_of(column) in TEXT_KINDS]
    with _whole_file(target) as destination:
        write_worksheets(
            [(sheet, _records(columns, rows)), (NOTE_SHEET, _note_records(notes, as_of))],
            destination,
            freeze_panes={sheet: {"row": 1, "col": 0}},
            column_widths={
                sheet: {column.header: float(width_of(column)) for column in columns},
                NOTE_SHEET: {"项目": 16.0, "内容": 60.0},
            },
            column_formats={
                sheet: _formats(columns),
                NOTE_SHEET: {"项目": _text_format(), "内容": _text_format()},
            },
            header_format={sheet: _header_format(), NOTE_SHEET: _header_format()},
            ignore_errors={sheet: text} if text else None,
        )


def write_csv(target, *, columns, rows):
    """Write rows as CSV for Excel: UTF-8 with byte order mark. `target` is a path or a binary buffer."""
    with _whole_file(target) as destination:
        if isinstance(destination, str):
            with open(destination, "wb") as file:
                file.writelines(csv_lines(columns, rows))
        else:
            for line in csv_lines(columns, rows):
                destination.write(line)


def csv_lines(columns, rows):
    """Yield the bytes of a CSV file line by line, for a streaming answer.

    A text that a spreadsheet program would calculate (it begins with = + - @ or their full-width forms, a
    tab or a carriage return, also after blanks) gets an apostrophe, which our own reader takes away again;
    plain numbers and phones such as -3 or +86 139 0000 1234 can do no harm and stay as they are.
    """
    columns = list(columns)
    _check_headers(columns)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(column.header for column in columns)
    yield ("\ufeff" + buffer.getvalue()).encode()
    for row in _rows(columns, rows):
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([_csv_value(value) for value in row])
        yield buffer.getvalue().encode()


def kind_of(column):
    """The column's kind as a plain string, also where it is a member of an enumeration."""
    return str(getattr(column.kind, "value", column.kind))


def width_of(column):
    """The declared width, else one that suits the kind; at least as wide as the header."""
    wide = sum(2 if ord(character) > 255 else 1 for character in column.header) + 2
    return getattr(column, "width", None) or max(WIDTHS.get(kind_of(column), NARROW), wide)


def _check_headers(columns):
    headers = [column.header for column in columns]
    if not headers or len(set(headers)) != len(headers):
        raise ValueError("every column needs a header of its own")


def _formats(columns):
    return {column.header: made for column in columns if (made := _format(kind_of(column)))}


def _format(kind):
    if kind in TEXT_KINDS:
        return _text_format()
    if kind in DATE_KINDS:
        return Format().set_num_format("yyyy-mm-dd" if kind == "date" else "yyyy-mm-dd hh:mm")
    return None


def _text_format():
    return Format().set_num_format_index(TEXT_FORMAT)


def _header_format():
    return Format().set_bold().set_background_color(HEADER_FILL).set_num_format_index(TEXT_FORMAT)


def _records(columns, rows):
    headers = [column.header for column in columns]
    empty = True
    for values in _rows(columns, rows, longest=MAX_CELL_CHARACTERS):
        empty = False
        yield dict(zip(headers, values, strict=True))
    if empty:  # the writer learns the headers from the first record
        yield dict.fromkeys(headers)


def _note_records(notes, as_of):
    now = datetime.datetime.now(CHINA)
    pairs = [("生成时间", f"{now:%Y-%m-%d %H:%M}")]
    if as_of:
        pairs.append((AS_OF_LABEL, as_of.isoformat()))
    pairs += [("说明", note) if isinstance(note, str) else note for note in notes or ()]
    return [{"项目": label, "内容": without_controls(text)} for label, text in pairs]


class _whole_file:
    """Gives a path beside the target and moves it there at the end; a buffer is handed through."""

    def __init__(self, target):
        self.target = target
        self.path = None if hasattr(target, "write") else os.fspath(target)
        self.part = f"{self.path}.{token_hex(4)}.part"  # two workers may write the same file

    def __enter__(self):
        return self.part if self.path else self.target

    def __exit__(self, kind, *_):
        if not self.path:
            return
        if kind is None:
            os.replace(self.part, self.path)
        elif os.path.exists(self.part):
            os.remove(self.part)


def _rows(columns, rows, longest=math.inf):
    """Yield the rows with values that the writers take.

    Looked at by column and in batches, because then the checks run in C: 100,000 rows of 30 cells cost
    little more than the bare writer. `longest` limits the characters of a text.
    """
    rows, first = iter(rows), 2
    while batch := list(islice(rows, BATCH)):
        by_column = list(zip(*batch, strict=True))
        fitted = [_fit(*pair, first, longest) for pair in zip(columns, by_column, strict=True)]
        first += len(batch)
        unchanged = all(map(is_, by_column, fitted))
        yield from batch if unchanged else zip(*fitted, strict=True)


def _fit(column, values, first, longest):
    """The values of one column as they can be written; the same object where nothing had to change."""
    kind, types = kind_of(column), set(map(type, values)) - {type(None)}
    if types <= {str}:
        joined = "".join(filter(None, values))
        if len(joined) * 2 > longest:  # a rare character counts as two
            _check_lengths(column.header, values, first, longest)
        return values if joined.isprintable() else list(map(_clean, values))
    if kind in NUMBER_KINDS and _are_exact(types, values):
        return values
    if kind in DATE_KINDS and types == {datetime.date} and min(filter(None, values)) >= FIRST_DAY:
        return values
    fitted = [value if value is None else _clean(_fitted(kind, value)) for value in values]
    _check_lengths(column.header, fitted, first, longest)
    return fitted


def _are_exact(types, values):
    """Whether the numbers have at most fifteen digits; more than that a spreadsheet would round."""
    if types == {int}:
        return max(map(abs, filter(None, values)), default=0) < EXACT
    return types == {Decimal} and max(map(len, map(str, values))) <= 15


def _clean(value):
    return without_controls(value) if isinstance(value, str) and not value.isprintable() else value


def _fitted(kind, value):
    if isinstance(value, str):
        return str.__str__(value)  # a member of an enumeration, or text marked safe, becomes plain text
    if kind in NUMBER_KINDS and isinstance(value, int | Decimal | float) and not isinstance(value, bool):
        return _number(value)
    if kind in DATE_KINDS and isinstance(value, datetime.date):
        return _day_or_moment(kind, value)
    return _as_text(value)


def _number(value):
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        return value if -EXACT < value < EXACT else str(value)
    return value if len(value.normalize().as_tuple().digits) <= 15 else plain(value)


def _day_or_moment(kind, value):
    if isinstance(value, datetime.datetime):
        value = value.astimezone(CHINA).replace(tzinfo=None) if value.tzinfo else value
        value = value if kind == "datetime" else value.date()
    return value if value.year >= FIRST_DAY.year else str(value)  # spreadsheets know no earlier day


def _as_text(value):
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(map(str, value))
    if isinstance(value, Decimal):
        return plain(value)
    return number_text(value) or "" if isinstance(value, float) else str(value)


def _check_lengths(header, values, first, longest):
    for number, value in enumerate(values, start=first):
        if isinstance(value, str) and _utf16_length(value) > longest:
            raise TooLongForExcel(f"第{number}行「{header}」超过 Excel 一格 {longest:,} 字的上限，无法导出。")


def _utf16_length(text):
    return len(text) + sum(character > "\uffff" for character in text)


def _csv_value(value):
    return _CSV_WRITERS.get(type(value), _unchanged)(value)


def _unchanged(value):
    return value


_CSV_WRITERS = {str: guarded, Decimal: plain, float: number_text}
