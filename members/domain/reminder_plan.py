"""Pure: which reminder of which bill is due on which day (domain 7, 会费).

The same function says what will go out and sends what is due today, so that the two cannot differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

DUE_SOON, OVERDUE = "members.dues_due_soon", "members.dues_overdue"
KINDS = (DUE_SOON, OVERDUE)
# Days after the due date.
OFFSETS = (-30, -7, 1, 30, 90)


class Asked(NamedTuple):
    """What the plan asks of a bill of which something is outstanding: `is_held` while a transfer slip or a request for
    a waiver waits for an answer, `told` the offsets that were sent for its present due date."""

    bill: int
    due_on: date
    issued_on: date
    is_held: bool
    told: Iterable[int]


@dataclass(frozen=True, slots=True, order=True)
class Reminder:
    day: date
    offset: int
    bill: int
    due_on: date

    @property
    def kind(self) -> str:
        return kind_of(self.offset)

    @property
    def key(self) -> str:
        """What makes it the same reminder whoever sends it and when; beside kind and bill."""
        return f"{self.due_on:%Y-%m-%d}|{self.offset}"

    @property
    def label(self) -> str:
        return label_of(self.offset)


def kind_of(offset: int) -> str:
    return DUE_SOON if offset < 0 else OVERDUE


def label_of(offset: int) -> str:
    """The reminder in words: 到期前 30 天."""
    return f"到期前 {-offset} 天" if offset < 0 else f"逾期 {offset} 天"


def plan(bills: Iterable[Asked], first_day: date, last_day: date) -> list[Reminder]:
    """The reminders of `bills` from the first day to the last, by day, provided that nothing changes meanwhile.

    On the first day also what days before it have missed, but of each bill the latest one only. None whose day is not
    after the day of issue: the bill itself has just said so. None of overdue payment while the association owes the
    unit an answer.
    """
    return sorted(reminder for bill in bills for reminder in _of(bill, first_day, last_day))


def _of(bill, first_day, last_day):
    steps = [(bill.due_on + timedelta(days=offset), offset) for offset in OFFSETS]
    steps = [(day, offset) for day, offset in steps if day > bill.issued_on]
    missed = [offset for day, offset in steps if day <= first_day]
    chosen = [(first_day, missed[-1])] if missed else []
    chosen += [(day, offset) for day, offset in steps if first_day < day <= last_day]
    for day, offset in chosen:
        if offset not in bill.told and not (bill.is_held and offset > 0):
            yield Reminder(day, offset, bill.bill, bill.due_on)
