"""Comparing one cell with what is known: the same, blank, changed or wrong.

A cell that says what the books said on the file's own day, or what they say now, changes nothing. So a roster of any
day comes back without a difference, however much has happened since.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from association.columns import ColumnSet, Tier, masked
from association.exchange.cells import cell_text
from association.widgets import RowResource
from members.columns import ROSTER
from members.exchange.units import Units


class State(Enum):
    ABSENT = "the file has no such column"
    SAME = "nothing new"
    BLANK = "emptied, where something was"
    CHANGED = "another value"
    WRONG = "no such value; the error is on the row"


@dataclass
class Context:
    """What every part of the check needs."""

    columns: ColumnSet
    resource: RowResource
    units: Units
    as_of: date
    today: date
    # contact → (mobile, row number): one person may stand in several rows.
    mobiles: dict = field(default_factory=dict)

    def has(self, key) -> bool:
        return key in self.columns.by_key

    def compare(self, row, key, known) -> tuple[State, object]:
        """The state of a cell and its cleaned value (None unless CHANGED); an error goes to the row."""
        if key not in row.cells:
            return State.ABSENT, None
        then, now, cell_then, cell_now = known(key)
        return self._judge(row, key, then, now, cell_then, cell_now)

    def _judge(self, row, key, then, now, cell_then, cell_now):
        cell = row.cells[key]
        if cell is None:
            return (State.BLANK if now not in EMPTY and then not in EMPTY else State.SAME), None
        if cell in (cell_now, cell_then):
            return State.SAME, None
        if ROSTER[key].tier is Tier.CONTACT and is_masked(cell):
            if cell_text(cell).strip() in (masked(now), masked(then)):
                return State.SAME, None
            row.wrong(key, "是隐去了一部分的内容，与登记的不符，请填写完整")
            return State.WRONG, None
        value = self.read(row, key)
        if value is WRONG:
            return State.WRONG, None
        same = self.resource.same
        if same(key, value, now) or same(key, value, then) or (value is None and now in EMPTY):
            return State.SAME, None
        return (State.CHANGED if value is not None else State.BLANK), value

    def read(self, row, key):
        """The cleaned value of a cell, None for a blank one or a column that is not there; WRONG with an error on
        the row."""
        try:
            return self.resource.clean_cell(key, row.cells[key]) if key in row.cells else None
        except ValueError as error:
            row.wrong(key, str(error))
            return WRONG

    def peek(self, row, key):
        """Like `read`, without leaving an error."""
        try:
            return self.resource.clean_cell(key, row.cells[key]) if key in row.cells else None
        except ValueError:
            return None


WRONG = object()
EMPTY = (None, "", [])


def is_masked(cell) -> bool:
    text = cell_text(cell)
    return "*" in text or "＊" in text
