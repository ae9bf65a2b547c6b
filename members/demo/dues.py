"""Two years of dues in the demonstration: an adopted standard, bills in every status, payments by a second treasurer.

Amounts are synthetic. What reads as bad news is told of invented units only; the unit behind the park of the
demonstration's member has paid.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from association.demo import CASHIER, DEMO_ACCOUNTS
from association.domain.activities import record, verb
from association.models import User
from members import permissions
from members.choices import FiledState, Grade, ReceiptKind
from members.demo.plan import FOUNDED
from members.domain import bills, dues_publications, fees, payments, receipts
from members.domain.fees import TierDraft
from members.models import FeeStandard, Organization, PaymentSlip, Waiver

NAME = "演示会费标准"
TIERS = [
    TierDraft("会长单位", 5_000_000, (Grade.PRESIDENT,)),
    TierDraft("副会长与监事单位", 3_000_000, (Grade.VICE_PRESIDENT, Grade.SUPERVISOR)),
    TierDraft("常务理事与理事单位", 1_000_000, (Grade.STANDING_COUNCIL, Grade.COUNCIL)),
    TierDraft("会员单位", 500_000, (Grade.MEMBER,)),
]
# The invented operators that are billed, and those of them that have not simply paid.
BILLED = range(1, 37)
LATE_BOTH, LATE, WAIVED, VOIDED = 22, (23, 24), 25, 26
# The managers of these two have accounts of their own (proposals.py).
SLIP, WAIVER, PARTIAL, UNPAID = 20, 21, 27, 28
# Paid this year, and no receipt yet.
AWAITING = (29, 30, 31)


def load(by) -> None:
    """Write the dues of last year and this one, once and completely."""
    if FeeStandard.objects.filter(is_demo=True).exists():
        return
    people = [_holder(email) for email in (_email("treasurer"), CASHIER, _email("secretary_general"))]
    treasurer, cashier, general = people
    if None in people or not all(permissions.can_confirm_payments(p) for p in (treasurer, cashier)):
        return
    with transaction.atomic():
        _adopt(by, general)
        year = timezone.localdate().year
        for each in (year - 1, year):
            _bill_year(each, treasurer, cashier, present=each == year)
        if dues_publications.figures_of(year - 1)["total"]["count"]:
            dues_publications.publish(
                by=treasurer, year=year - 1, note="演示：会费主要用于会议、培训与调研。"
            )


def _email(role):
    return next(email for r, _, email in DEMO_ACCOUNTS if r == role)


def _holder(email):
    return User.objects.filter(email=email, is_active=True).first()


def _adopt(by, general):
    standard = fees.draft(
        by=by, tiers=TIERS, name=NAME, first_year=FOUNDED.year, allows_waiver=True, is_demo=True,
        note="金额为演示数据，不是协会的实际标准。",
    )  # fmt: skip
    fees.adopt(
        standard, by=general, version=standard.version, on=FOUNDED, basis="第一届会员大会第一次会议决议（演示）",
        eligible=86, present=80, in_favour=78, secret=True,
    )  # fmt: skip
    fees.publish(standard, by=by)


def _units():
    """Number → invented operator that is a member today."""
    names = {f"演示运营公司{n:02d}": n for n in BILLED}
    units = Organization.objects.members_on(timezone.localdate()).filter(name__in=names, is_demo=True)
    return {names[unit.name]: unit for unit in units.order_by("pk")}


def _bill_year(year, treasurer, cashier, *, present):
    today = timezone.localdate()
    on = min(date(year, 1, 10), today)
    for number, unit in _units().items():
        if present and number in (PARTIAL, UNPAID):
            bill = bills.issue(unit, by=treasurer, year=year, on=today, due_on=today + timedelta(30))
        else:
            bill = bills.issue(unit, by=treasurer, year=year, on=on)
        _what_became_of_it(bill, number, treasurer, cashier, present=present)


def _what_became_of_it(bill, number, treasurer, cashier, *, present):
    if number == LATE_BOTH or (present and number in (*LATE, UNPAID)):
        return
    if number == WAIVED and not present:
        _waive(bill, cashier, treasurer)
    elif number == VOIDED and not present:
        bills.void(bill, by=treasurer, reason="演示：误出，另出一份")
        again = bills.issue(bill.organization, by=treasurer, year=bill.year, on=bill.issued_on)
        _pay(again, cashier, again.amount)
        _receipt(again, cashier, treasurer)
    elif present and number == SLIP:
        _file_slip(bill)
    elif present and number == WAIVER:
        _ask_waiver(bill)
    else:
        _pay(bill, cashier, bill.amount // 2 if present and number == PARTIAL else bill.amount)
        if not (present and number in (PARTIAL, *AWAITING)):
            _receipt(bill, cashier, treasurer)


def _pay(bill, cashier, amount):
    paid_on = min(bill.issued_on + timedelta(20), timezone.localdate())
    payments.confirm(
        bill,
        by=cashier,
        amount=amount,
        paid_on=paid_on,
        payer_name=bill.payer_name,
        reference=f"演示{bill.number}",
    )


def _receipt(bill, cashier, treasurer):
    bill.refresh_from_db(fields=["paid"])
    receipts.record_receipt(
        bill, by=cashier, kind=ReceiptKind.DUES, code="演示", number=bill.number, amount=bill.paid,
        issued_on=bill.payments.latest("pk").paid_on, payer_name=bill.payer_name, payer_code=bill.payer_code,
        item=bill.title, drawer=cashier.full_name, reviewer=treasurer.full_name,
    )  # fmt: skip


def _manager(bill):
    """The account of somebody who pays for the unit, or None where nobody has one."""
    roles = bill.organization.contact_roles.current().filter(duty__in=permissions.PAYING)
    role = roles.filter(contact__user__isnull=False).select_related("contact__user").first()
    return role.contact.user if role else None


@verb
def _file_slip(bill):
    by = _manager(bill)
    if by is None:
        return
    paid_on = min(bill.issued_on + timedelta(30), timezone.localdate())
    slip = PaymentSlip.objects.create(
        bill=bill, amount=bill.amount, paid_on=paid_on, payer_name=bill.payer_name, note="演示", filed_by=by
    )
    record("members.slip.filed", bill.organization, bill, slip, by=by, sentence=f"提交{bill.title}的转账凭证")


@verb
def _ask_waiver(bill):
    if by := _manager(bill):
        waiver = Waiver.objects.create(bill=bill, reason="演示：园区改造停业半年", filed_by=by)
        record(
            "members.waiver.filed", bill.organization, bill, waiver, by=by, sentence=f"申请减免{bill.title}"
        )


@verb
def _waive(bill, filer, decider):
    waiver = Waiver.objects.create(
        bill=bill, reason="演示：园区改造停业半年", state=FiledState.ACCEPTED, filed_by=filer, settled_by=decider,
        settled_at=timezone.now(), basis="会长办公会决议（演示）",
    )  # fmt: skip
    bill.waived, bill.version = bill.amount, bill.version + 1
    bill.save(update_fields=["waived", "version", "updated_at"])
    record(
        "members.waiver.accepted", bill.organization, bill, waiver, by=decider, basis=waiver.basis,
        sentence=f"减免{bill.title}",
    )  # fmt: skip
