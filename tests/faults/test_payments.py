"""Money from two sides at once: two tabs, two treasurers, a web worker that dies. It is booked once."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils.timezone import localdate

from members.choices import LineState
from members.models import BankLine, Payment
from tests.factories import make_organization, make_user
from tests.factories.bank import make_bill, paid, read_list
from tests.faults.processes import eventually
from tests.faults.visitors import Visitor

pytestmark = pytest.mark.xdist_group("faults-2")


@pytest.fixture
def treasurers():
    """Who issued the bills, and two who may confirm that they were paid."""
    names = ("孙会宁", "吴出纳", "郑出纳")
    return [make_user(n, f"treasurer{i}@test.cn", roles=["treasurer"]) for i, n in enumerate(names)]


@pytest.fixture
def site(stage, request):
    """Web server and the two confirming treasurers, signed in."""
    people = request.getfixturevalue("treasurers")
    address = stage.web()
    visitors = [Visitor(address, person) for person in people[1:]]
    assert eventually(lambda: visitors[0].get("/readyz").status == 200), stage.logs()
    return people, visitors


def together(*calls):
    """Each call in a thread of its own, begun after its pause; what each gave."""

    def run(call):
        pause, function = call
        time.sleep(pause)
        return function()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def confirming(bill, **more) -> dict:
    """The form of a payment as its page gives it out: with a key of its own and what had been paid."""
    day = localdate().isoformat()
    return {
        "_key": str(uuid.uuid4()), "seen": bill.paid, "amount": "5000", "paid_on": day, "method": "transfer",
        "payer_name": bill.payer_name, "reference": "",
    } | more  # fmt: skip


@pytest.mark.parametrize(("amount", "other"), [("5000", 422), ("2000", 409)], ids=["whole", "part"])
def test_confirmed_from_two_tabs(stage, site, chance, amount, other):
    """Two forms of one person: one books; the other is told that nothing is owed any more, or asked whether what is
    booked by now is the same money."""
    people, (visitor, _) = site
    bills = [make_bill(make_organization(f"演示双开公司{n}", people=False), by=people[0]) for n in range(4)]
    for bill in bills:
        path = f"/members/paying/bills/{bill.pk}/add/"
        pause = chance.choice([0, chance.uniform(0, 0.05)])
        answers = together(
            (0, lambda p=path, b=bill: visitor.post(p, confirming(b, amount=amount))),
            (pause, lambda p=path, b=bill: visitor.post(p, confirming(b, amount=amount))),
        )
        assert sorted(answer.status for answer in answers) == [303, other], [a.body[-600:] for a in answers]
        bill.refresh_from_db()
        assert (bill.paid, bill.payments.count()) == (int(amount) * 100, 1)
    stage.sound()


def test_the_same_form_sent_twice(stage, site, chance):
    people, (visitor, _) = site
    bill = make_bill(make_organization("演示双击公司", people=False), by=people[0])
    path, form = f"/members/paying/bills/{bill.pk}/add/", confirming(bill)
    answers = together(
        (0, lambda: visitor.post(path, form)), (chance.uniform(0, 0.05), lambda: visitor.post(path, form))
    )
    assert [answer.status for answer in answers] == [303, 303]
    assert Payment.objects.count() == 1
    stage.sound()


def test_two_treasurers_claim_the_same_line(stage, site, chance):
    """Each for the bill that they think it pays, or both for the same: the line's money is booked once."""
    people, visitors = site
    units = [make_organization(f"演示同名公司{n}", people=False) for n in range(2)]
    bills = [make_bill(unit, by=people[0]) for unit in units]
    statement = read_list(
        people[1], *(paid("演示同名公司", account=f"6222{n}", number=f"{n}") for n in range(4))
    )
    both_one_bill = chance.choice([True, False])
    line = statement.lines.order_by("pk").first()
    chosen = [bills[0], bills[0] if both_one_bill else bills[1]]

    def claim(visitor, bill):
        form = {
            "_key": str(uuid.uuid4()),
            "version": line.version,
            "bill": bill.pk,
            f"amount-{bill.pk}": "5000",
        }
        return lambda: visitor.post(f"/members/bank/lines/{line.pk}/claim/", form)

    answers = together(
        (0, claim(visitors[0], chosen[0])), (chance.uniform(0, 0.05), claim(visitors[1], chosen[1]))
    )
    assert sorted(answer.status for answer in answers)[0] == 303, [a.body[-600:] for a in answers]
    line = BankLine.objects.get(pk=line.pk)
    assert (line.state, line.used, line.payments.count()) == (LineState.MATCHED, line.amount, 1)
    assert Payment.objects.count() == 1
    stage.sound()


@pytest.mark.parametrize(("fault", "stored"), [("before-commit", 0), ("after-commit", 1)])
def test_web_worker_killed_around_the_commit(stage, site, fault, stored, seed):
    people, (visitor, _) = site
    bill = make_bill(make_organization("演示中断公司", people=False), by=people[0])
    path, form = f"/members/paying/bills/{bill.pk}/add/", confirming(bill)
    assert visitor.post(path, form, fault=fault).status == 0
    assert Payment.objects.count() == stored
    assert eventually(lambda: visitor.post(path, form).status == 303), stage.logs()
    bill.refresh_from_db()
    assert (bill.paid, Payment.objects.count()) == (bill.amount, 1)
    stage.sound()
