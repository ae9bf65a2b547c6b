"""Where a bill stands, said twice and found equal; a unit's account of a year; the vote on a fee standard."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members import feevote
from members.choices import BillStatus, FiledState
from members.ledger import OPEN_STATUSES, TONES, Entry, account_of, status_of
from members.models import Bill, PaymentSlip, Waiver
from tests.factories import make_organization, make_user

DAY = date(2026, 4, 1)
amounts = st.integers(0, 3)


@st.composite
def standings(draw):
    """What a bill's status hangs on, as the database's constraints allow it."""
    amount = draw(st.integers(1, 6))
    waived = draw(st.integers(0, amount))
    void = draw(st.booleans())
    paid = 0 if void else draw(st.integers(0, amount - waived))
    due_on = DAY + timedelta(draw(st.integers(-2, 2)))
    return {
        "amount": amount, "waived": waived, "paid": paid, "due_on": due_on, "void": void,
        "slip": draw(st.booleans()), "waiver": draw(st.booleans()),
    }  # fmt: skip


def stored(unit, person, cases):
    """A bill for each case, by its number."""
    at = timezone.now()
    for place, case in enumerate(cases):
        void = {"voided_at": at, "void_reason": "误出"} if case["void"] else {}
        bill = Bill.objects.create(
            organization=unit, kind="other", item="演示", year=2026, number=f"T-{place}", payer_name="演示",
            issued_on=DAY, **{k: case[k] for k in ("amount", "waived", "paid", "due_on")}, **void,
        )  # fmt: skip
        PaymentSlip.objects.create(
            bill=bill, amount=1, paid_on=DAY, payer_name="演示", filed_by=person, reason="不符",
            state=FiledState.PENDING if case["slip"] else FiledState.REJECTED,
            settled_at=None if case["slip"] else at,
        )  # fmt: skip
        if case["waiver"]:
            Waiver.objects.create(bill=bill, reason="困难", filed_by=person)


@pytest.fixture
def unit(db):
    return make_organization("演示单位", people=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(standings(), min_size=1, max_size=8))
def test_the_database_says_of_every_bill_what_the_rule_says(unit, cases):
    with transaction.atomic():
        person = make_user("某人", "somebody@test.cn")
        stored(unit, person, cases)
        expected = {f"T-{n}": str(status_of(day=DAY, **case)) for n, case in enumerate(cases)}
        assert dict(Bill.objects.with_status(DAY).values_list("number", "status")) == expected
        assert {bill.number: str(bill.status_on(DAY)) for bill in Bill.objects.all()} == expected
        found = {s: set(Bill.objects.in_status(s, DAY).values_list("number", flat=True)) for s in BillStatus}
        assert found == {s: {n for n, status in expected.items() if status == s} for s in BillStatus}
        transaction.set_rollback(True)


def test_every_status_comes_about():
    found = {
        status_of(amount=2, paid=p, waived=w, due_on=DAY + timedelta(d), day=DAY, void=v, slip=s, waiver=a)
        for p in (0, 1, 2) for w in (0, 2) for d in (-1, 0) for v in (0, 1) for s in (0, 1) for a in (0, 1)
    }  # fmt: skip
    assert (found, set(TONES)) == (set(BillStatus), set(BillStatus))


def test_on_the_last_day_a_bill_is_not_late():
    facts = {"amount": 1, "paid": 0, "waived": 0, "due_on": DAY}
    assert [status_of(day=DAY + timedelta(n), **facts) for n in (0, 1)] == ["unpaid", "overdue"]


def test_who_has_sent_a_slip_is_not_called_late():
    facts = {"amount": 1, "paid": 0, "waived": 0, "due_on": DAY, "day": DAY + timedelta(9)}
    assert status_of(slip=True, **facts) == "checking"
    assert OPEN_STATUSES.count(BillStatus.SETTLED) == 0


# --- the account of a year ------------------------------------------------------------------------------------


def test_an_account_carries_the_former_balance_and_ends_in_the_next_opening():
    entries = [
        Entry(date(2025, 1, 5), "出账", 500), Entry(date(2025, 3, 1), "到账", -200), Entry(date(2026, 1, 5), "出账", 500),
        Entry(date(2026, 2, 1), "到账", -800), Entry(date(2026, 2, 2), "退款", 100),
    ]  # fmt: skip
    account = account_of(2026, entries)
    assert (account.opening, account.charged, account.settled, account.closing) == (300, 600, 800, 100)
    assert [entry.balance for entry in account.entries] == [800, 0, 100]
    assert account_of(2027, entries).opening == account.closing


@given(
    st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(-900, 900)), max_size=20)
)
def test_accounts_follow_each_other_without_a_gap(pairs):
    entries = [Entry(day, "", amount) for day, amount in pairs]
    accounts = [account_of(year, entries) for year in (2024, 2025, 2026)]
    assert [a.opening for a in accounts] == [0, accounts[0].closing, accounts[1].closing]
    assert accounts[-1].closing == sum(amount for _, amount in pairs)


# --- the vote (domain 2.2) ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("eligible", "quorum"), [(86, 58), (105, 70), (3, 2), (1, 1)])
def test_two_thirds_are_counted_in_whole_numbers(eligible, quorum):
    assert feevote.quorum(eligible) == quorum
    assert feevote.is_quorate(eligible, quorum)
    assert not feevote.is_quorate(eligible, quorum - 1)


@pytest.mark.parametrize(("present", "majority"), [(70, 35), (80, 40), (81, 41)])
def test_half_of_those_present_is_enough(present, majority):
    assert feevote.majority(present) == majority
    assert feevote.is_carried(present, majority)
    assert not feevote.is_carried(present, majority - 1)


@pytest.mark.parametrize(
    ("vote", "word"),
    [
        ((105, 70, 35), ""), ((105, 69, 69), "三分之二以上（70 家）"), ((105, 70, 34), "半数以上（35 票）"), ((86, 90, 50), "多于应到"),
        ((86, 70, 71), "多于实到"), ((0, 0, 0), "应大于零"),
    ],
)  # fmt: skip
def test_what_does_not_adopt_is_said_in_words(vote, word):
    assert word in feevote.objection(*vote)
    assert bool(feevote.objection(*vote)) == bool(word)
