"""Verbs on money that came in or went back: who issued a bill does not confirm its payment (domain 10.3).

Payments are never changed. What was booked wrongly is given back by a negative entry that names it.
"""

from django.db.models import Sum
from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.formats import chinese_date
from association.money import yuan_of
from members import permissions
from members.choices import FiledState, PaymentMethod
from members.domain import applications, cases
from members.domain.audience import payers
from members.domain.bills import refuse_void
from members.models import Bill, Organization, Payment

ISSUER = "账单 {} 是你出的，{}要由另一位财务人员{}。"


def locked_bill(bill) -> Bill:
    """The bill as it is now, its unit and itself locked until the transaction ends: the unit first, as everywhere."""
    Organization.everything.select_for_update().get(pk=bill.organization_id)
    return Bill.objects.select_for_update(of=("self",)).select_related("organization").get(pk=bill.pk)


def refuse_future(day) -> None:
    """Raises Refused for a day that has not come yet."""
    if day > timezone.localdate():
        raise Refused("日期不能晚于今天。", status=422)


# --- what came in ---------------------------------------------------------------------------------------------


@verb
def confirm(
    bill, *, by, amount: int, paid_on, method=PaymentMethod.TRANSFER, payer_name="", reference="", line=None,
    slip=None, seen: int | None = None,
) -> Payment:  # fmt: skip
    """Book `amount` 分 as received on `paid_on`; a first bill that is paid whole makes the unit a member.

    The same reference, day and amount on one bill, or the same slip, is the same payment: doing it twice gives it
    again. A slip of the member that waits and is for this money is settled with it. `seen` is what had been paid, in
    分, when the person was shown the bill: if it is more by now they are asked to look again, so that two pages left
    open do not book one transfer twice. Raises Refused for more than is outstanding, a void bill, a day to come,
    whoever issued the bill and whoever filed the slip.
    """
    bill = locked_bill(bill)
    same = _booked(bill, amount, paid_on, reference, line, slip)
    if same:
        return same
    _refuse(bill, amount, by, slip)
    _refuse_moved(bill, seen)
    refuse_future(paid_on)
    slip = slip or _slip_for(bill, amount, by)
    payment = Payment.objects.create(
        bill=bill, amount=amount, paid_on=paid_on, method=method, payer_name=payer_name, reference=reference,
        line=line, slip=slip, confirmed_by=by,
    )  # fmt: skip
    bill.refresh_from_db(fields=["paid"])
    if slip:
        store(slip, {"state": FiledState.ACCEPTED, "settled_by": by, "settled_at": timezone.now()})
    left = bill.outstanding
    sentence = f"确认{bill.title}到账 {yuan_of(amount)}" + (f"，尚欠 {yuan_of(left)}" if left else "，已缴清")
    record("members.payment.confirmed", bill.organization, bill, by=by, sentence=sentence)
    if not left and bill.joins_on:
        applications.complete(bill, by=by)
    if not left:
        cases.settle_if_paid(bill.organization, by=by)
    _tell(bill, "members.payment_confirmed", payment, by=by)
    return payment


def _booked(bill, amount, paid_on, reference, line, slip):
    """The payment that this one would be a second time, or None. One that was given back counts no more."""
    booked = bill.payments.filter(refund_of=None, refunds=None)
    if slip is not None:
        return booked.filter(slip=slip).first()
    if not reference and line is None:
        return None
    return booked.filter(amount=amount, paid_on=paid_on, reference=reference, line=line).first()


def _refuse(bill, amount, by, slip):
    refuse_void(bill)
    if not permissions.confirms_payment_of(by, bill):
        raise Refused(ISSUER.format(bill.number, "到账", "确认"))
    if slip is not None and slip.filed_by_id == by.pk:
        raise Refused("这张凭证是你提交的，要由另一位财务人员核对。")
    if amount <= 0:
        raise Refused("到账金额应大于零；退款请用“登记退款”。", status=422)
    if not bill.outstanding:
        raise Refused(f"账单 {bill.number} 已没有欠款，不能再入账。多收的款项请联系单位退回。", status=422)
    if amount > bill.outstanding:
        raise Refused(
            f"账单 {bill.number} 只欠 {yuan_of(bill.outstanding)}，不能入账 {yuan_of(amount)}。"
            "请只入账所欠部分，多收的联系单位退回。",
            status=422,
        )


def _refuse_moved(bill, seen):
    if seen is not None and seen != bill.paid:
        raise Refused(
            f"你打开页面之后，账单 {bill.number} 的实收由 {yuan_of(seen)} 变为 {yuan_of(bill.paid)}。"
            "请看是不是同一笔款，再重新确认。"
        )


def _slip_for(bill, amount, by):
    """The slip that waits, if this is its money: the same amount, or all that was still owed."""
    slip = bill.slips.pending().select_for_update().first()
    is_its = slip is not None and slip.filed_by_id != by.pk and amount in (slip.amount, bill.outstanding)
    return slip if is_its else None


# --- what went back -------------------------------------------------------------------------------------------


def refundable(payment) -> int:
    """What can still be given back of a payment, in 分."""
    if payment.amount <= 0:
        return 0
    back = payment.refunds.aggregate(total=Sum("amount"))["total"] or 0
    return payment.amount + back


@verb
def refund(
    payment, *, by, amount: int, paid_on, reason: str, method=PaymentMethod.TRANSFER, reference="",
    seen: int | None = None,
) -> Payment:  # fmt: skip
    """Book that `amount` 分 of `payment` were given back on `paid_on`: a negative entry that names it.

    A membership that the payment brought about stays; leaving is a case of its own. The same reference, day and amount
    is the same refund. `seen` is what could still be given back when the person was shown the payment. Raises Refused
    for more than was paid and not given back yet, for money that a standing receipt covers, for a day to come and for
    whoever issued the bill.
    """
    bill = locked_bill(payment.bill)
    payment = bill.payments.get(pk=payment.pk)
    same = payment.refunds.filter(amount=-amount, paid_on=paid_on, reference=reference).first()
    if same and reference:
        return same
    _refuse_refund(bill, payment, amount, by, seen)
    refuse_future(paid_on)
    back = Payment.objects.create(
        bill=bill, amount=-amount, paid_on=paid_on, method=method, payer_name=payment.payer_name,
        reference=reference, refund_of=payment, reason=reason, confirmed_by=by,
    )  # fmt: skip
    bill.refresh_from_db(fields=["paid"])
    sentence = f"登记{bill.title}退款 {yuan_of(amount)}，退回{chinese_date(payment.paid_on)}的到账"
    sentence += "；会籍不因退款改变" if bill.joins_on else ""
    record("members.payment.refunded", bill.organization, bill, by=by, sentence=sentence, basis=reason)
    _tell(bill, "members.payment_refunded", back, by=by)
    return back


def _refuse_refund(bill, payment, amount, by, seen):
    if not permissions.confirms_payment_of(by, bill):
        raise Refused(ISSUER.format(bill.number, "退款", "登记"))
    if payment.amount < 0:
        raise Refused("这一笔本身是退款，不能再退。")
    left = refundable(payment)
    if seen is not None and seen != left:
        raise Refused(
            f"你打开页面之后，这笔到账又退过款，现在还能退 {yuan_of(left)}。请看是不是同一笔，再重新登记。"
        )
    if amount <= 0:
        raise Refused("退款金额应大于零。", status=422)
    if amount > left:
        raise Refused(f"这笔到账还能退 {yuan_of(left)}，不能退 {yuan_of(amount)}。", status=422)
    covered = bill.receipts.standing().total()
    if bill.paid - amount < covered:
        raise Refused(
            f"账单 {bill.number} 已开票据 {yuan_of(covered)}，退款后实收不足。请先收回并作废票据，再登记退款。"
        )


def _tell(bill, kind, payment, *, by):
    """Tell those who see to the unit's dues what came in or went back, and what is still owed."""
    notify(
        payers(bill.organization), kind, about=bill, url=bill.get_absolute_url(), by=by, organization=bill.organization.name,
        title=bill.title, number=bill.number, amount=yuan_of(abs(payment.amount)), paid_on=chinese_date(payment.paid_on),
        left=yuan_of(bill.outstanding) if bill.outstanding else "", reason=payment.reason,
    )  # fmt: skip
