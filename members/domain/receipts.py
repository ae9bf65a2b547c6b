"""Verbs on receipts: recorded as the finance platform issued them, of the right kind, for what was paid (domain 2.1)."""

from decimal import Decimal

from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.money import chinese_of, yuan_of
from members.choices import BillKind, ReceiptKind
from members.domain.audience import payers
from members.domain.payments import locked_bill, refuse_future
from members.models import Receipt

# A receipt is recorded within so many working days of the confirmation of the payment (domain 10.3).
WORKDAYS_TO_RECEIPT = 10
INVOICES = (ReceiptKind.INVOICE, ReceiptKind.SPECIAL_INVOICE)


def kinds_for(bill) -> tuple:
    """The kinds of receipt that are right for the bill, the usual one first."""
    return (ReceiptKind.DUES,) if bill.kind == BillKind.DUES else INVOICES


def confusion(bill, kind) -> str:
    """Why a receipt of `kind` is wrong for the bill, and which one is right; empty when it is right."""
    if kind in kinds_for(bill):
        return ""
    if kind == ReceiptKind.DONATION:
        right = ReceiptKind.DUES.label if bill.kind == BillKind.DUES else "增值税发票"
        return f"捐赠票据只用于捐赠，账单收的不是捐赠。这张账单应开{right}。"
    if bill.kind == BillKind.DUES:
        return "会费应开社会团体会费票据，不能开发票：会费免征增值税，会费票据是财政票据，只用于会费。"
    return f"“{bill.item}”不是会费，应开增值税发票，不能开会费票据：会费票据是财政票据，只用于会费。"


def uncovered(bill) -> int:
    """What was paid and no standing receipt covers, in 分."""
    return bill.paid - bill.receipts.standing().total()


@verb
def record_receipt(bill, *, by, kind, number: str, amount: int, issued_on, code="", **facts) -> Receipt:
    """Enter a receipt that the finance platform issued for what was paid; the unit is told.

    `facts`: check_code, payer_name, payer_code, item, drawer, reviewer. Doing it twice gives the first one. Raises
    Refused for a kind that does not suit the bill, an amount other than what was paid and is not covered yet, one person
    as drawer and reviewer, a number that is taken, and a day to come.
    """
    bill = locked_bill(bill)
    taken = Receipt.objects.filter(kind=kind, code=code, number=number).select_related("bill").first()
    if taken:
        if (taken.bill_id, taken.amount, taken.is_void) == (bill.pk, amount, False):
            return taken
        raise Refused(f"票据号码 {number} 已登记在账单 {taken.bill.number} 上。", status=422, field="number")
    _refuse(bill, kind, amount, facts)
    refuse_future(issued_on)
    receipt = Receipt.objects.create(
        bill=bill,
        kind=kind,
        code=code,
        number=number,
        amount=amount,
        issued_on=issued_on,
        recorded_by=by,
        **facts,
    )
    sentence = f"登记{receipt.get_kind_display()} {number}，{yuan_of(amount)}，{bill.title}"
    record("members.receipt.recorded", bill.organization, bill, by=by, sentence=sentence)
    _tell("members.receipt_recorded", receipt, bill, by)
    return receipt


def _refuse(bill, kind, amount, facts):
    if sentence := confusion(bill, kind):
        raise Refused(sentence, status=422, field="kind")
    if facts["drawer"] == facts["reviewer"]:
        raise Refused("开票人与复核人应是两个人。", status=422, field="reviewer")
    open_amount = uncovered(bill)
    if not open_amount:
        raise Refused(f"账单 {bill.number} 没有待开票据的到账：实收 {yuan_of(bill.paid)}。")
    if amount != open_amount:
        raise Refused(
            f"票据金额应等于已到账而未开票的 {yuan_of(open_amount)}，不能是 {yuan_of(amount)}。",
            status=422,
            field="amount",
        )


@verb
def void_receipt(receipt, *, by, reason: str) -> Receipt:
    """Mark a receipt as void; what it covered waits for another one. Doing it twice changes nothing."""
    bill = locked_bill(receipt.bill)
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if receipt.is_void:
        return receipt
    if not reason:
        raise Refused("作废票据请写明原因。", status=422)
    store(receipt, {"voided_at": timezone.now(), "voided_by": by, "void_reason": reason})
    sentence = f"作废{receipt.get_kind_display()} {receipt.number}，{yuan_of(receipt.amount)}，{bill.title}"
    record("members.receipt.voided", bill.organization, bill, by=by, sentence=sentence, basis=reason)
    _tell("members.receipt_voided", receipt, bill, by)
    return receipt


def as_row(receipt) -> tuple:
    """The receipt as a row of the register's file, in the order of its columns; the amount in yuan."""
    return (
        receipt.get_kind_display(), receipt.code, receipt.number, receipt.check_code, receipt.issued_on, receipt.payer_name,
        receipt.payer_code, receipt.item, Decimal(receipt.amount) / 100, chinese_of(receipt.amount), receipt.drawer,
        receipt.reviewer, receipt.bill.number, receipt.void_reason,
    )  # fmt: skip


@verb
def register_taken_out(*, by, number: int, conditions: str) -> None:
    """Record that the register of receipts left the house as a file, with how many rows and which conditions."""
    sentence = f"导出票据登记簿，{number:,} 张" + (f"（{conditions}）" if conditions else "")
    record("members.receipt.exported", by=by, sentence=sentence)


def _tell(kind, receipt, bill, by):
    notify(
        payers(bill.organization), kind, about=bill, url=bill.get_absolute_url(), by=by, organization=bill.organization.name,
        title=bill.title, kind_label=receipt.get_kind_display(), number=receipt.number, code=receipt.code,
        check_code=receipt.check_code, amount=yuan_of(receipt.amount), amount_in_words=chinese_of(receipt.amount),
        reason=receipt.void_reason,
    )  # fmt: skip
