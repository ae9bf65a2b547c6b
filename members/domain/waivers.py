"""Verbs on waivers: asked for by the unit, decided by 会长办公会, whole or not at all (domain 10.3).

Standards may not float (domain 2.1 b), so there is no amount to choose, and only where the adopted standard provides
for waivers can one be asked for.
"""

from django.urls import reverse
from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.money import yuan_of
from members import permissions
from members.choices import BillKind, FiledState
from members.domain import applications, cases
from members.domain.audience import holders, payers
from members.domain.bills import refuse_void
from members.domain.payments import locked_bill
from members.models import Waiver


def obstacle(bill) -> str:
    """Why the bill cannot be waived, in a sentence; empty when it can."""
    if bill.is_void:
        return f"账单 {bill.number} 已作废。"
    if bill.kind != BillKind.DUES or bill.standard is None:
        return "只有会费可以申请减免。"
    if not bill.standard.allows_waiver:
        return f"会员大会通过的“{bill.standard}”没有规定减免，不能减免。"
    if bill.waived:
        return f"{bill.title}已减免。"
    if bill.paid:
        return f"{bill.title}已到账 {yuan_of(bill.paid)}。减免只能是全额，已缴费的不能减免。"
    return ""


@verb
def ask(bill, *, by, reason: str) -> Waiver:
    """Ask for the whole bill to be waived. Doing it twice gives the first request.

    Raises Refused where the standard knows no waiver, where something was paid, and while a slip or another request waits.
    """
    bill = locked_bill(bill)
    waiting = bill.waivers.pending().first()
    if waiting:
        if waiting.reason == reason:
            return waiting
        raise Refused(f"{bill.title}已有一项减免申请待决定。要改理由，请先撤回再申请。")
    refuse_void(bill)
    if sentence := obstacle(bill):
        raise Refused(sentence)
    if bill.slips.pending().exists():
        raise Refused(f"{bill.title}有转账凭证待核对。要申请减免，请先撤回凭证。")
    waiver = Waiver.objects.create(bill=bill, reason=reason, filed_by=by)
    sentence = f"申请减免{bill.title} {yuan_of(bill.amount)}"
    record("members.waiver.asked", bill.organization, bill, by=by, sentence=sentence)
    _tell(holders(permissions.waiver_roles()).exclude(pk=by.pk), "members.waiver_asked", waiver, bill, by)
    return waiver


@verb
def withdraw(waiver, *, by) -> Waiver:
    """Take a request back before it is decided. Doing it twice changes nothing; raises Refused once it is decided."""
    bill, waiver = _locked(waiver)
    if waiver.state == FiledState.WITHDRAWN:
        return waiver
    _refuse_settled(waiver, "撤回")
    store(waiver, {"state": FiledState.WITHDRAWN, "settled_by": by, "settled_at": timezone.now()})
    sentence = f"撤回{bill.title}的减免申请"
    record("members.waiver.withdrawn", bill.organization, bill, by=by, sentence=sentence)
    return waiver


@verb
def decide(waiver, *, by, accept: bool, basis: str) -> Waiver:
    """Register what 会长办公会 decided, with `basis`; granted, the bill is waived whole and a first bill makes a member.

    Doing it twice changes nothing. Raises Refused once it was settled otherwise, for one's own request, without a basis,
    and when money came in meanwhile.
    """
    bill, waiver = _locked(waiver)
    state = FiledState.ACCEPTED if accept else FiledState.REJECTED
    if waiver.state == state and waiver.settled_by_id == by.pk:
        return waiver
    _refuse_settled(waiver, "决定")
    if not permissions.decides_waiver(by, waiver):
        raise Refused("减免不由申请人自己决定，要由秘书长或会长登记会长办公会的决定。")
    if not basis:
        raise Refused("请写明会长办公会的决定文号或纪要。", status=422)
    if accept and (sentence := obstacle(bill)):
        raise Refused(sentence)
    store(waiver, {"state": state, "settled_by": by, "settled_at": timezone.now(), "basis": basis})
    if accept:
        store(bill, {"waived": bill.amount})
    result = "批准" if accept else "不批准"
    sentence = f"{result}减免{bill.title} {yuan_of(bill.amount)}"
    record("members.waiver.decided", bill.organization, bill, by=by, sentence=sentence, basis=basis)
    if accept and bill.joins_on:
        applications.complete(bill, by=by)
    if accept:
        cases.settle_if_paid(bill.organization, by=by)
    _tell(payers(bill.organization), "members.waiver_decided", waiver, bill, by, result=result)
    return waiver


def _locked(waiver):
    bill = locked_bill(waiver.bill)
    return bill, Waiver.objects.select_for_update(of=("self",)).get(pk=waiver.pk)


def _refuse_settled(waiver, what):
    if not waiver.is_pending:
        raise Refused(f"这项减免申请{waiver.get_state_display()}，不能再{what}。")


def _tell(people, kind, waiver, bill, by, **more):
    notify(
        people, kind, about=bill, url=reverse("members:waiver", args=[waiver.pk]), by=by,
        organization=bill.organization.name, title=bill.title, amount=yuan_of(bill.amount), reason=waiver.reason,
        basis=waiver.basis, owed=yuan_of(bill.outstanding) if bill.outstanding else "", **more,
    )  # fmt: skip
