"""A unit's statement of account: what was billed, paid, given back and waived, with what was owed after each (分)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from members.choices import FiledState
from members.models import Bill, Payment, Waiver

OPENING, BILLED, WAIVED, PAID, REFUNDED, VOIDED = "上期结转", "出账", "减免", "到账", "退款", "账单作废"
# Within a day: first what is owed, then what settles it.
ORDER = (OPENING, BILLED, WAIVED, PAID, REFUNDED, VOIDED)


@dataclass(frozen=True)
class Entry:
    """One line. `amount` is what it adds to the debt, in 分, so a payment is negative; `balance` what is owed after it."""

    day: date
    what: str
    title: str
    number: str
    amount: int
    balance: int
    note: str = ""


def statement_of(organization, year: int) -> list[Entry]:
    """The unit's entries dated in `year`, oldest first, beginning with what was carried over if there was anything before.

    Three queries.
    """
    bills = organization.bills.filter(issued_on__year__lte=year)
    payments = Payment.objects.filter(bill__organization=organization, paid_on__year__lte=year)
    waivers = Waiver.objects.filter(
        bill__organization=organization, state=FiledState.ACCEPTED, settled_at__year__lte=year
    )
    return entries(
        bills,
        payments.select_related("bill"),
        waivers.select_related("bill"),
        date(year, 1, 1),
        date(year, 12, 31),
    )


def entries(
    bills: Iterable[Bill], payments: Iterable[Payment], waivers: Iterable[Waiver], first: date, last: date
) -> list[Entry]:
    """The statement of these records from `first` to `last`; pure, asks the database for nothing but what they hold."""
    moves = sorted(
        [*_of_bills(bills), *map(_of_payment, payments), *map(_of_waiver, waivers)],
        key=lambda move: (move[0], ORDER.index(move[1]), move[2].pk),
    )
    before = [move for move in moves if move[0] < first]
    balance = sum(move[3] for move in before)
    lines = [Entry(first, OPENING, "", "", balance, balance)] if before else []
    for day, what, bill, amount, note in moves:
        if first <= day <= last:
            balance += amount
            lines.append(Entry(day, what, bill.title, bill.number, amount, balance, note))
    return lines


def _of_bills(bills):
    for bill in bills:
        yield bill.issued_on, BILLED, bill, bill.amount, bill.rule
        if bill.is_void:
            yield localdate(bill.voided_at), VOIDED, bill, bill.waived - bill.amount, bill.void_reason


def _of_payment(payment):
    note = payment.reason or " ".join(filter(None, [payment.payer_name, payment.reference]))
    return payment.paid_on, REFUNDED if payment.amount < 0 else PAID, payment.bill, -payment.amount, note


def _of_waiver(waiver):
    return localdate(waiver.settled_at), WAIVED, waiver.bill, -waiver.bill.amount, waiver.basis
