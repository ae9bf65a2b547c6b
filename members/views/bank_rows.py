"""Lines of a bank list prepared for their pages: which bill, how much, why, and who may confirm it."""

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse

from association.money import yuan_of
from members import permissions
from members.bankmatching import CERTAIN
from members.choices import LineState
from members.models import BankLine, Bill, Organization, Payment

ROWS_PAGE = 50
OPEN = Q(state=LineState.OPEN)
TABS = {
    "sure": ("把握大的", OPEN & Q(score__gte=CERTAIN, suggested__isnull=False)),
    "choose": ("要选的", OPEN & Q(score__lt=CERTAIN, suggested__isnull=False)),
    "none": ("没有对上", OPEN & Q(suggested__isnull=True)),
    "booked": ("已入账", Q(state=LineState.MATCHED)),
    "ignored": ("不入账", Q(state=LineState.IGNORED)),
}
EMPTY = {
    "sure": ("没有把握大的了", "户名、金额都对得上而且只有一张账单像的，列在这里，默认勾选。"),
    "choose": ("没有要选的", "只对上一半的列在这里，请看过理由再勾选，或另选账单。"),
    "none": ("没有对不上的", "找不到账单的款列在这里，可以自己找账单，或登记为不入账。"),
    "booked": ("还没有入账的", "入账以后留在这里，可以查到进了哪张账单。"),
    "ignored": ("没有不入账的", "登记为不入账的款留在这里，可以取消。"),
}


@dataclass
class Row:
    """One line as its page shows it; `tick` is what a ticked box sends, empty where nothing may be ticked."""

    line: BankLine
    bill: Bill | None = None
    amount: int = 0
    tick: str = ""
    checked: bool = False
    hint: str = ""
    payments: list = field(default_factory=list)

    @property
    def tail(self) -> str:
        """The last four digits of the payer's account: enough to tell two accounts apart in a list."""
        return self.line.payer_account[-4:]


def counts(statement) -> dict:
    """Number of lines by tab; one query."""
    return statement.lines.aggregate(**{key: Count("pk", filter=which) for key, (_, which) in TABS.items()})


def tabs(statement, numbers, chosen) -> list[dict]:
    address = reverse("members:bank_statement", args=[statement.pk])
    return [
        {"label": label, "url": f"{address}?tab={key}", "current": key == chosen, "count": numbers[key]}
        for key, (label, _) in TABS.items()
    ]


def chosen_tab(asked, numbers) -> str:
    """The tab that was asked for, else the first in which something waits."""
    if asked in TABS:
        return asked
    return next((key for key in ("sure", "choose", "none", "booked") if numbers[key]), "sure")


def listed(statement, tab):
    """The lines of a tab, as they stand in the bank's list."""
    lines = statement.lines.filter(TABS[tab][1]).select_related("suggested__organization", "settled_by")
    return lines.order_by("number", "pk")


def rows(user, lines) -> list[Row]:
    """Rows for the lines of one page; two queries, whatever their number."""
    lines = list(lines)
    paid = {}
    found = Payment.objects.filter(line__in=lines).select_related("bill__organization").order_by("pk")
    for payment in found:
        paid.setdefault(payment.line_id, []).append(payment)
    return [_row(user, line, paid.get(line.pk, [])) for line in lines]


def _row(user, line, payments) -> Row:
    row = Row(line, line.suggested, payments=payments)
    if line.state != LineState.OPEN or row.bill is None:
        return row
    row.amount = min(line.left, row.bill.outstanding)
    row.hint = why_not(user, row.bill)
    if not row.hint:
        row.tick = f"{line.pk}:{row.bill.pk}:{row.amount}"
        row.checked = line.score >= CERTAIN
        row.hint = _difference(line, row)
    return row


def why_not(user, bill) -> str:
    """Why the person cannot book anything for the bill now; empty when they can."""
    if not bill.outstanding:
        return "这张账单已缴清或作废，请另选"
    return "" if permissions.confirms_payment_of(user, bill) else "账单是你出的，由另一位财务确认"


def _difference(line, row) -> str:
    if line.left > row.amount:
        return f"入账 {yuan_of(row.amount)}，余 {yuan_of(line.left - row.amount)} 留待认领"
    if row.bill.outstanding > row.amount:
        return f"入账后还欠 {yuan_of(row.bill.outstanding - row.amount)}"
    return ""


def outcome_words(outcome) -> list[tuple]:
    """(tone, sentence) of what became of the ticked lines."""
    words = []
    if outcome.booked:
        total = yuan_of(sum(payment.amount for payment in outcome.booked))
        words.append(("success", f"已入账 {len(outcome.booked)} 笔，合计 {total}。"))
    elif not outcome.left:
        words.append(("success", "勾选的款都已入账。"))
    words += [("warning", f"没有入账：{_named(line)}。{sentence}") for line, sentence in outcome.left]
    words += [
        ("info", f"{_named(line)}还有 {yuan_of(line.left)} 没有入账，留在待认领。") for line in outcome.rest
    ]
    return words


def _named(line) -> str:
    return f"第 {line.number} 行 {line.payer_name or '（未写户名）'} {yuan_of(line.amount)}"


# --- choosing a bill by hand --------------------------------------------------------------------------------

MOST_FOUND = 20


def found_bills(text) -> list[Bill]:
    """Outstanding bills that a unit's name or number, or the bill's own number, finds; at most twenty."""
    text = text.strip()[:60]
    if not text:
        return []
    units = Organization.objects.matching(text).values("pk")
    which = Q(organization__in=units) | Q(number__icontains=text)
    bills = Bill.objects.outstanding().filter(which).select_related("organization")
    return list(bills.order_by("due_on", "pk")[:MOST_FOUND])


def bills_by_key(keys) -> list[Bill]:
    """The bills with these keys, in this order; those that are gone are left out."""
    wanted = [int(k) for k in dict.fromkeys(keys) if k.isascii() and k.isdigit() and len(k) < 16][:MOST_FOUND]
    found = Bill.objects.filter(pk__in=wanted).select_related("organization").in_bulk()
    return [found[key] for key in wanted if key in found]
