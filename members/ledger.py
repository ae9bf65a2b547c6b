"""Ledger arithmetic in whole 分: where a bill stands on a day, and a unit's account of a year. Nothing here asks the
database; `Bill.objects.with_status` says the same of a bill in SQL."""

from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from members.choices import BillStatus

# Statuses in which somebody still has to pay.
OPEN_STATUSES = (
    BillStatus.UNPAID, BillStatus.PARTIAL, BillStatus.OVERDUE, BillStatus.CHECKING, BillStatus.WAIVER_ASKED,
)  # fmt: skip
# Those that ask something of the member; in the others it waits for the association.
PAYABLE = (BillStatus.UNPAID, BillStatus.PARTIAL, BillStatus.OVERDUE)
TONES = {
    BillStatus.UNPAID: "info", BillStatus.CHECKING: "warn", BillStatus.PARTIAL: "warn", BillStatus.SETTLED: "good",
    BillStatus.OVERDUE: "late", BillStatus.WAIVER_ASKED: "warn", BillStatus.WAIVED: "good", BillStatus.VOID: "off",
}  # fmt: skip


def status_of(
    *, amount: int, paid: int, waived: int, due_on: date, day: date, void=False, slip=False, waiver=False
) -> BillStatus:
    """Where a bill stands on `day` (domain 10.3); `slip` and `waiver` say that one of them waits to be settled.

    What waits for the association comes before the date: a member that has done its part is not called late.
    """
    if void:
        return BillStatus.VOID
    if paid + waived >= amount:
        return BillStatus.WAIVED if waived else BillStatus.SETTLED
    if waiver:
        return BillStatus.WAIVER_ASKED
    if slip:
        return BillStatus.CHECKING
    if due_on < day:
        return BillStatus.OVERDUE
    return BillStatus.PARTIAL if paid else BillStatus.UNPAID


@dataclass(frozen=True)
class Entry:
    """One line of an account: `amount` adds to what the unit owes when positive and lessens it when negative."""

    day: date
    text: str
    amount: int
    bill: str = ""
    balance: int = 0

    @property
    def owed(self) -> int:
        return max(self.amount, 0)

    @property
    def settled(self) -> int:
        return max(-self.amount, 0)


@dataclass(frozen=True)
class Account:
    """A unit's account of a year: what it owed before, each entry with the balance after it, what it owes at the end."""

    year: int
    opening: int
    entries: list[Entry] = field(default_factory=list)

    @property
    def charged(self) -> int:
        return sum(entry.owed for entry in self.entries)

    @property
    def settled(self) -> int:
        return sum(entry.settled for entry in self.entries)

    @property
    def closing(self) -> int:
        return self.opening + self.charged - self.settled


def account_of(year: int, entries) -> Account:
    """The account of `year` out of all entries of a unit; those of later years are left out.

    Entries of one day stand in the order given.
    """
    known = sorted(entries, key=lambda entry: entry.day)
    opening = sum(entry.amount for entry in known if entry.day.year < year)
    own = [entry for entry in known if entry.day.year == year]
    balances = list(accumulate((entry.amount for entry in own), initial=opening))[1:]
    rows = [Entry(e.day, e.text, e.amount, e.bill, balance) for e, balance in zip(own, balances, strict=True)]
    return Account(year, opening, rows)
