"""The values that a table's cell may hold once it has been read, and how they cross a pipe.

A cell is None (blank), str, Decimal, Percent, date, datetime, time, bool or ErrorCell.
"""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

SIGNIFICANT = 15  # digits that a spreadsheet keeps; the rest is noise of binary fractions
LARGEST = 1e21  # longer than any bank account that was typed as a number
SMALLEST = 1e-15
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


class Percent(Decimal):
    """A number shown as per cent: the value is 0.85 where the person sees 85%."""

    @property
    def shown(self):
        """The number before the per cent sign."""
        return Decimal(plain(self.scaleb(2)))


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell without a usable value; `reason` continues the phrase 第12行「面积」…"""

    shown: str
    reason: str


def plain(number):
    """A Decimal as a person would type it: no exponent, no trailing zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0", "-") else text


def number_text(value):
    """A float from a workbook as plain digits; None if it is not finite or absurdly large.

    Fifteen significant digits, as spreadsheet programs show; nothing below 1e-15.
    """
    if value != value or abs(value) >= LARGEST:
        return None
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    if abs(value) < SMALLEST:
        return "0"
    return plain(Decimal(f"{value:.{SIGNIFICANT}g}"))


def cell_text(cell):
    """What a person sees in the cell, as text: a credit code or phone kept as a number gives its digits."""
    if cell is None:
        return ""
    if isinstance(cell, Percent):
        return f"{cell.shown}%"
    if isinstance(cell, Decimal):
        return plain(cell)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, ErrorCell):
        return cell.shown
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)


def without_controls(text):
    """The text without what XML and PostgreSQL cannot hold, every line end a single newline."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def address(row, column):
    """The cell's name in the spreadsheet: (12, 28) → "AB12"."""
    return f"{column_letters(column)}{row}"


def column_letters(column):
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def encode(cell):
    """The cell as None or a tagged string, for JSON."""
    if cell is None:
        return None
    if isinstance(cell, ErrorCell):
        return f"e{cell.shown}\n{cell.reason}"
    return _TAGS[type(cell)] + _WRITERS.get(type(cell), str)(cell)


def decode(tagged):
    """The inverse of encode."""
    if tagged is None:
        return None
    return _READERS[tagged[0]](tagged[1:])


_TAGS = {
    str: "s",
    Decimal: "n",
    Percent: "p",
    datetime.date: "d",
    datetime.datetime: "t",
    datetime.time: "c",
    bool: "b",
}
_WRITERS = {
    datetime.date: datetime.date.isoformat,
    datetime.datetime: datetime.datetime.isoformat,
    datetime.time: datetime.time.isoformat,
    bool: lambda value: "1" if value else "",
}
_READERS = {
    "s": str,
    "n": Decimal,
    "p": Percent,
    "d": datetime.date.fromisoformat,
    "t": datetime.datetime.fromisoformat,
    "c": datetime.time.fromisoformat,
    "b": bool,
    "e": lambda text: ErrorCell(*text.split("\n", 1)),
}
