"""A table as it was read, and the lines of JSON in which it crosses from the child process."""

import datetime
import json
import re
import unicodedata
from dataclasses import dataclass, field

from .cells import decode, encode

INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@dataclass(slots=True)
class SheetRow:
    """One row; `number` is the one that a person sees in the spreadsheet program."""

    number: int
    cells: list


@dataclass(slots=True)
class Sheet:
    """A table. Every row has exactly one cell for each header; a blank cell is None (see cells.py).

    `preface` holds the rows above the header, with all their cells. `notes` are Chinese sentences on what
    the reader saw and the person should know; none of them is an error.
    """

    kind: str  # "xlsx" or "csv"
    name: str  # of the worksheet; "" for CSV
    headers: list
    header_number: int
    rows: list
    as_of: datetime.date | None = None
    encoding: str = ""  # of a CSV file
    preface: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def header_key(header):
    """The header for comparing: without the required mark, spaces, invisible characters, width or case."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", header)).casefold()
    return "".join(text.split()).rstrip("*")


def to_lines(sheet):
    """Yield the sheet as lines of JSON: one for the head, then one for each row."""
    head = {
        "kind": sheet.kind,
        "name": sheet.name,
        "headers": sheet.headers,
        "header_number": sheet.header_number,
        "as_of": sheet.as_of and sheet.as_of.isoformat(),
        "encoding": sheet.encoding,
        "preface": [_packed(row) for row in sheet.preface],
        "notes": sheet.notes,
    }
    yield json.dumps(head)
    for row in sheet.rows:
        yield json.dumps(_packed(row))


def from_lines(lines):
    """The inverse of to_lines."""
    lines = iter(lines)
    head = json.loads(next(lines))
    head["as_of"] = head["as_of"] and datetime.date.fromisoformat(head["as_of"])
    head["preface"] = [_unpacked(packed) for packed in head["preface"]]
    return Sheet(**head, rows=[_unpacked(json.loads(line)) for line in lines])


def _packed(row):
    return [row.number, *map(encode, row.cells)]


def _unpacked(packed):
    return SheetRow(packed[0], [decode(cell) for cell in packed[1:]])
