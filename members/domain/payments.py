"""Verbs on money that came in: who issued a bill does not confirm its payment (domain 10.3)."""

from association.domain.activities import record, verb
from association.errors import Refused
from association.money import yuan_of
from members import permissions
from members.choices import PaymentMethod
from members.domain import applications, cases
from members.domain.bills import refuse_void
from members.models import Bill, Organization, Payment


@verb
def confirm(
    bill, *, by, amount: int, paid_on, method=PaymentMethod.TRANSFER, payer_name="", reference="", line=None,
    slip=None,
) -> Payment:  # fmt: skip
    """Book `amount` 分 as received on `paid_on`; a first bill that is paid whole makes the unit a member.

    The same reference, day and amount on one bill is the same payment: doing it twice gives it again. Raises Refused
    for more than is outstanding, a void bill, and whoever issued the bill.
    """
    Organization.objects.select_for_update().get(pk=bill.organization_id)
    bill = Bill.objects.select_for_update(of=("self",)).get(pk=bill.pk)
    same = bill.payments.filter(amount=amount, paid_on=paid_on, reference=reference, line=line).first()
    if same and (reference or line):
        return same
    _refuse(bill, amount, by)
    payment = Payment.objects.create(
        bill=bill, amount=amount, paid_on=paid_on, method=method, payer_name=payer_name, reference=reference,
        line=line, slip=slip, confirmed_by=by,
    )  # fmt: skip
    bill.refresh_from_db(fields=["paid"])
    left = bill.outstanding
    sentence = f"确认{bill.title}到账 {yuan_of(amount)}" + (f"，尚欠 {yuan_of(left)}" if left else "，已缴清")
    record("members.payment.confirmed", bill.organization, bill, by=by, sentence=sentence)
    if not left and bill.joins_on:
        applications.complete(bill, by=by)
    if not left:
        cases.settle_if_paid(bill.organization, by=by)
    return payment


def _refuse(bill, amount, by):
    refuse_void(bill)
    if not permissions.confirms_payment_of(by, bill):
        raise Refused(f"账单 {bill.number} 是你出的，到账要由另一位财务人员确认。")
    if amount <= 0:
        raise Refused("到账金额应大于零；退款请用“登记退款”。", status=422)
    if amount > bill.outstanding:
        raise Refused(
            f"账单 {bill.number} 只欠 {yuan_of(bill.outstanding)}，不能入账 {yuan_of(amount)}。", status=422
        )
