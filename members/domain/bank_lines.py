"""Verbs on the lines of bank lists: booked for bills, split over several, set aside and taken back (domain 10.3).

Locks are taken in one order everywhere: the list, its lines, the units, then the bills by `payments.confirm`.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from association.money import yuan_of
from members.choices import LineState, StatementState
from members.domain import bank_lists, payments
from members.domain.bank_matching import ask_for_match
from members.models import BankLine, Bill, Organization

REST = "余款留待认领"
AGAIN = "这笔款已有同样的金额入了账单 {}，再入一次请写不同的金额，或在账单上登记到账。"


@dataclass(frozen=True)
class Claim:
    """An amount in 分 that a person saw beside a line and a bill, and agreed to."""

    line: int
    bill: int
    amount: int


@dataclass
class Outcome:
    """What became of the ticked lines: `booked` payments, `left` (line, why it was not booked), `rest` lines of which
    something is still open."""

    booked: list = field(default_factory=list)
    left: list = field(default_factory=list)
    rest: list = field(default_factory=list)


@verb
def confirm(statement, claims, *, by) -> Outcome:
    """Book each claim as it was shown, or leave it and say why; one that no longer fits does not hold up the others.

    Doing it twice, or two at once, books once. Raises Refused when nothing is ticked or the list cannot be settled.
    """
    if not claims:
        raise Refused("还没有勾选要入账的款项。", status=422)
    statement = _settleable(statement)
    found = _lines(statement, {claim.line for claim in claims})
    _lock_units({claim.bill for claim in claims})
    outcome = Outcome()
    for claim in sorted(claims, key=lambda c: (c.line, c.bill)):
        line = found.get(claim.line)
        if line is None:
            raise Refused("勾选的款项不在这份流水里。", status=422)
        try:
            with transaction.atomic():
                _book_as_shown(line, claim, outcome, by)
        except Refused as refused:
            line.refresh_from_db()
            outcome.left.append((line, refused.sentence))
    outcome.rest = [line for line in found.values() if line.state == LineState.OPEN and line.used]
    _finish(statement)
    return outcome


def _settleable(statement):
    statement = bank_lists.locked(statement)
    if statement.state not in (StatementState.READY, StatementState.CLOSED):
        raise Refused(f"这份流水现在是“{statement.get_state_display()}”，还不能认领。")
    return statement


def _lines(statement, pks) -> dict:
    lines = statement.lines.select_for_update(of=("self",)).select_related("settled_by")
    return {line.pk: line for line in lines.filter(pk__in=pks).order_by("pk")}


def _lock_units(bills):
    whose = Bill.objects.filter(pk__in=bills).values("organization")
    list(Organization.objects.select_for_update().filter(pk__in=whose).order_by("pk").values_list("pk"))


def _book_as_shown(line, claim, outcome, by):
    bill = _bill(claim.bill)
    fits = line.state == LineState.OPEN and claim.amount == min(line.left, bill.outstanding)
    if line.payments.filter(bill=bill, amount=claim.amount).exists():
        # Sent twice, unless as much again would fit: that is a second payment, to be told apart from the first.
        if fits:
            raise Refused(AGAIN.format(bill.number))
        return
    _refuse_settled(line)
    if not fits:
        raise Refused(
            f"账单 {bill.number} 现在还欠 {yuan_of(bill.outstanding)}，这笔款还有 {yuan_of(line.left)} 没有入账，与勾选时不同。"
        )
    outcome.booked.append(_book(line, bill, claim.amount, by))
    _settle(line, by)


def _bill(pk):
    bill = Bill.objects.select_related("organization").filter(pk=pk).first()
    if bill is None:
        raise Refused("所选的账单已经没有了。", status=422)
    return bill


def _refuse_settled(line):
    if line.state == LineState.MATCHED:
        raise Refused(f"这笔款已由{line.settled_by}入账。")
    if line.state == LineState.IGNORED:
        raise Refused(f"这笔款已由{line.settled_by}登记为不入账：{line.reason}")


def _book(line, bill, amount, by):
    facts = {"paid_on": line.booked_on, "payer_name": line.payer_name, "reference": line.serial}
    return payments.confirm(bill, by=by, amount=amount, line=line, **facts)


def _settle(line, by):
    """Say of a line, after a booking, whether anything of it is left."""
    line.refresh_from_db(fields=["used"])
    if line.left:
        store(line, {"suggested": None, "score": 0, "why": [REST]})
        ask_for_match()
    else:
        store(line, {"state": LineState.MATCHED, "settled_by": by, "settled_at": timezone.now()})


def _finish(statement):
    bank_lists.settle(statement)


@verb
def claim(line, parts, *, by, version: int) -> BankLine:
    """Book one line for the bills in `parts`, (bill key, 分) each: all of them or none. What is left stays open.

    Doing it twice changes nothing. Raises Refused when the parts are more than the line has, and when the line is no
    longer as the person saw it.
    """
    statement = _settleable(line.statement)
    line = _line(statement, line)
    done = set(line.payments.values_list("bill", "amount"))
    if line.version != version and parts and set(parts) <= done:
        return line
    _refuse_settled(line)
    if line.version != version:
        raise Refused("这笔款刚被别人处理过，请看过现在的样子再办。")
    if again := done.intersection(parts):
        raise Refused(AGAIN.format(_bill(min(again)[0]).number), status=422)
    if not parts:
        raise Refused("还没有填写入账的金额。", status=422)
    total = sum(amount for _, amount in parts)
    if total > line.left:
        raise Refused(f"各张账单合计 {yuan_of(total)}，超过这笔款的 {yuan_of(line.left)}。", status=422)
    _lock_units({bill for bill, _ in parts})
    for bill, amount in sorted(parts):
        _book(line, _bill(bill), amount, by)
    _settle(line, by)
    _finish(statement)
    return line


def _line(statement, line):
    found = _lines(statement, {line.pk}).get(line.pk)
    if found is None:
        raise Refused("这笔款已不在这份流水里。")
    return found


@verb
def ignore(line, *, by, reason: str) -> BankLine:
    """Set a line aside, what is left of it: no money of ours for a bill. Doing it twice changes nothing.

    Raises Refused for a line that is booked whole, and without a reason.
    """
    if not reason:
        raise Refused("请写明不入账的原因。", status=422)
    statement = _settleable(line.statement)
    line = _line(statement, line)
    if line.state == LineState.IGNORED:
        return line
    _refuse_settled(line)
    facts = {"settled_by": by, "settled_at": timezone.now(), "reason": reason}
    store(line, {"state": LineState.IGNORED, **facts})
    _record(line, "ignored", by, "不入账", basis=reason)
    _finish(statement)
    return line


@verb
def take_back(line, *, by) -> BankLine:
    """Open a line again that was set aside. Doing it twice changes nothing; raises Refused for a booked one."""
    statement = _settleable(line.statement)
    line = _line(statement, line)
    if line.state == LineState.OPEN:
        return line
    if line.state == LineState.MATCHED:
        raise Refused("这笔款已经入账；退款或更正请在账单上办理。")
    store(line, {"state": LineState.OPEN, "settled_by": None, "settled_at": None, "reason": ""})
    _record(line, "reopened", by, "重新列入待认领")
    ask_for_match()
    _finish(statement)
    return line


def _record(line, kind, by, words, basis=""):
    payer = line.payer_name or "未写户名"
    sentence = f"银行流水{line.booked_on:%Y-%m-%d} {payer} {yuan_of(line.left)}：{words}"
    record(f"members.bank_line.{kind}", line.statement, line, by=by, sentence=sentence, basis=basis)
