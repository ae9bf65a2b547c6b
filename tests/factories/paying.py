"""Bills, slips and payments for tests, at their smallest."""

from datetime import date

from django.utils.timezone import localdate

from members.choices import BillKind, Grade
from members.domain import payments, slips
from members.domain.bills import next_number
from members.models import Bill, FeeStandard
from tests.factories.attachments import upload
from tests.factories.dues import make_standard

PAID_ON = date(2026, 3, 2)


def make_bill(
    unit, *, year=2026, amount=500_000, issued_by=None, kind=BillKind.DUES, item="", waivable=False
) -> Bill:
    """A bill of the unit, of a standard that allows waivers or not; 5,000 元 unless said otherwise."""
    standard = None
    if kind == BillKind.DUES:
        standard = FeeStandard.objects.filter(allows_waiver=waivable).first()
        standard = standard or make_standard(2022 + waivable, allows_waiver=waivable)
    return Bill.objects.create(
        organization=unit, kind=kind, year=year, item=item, number=next_number(year), standard=standard,
        grade=Grade.MEMBER, rule="演示", payer_name=unit.name, payer_code=unit.credit_code, amount=amount,
        issued_on=date(year, 1, 10), due_on=date(year, 3, 31), issued_by=issued_by,
    )  # fmt: skip


def pay(bill, by, amount=500_000, **more):
    """A payment that came in for the bill."""
    return payments.confirm(bill, by=by, amount=amount, **({"paid_on": PAID_ON} | more))


def file_slip(bill, by, amount=500_000, **more):
    """A slip as the unit files it, with a PDF."""
    facts = {"paid_on": PAID_ON, "payer_name": bill.payer_name, "upload": upload(name="回单.pdf")} | more
    return slips.file_slip(bill, by=by, amount=amount, **facts)


def receipt_facts(**more) -> dict:
    """What a receipt says besides its amount and number."""
    return {
        "kind": "dues", "code": "11010121", "check_code": "a1b2c3", "issued_on": localdate(), "payer_name": "演示运营公司01",
        "payer_code": "", "item": "2026年度会费", "drawer": "孙会宁", "reviewer": "李复核",
    } | more  # fmt: skip
