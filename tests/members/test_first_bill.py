"""The first bill of an admitted applicant, and what its payment brings about."""

from datetime import date

import pytest

from association.errors import Refused
from members.choices import ApplicationState
from members.domain import bills, payments
from members.models import Application, Certificate, Payment
from tests.factories import make_organization, make_user
from tests.factories.dues import make_standard

DECIDED = date(2026, 3, 2)


@pytest.fixture
def unit(db):
    make_standard(2022)
    return make_organization("演示申请公司", joined=None, people=False)


@pytest.fixture
def bill(unit, secretary):
    bill = bills.issue_first(unit, by=secretary, on=DECIDED, joins_on=DECIDED)
    Application.objects.create(
        token_hash="x", address="13900000000", state=ApplicationState.ADMITTED, name=unit.name, organization=unit,
        bill=bill, decided_on=DECIDED, basis="决议〔2026〕1号",
    )  # fmt: skip
    return bill


def test_the_first_bill_follows_the_standard_and_is_the_same_twice(unit, bill, secretary):
    assert (bill.amount, bill.number, bill.due_on) == (500_000, "HF-2026-000001", date(2026, 4, 1))
    assert bill.rule == "2022年会费标准 · 会员单位 · 全年"
    assert bills.issue_first(unit, by=secretary, on=DECIDED, joins_on=DECIDED).pk == bill.pk


def test_without_an_adopted_standard_nothing_is_billed(secretary, db):
    unit = make_organization("演示申请公司", joined=None, people=False)
    make_standard(2022, adopted=False)
    with pytest.raises(Refused, match="还没有会员大会通过的会费标准"):
        bills.issue_first(unit, by=secretary, on=DECIDED, joins_on=DECIDED)


def test_paid_whole_it_makes_a_member_with_a_certificate(unit, bill, treasurer):
    payments.confirm(bill, by=treasurer, amount=200_000, paid_on=DECIDED, reference="A1")
    assert not unit.memberships.exists()
    payments.confirm(bill, by=treasurer, amount=300_000, paid_on=DECIDED, reference="A2")
    payments.confirm(bill, by=treasurer, amount=300_000, paid_on=DECIDED, reference="A2")
    bill.refresh_from_db()
    unit.refresh_from_db()
    assert (bill.paid, bill.outstanding, Payment.objects.count()) == (500_000, 0, 2)
    assert unit.memberships.get().joined_on == DECIDED
    assert Application.objects.get().state == ApplicationState.MEMBER
    assert Certificate.objects.get().number == f"{unit.member_number}-01"


def test_who_issued_the_bill_does_not_confirm_it(unit):
    both = make_user("兼任", "both@test.cn", roles=["treasurer", "secretariat"])
    bill = bills.issue_first(unit, by=both, on=DECIDED, joins_on=DECIDED)
    with pytest.raises(Refused, match="要由另一位财务人员确认"):
        payments.confirm(bill, by=both, amount=500_000, paid_on=DECIDED)


def test_more_than_is_owed_is_refused(bill, treasurer):
    with pytest.raises(Refused, match="只欠"):
        payments.confirm(bill, by=treasurer, amount=500_001, paid_on=DECIDED)
