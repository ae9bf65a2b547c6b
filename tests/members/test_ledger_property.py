"""Whatever is done to bills in whatever order, the sums stay right."""

from contextlib import suppress

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from association.errors import Refused
from members.domain import payments, receipts, waivers
from members.integrity import paying as integrity
from members.models import Bill
from tests.factories import make_user
from tests.factories.paying import PAID_ON, make_bill, pay, receipt_facts

pytestmark = pytest.mark.django_db


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
        transaction.set_rollback(True)


def test_a_refund_that_went_to_another_bill_is_noticed(park_unit, treasurer):
    paid, other = make_bill(park_unit), make_bill(park_unit, year=2025)
    payment = pay(paid, treasurer)
    back = payments.refund(
        payment, by=treasurer, amount=1, paid_on=PAID_ON, reason="多付", seen=payment.amount
    )
    assert list(integrity.refunds_beyond()) == []
    type(back).objects.filter(pk=back.pk).update(bill=other)
    assert list(integrity.refunds_beyond()) == [f"到账 {payment.pk}"]
