"""Whatever is done to bills in whatever order, the sums stay right; and a unit's statement adds up."""

from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from association.errors import Refused
from members import statements
from members.domain import payments, receipts, waivers
from members.integrity import paying as integrity
from members.models import Bill, Payment, Waiver
from tests.factories import make_user
from tests.factories.paying import PAID_ON, make_bill, pay, receipt_facts

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")


class Cast:
    """Two bills and those who deal with them."""

    def __init__(self, unit, treasurer, president):
        self.unit, self.treasurer, self.president = unit, treasurer, president
        self.manager = make_user("管理", "m@test.cn", organization=unit, duty="manager")
        self.bills, self.number = [], 0

    def bill(self, *amounts):
        self.bills = [
            make_bill(self.unit, year=2025 + n, amount=a, waivable=True) for n, a in enumerate(amounts)
        ]

    def confirm(self, bill, amount):
        return pay(bill, self.treasurer, amount)

    def refund(self, bill, amount):
        payment = bill.payments.filter(refund_of=None).last()
        return payment and payments.refund(
            payment, by=self.treasurer, amount=amount, paid_on=PAID_ON, reason="演示"
        )

    def waive(self, bill, amount):
        waiver = waivers.ask(bill, by=self.manager, reason="演示")
        return waivers.decide(waiver, by=self.president, accept=amount % 3 != 0, basis="演示纪要")

    def void(self, bill, amount):
        if bill.paid == 0 and not bill.waived:
            Bill.objects.filter(pk=bill.pk).update(voided_at=timezone.now(), void_reason="演示")

    def receipt(self, bill, amount):
        self.number += 1
        open_amount = receipts.uncovered(Bill.objects.get(pk=bill.pk)) if amount % 2 else amount
        facts = receipt_facts() | {"number": str(self.number), "amount": open_amount}
        return receipts.record_receipt(bill, by=self.treasurer, **facts)

    def void_receipt(self, bill, amount):
        receipt = bill.receipts.standing().first()
        return receipt and receipts.void_receipt(receipt, by=self.treasurer, reason="演示")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["confirm", "confirm", "refund", "waive", "void", "receipt", "void_receipt"]),
        st.integers(0, 1),
        st.integers(-2, 12),
    ),
    min_size=3,
    max_size=9,
)
CHECKS = (
    integrity.wrong_sums, integrity.refunds_beyond, integrity.wrong_waivers, integrity.wrong_receipts,
    integrity.own_confirmations, integrity.wrong_slips,
)  # fmt: skip


@pytest.fixture
def cast(park_unit, treasurer, president):
    return Cast(park_unit, treasurer, president)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.tuples(st.integers(1, 10), st.integers(1, 10)), steps=STEPS)
def test_whatever_is_done_in_whatever_order_the_sums_are_right(cast, amounts, steps):
    with transaction.atomic():
        cast.bill(*amounts)
        for what, which, amount in steps:
            with suppress(Refused):
                getattr(cast, what)(Bill.objects.get(pk=cast.bills[which].pk), amount)
            for bill in Bill.objects.all():
                assert bill.paid == sum(p.amount for p in bill.payments.all())
                assert 0 <= bill.paid <= bill.amount - bill.waived
                assert bill.receipts.standing().total() <= bill.paid
        assert [list(check()) for check in CHECKS] == [[]] * len(CHECKS)
        owed = sum(bill.outstanding for bill in Bill.objects.all())
        lines = statements.entries(
            Bill.objects.all(),
            Payment.objects.all(),
            Waiver.objects.filter(state="accepted"),
            date(2020, 1, 1),
            date(2099, 1, 1),
        )
        assert lines[-1].balance == owed
        transaction.set_rollback(True)


# --- statements -----------------------------------------------------------------------------------------------


def bill_of(pk, year, amount, **more):
    fields = {"number": f"HF-{year}-{pk:06d}", "issued_on": date(year, 1, 10), "rule": "全年"} | more
    return Bill(pk=pk, kind="dues", year=year, amount=amount, **fields)


def test_a_statement_reads_from_debt_to_nothing():
    old, new = bill_of(1, 2025, 500_000), bill_of(2, 2026, 500_000)
    void = bill_of(3, 2026, 100, voided_at=datetime(2026, 5, 1, 1, tzinfo=CHINA), void_reason="重复")
    waived = bill_of(4, 2026, 300_000, waived=300_000)
    came = Payment(
        pk=1, bill=old, amount=200_000, paid_on=date(2025, 3, 1), payer_name="演示公司", reference="A1"
    )
    rest = Payment(pk=2, bill=old, amount=300_000, paid_on=date(2026, 1, 10))
    whole = Payment(pk=3, bill=new, amount=500_000, paid_on=date(2026, 3, 1))
    back = Payment(pk=4, bill=new, amount=-100_000, paid_on=date(2026, 3, 5), refund_of=whole, reason="多收")
    waiver = Waiver(pk=1, bill=waived, settled_at=datetime(2026, 2, 1, 9, tzinfo=CHINA), basis="3号纪要")
    lines = statements.entries(
        [old, new, void, waived], [back, came, rest, whole], [waiver], date(2026, 1, 1), date(2026, 12, 31)
    )
    assert [(e.what, e.number[-1:], e.amount, e.balance) for e in lines] == [
        ("上期结转", "", 300_000, 300_000), ("出账", "2", 500_000, 800_000), ("出账", "3", 100, 800_100),
        ("出账", "4", 300_000, 1_100_100), ("到账", "1", -300_000, 800_100), ("减免", "4", -300_000, 500_100),
        ("到账", "2", -500_000, 100), ("退款", "2", 100_000, 100_100), ("账单作废", "3", -100, 100_000),
    ]  # fmt: skip
    first_year = statements.entries([old], [came], [], date(2025, 1, 1), date(2025, 12, 31))
    assert [(e.what, e.balance, e.note) for e in first_year] == [
        ("出账", 500_000, "全年"),
        ("到账", 300_000, "演示公司 A1"),
    ]


def test_a_units_statement_is_its_own_and_takes_three_queries(park_unit, other_unit, treasurer, queries):
    bill = make_bill(park_unit)
    pay(bill, treasurer, 200_000)
    pay(make_bill(other_unit), treasurer)
    with queries() as captured:
        lines = statements.statement_of(park_unit, 2026)
    assert ([(e.what, e.balance) for e in lines], len(captured)) == (
        [("出账", 500_000), ("到账", 300_000)],
        3,
    )
    assert statements.statement_of(park_unit, 2027)[0].what == "上期结转"
