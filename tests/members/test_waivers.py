"""Waivers: whole or not at all, where the standard provides for them, decided by others than who asked."""

import pytest
from django.urls import reverse
from django.utils import timezone

from association import desk
from association.errors import Refused
from association.models import Activity, Notice
from members.domain import waivers as domain
from members.models import Application, Bill, Waiver
from tests.factories import make_organization, make_user
from tests.factories.paying import file_slip, make_bill, pay
from tests.races import at_once

pytestmark = pytest.mark.django_db
BASIS = "会长办公会〔2026〕3号纪要"


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def bill(park_unit):
    return make_bill(park_unit, waivable=True)


@pytest.fixture
def waiver(bill, manager):
    return domain.ask(bill, by=manager, reason="园区停业改造")


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", "title"))


def fresh(bill):
    return Bill.objects.get(pk=bill.pk)


def test_asked_once_and_told_to_those_who_decide(
    bill, manager, secretary_general, president, treasurer, as_user
):
    client = as_user(manager)
    for _ in range(2):
        answer = client.post(url("waiver_ask", bill), {"reason": "园区停业改造"})
    waiver = Waiver.objects.get()
    assert (answer["Location"], waiver.filed_by) == (url("waiver", waiver), manager)
    asked = [("members.waiver_asked", "减免申请待决定：演示运营公司01")]
    assert [told(p) for p in (secretary_general, president, treasurer, manager)] == [asked, asked, [], []]
    assert [a.sentence for a in Activity.objects.about(bill)] == ["申请减免2026年度会费 ¥5,000.00"]
    titles = [t.title for t in desk.desk.todos_for(president)]
    assert titles == ["1 项减免申请待决定"]


def test_where_it_cannot_be_it_says_why(park_unit, other_unit, manager, treasurer, as_user):
    fixed = make_bill(other_unit)
    with pytest.raises(Refused, match="没有规定减免"):
        domain.ask(fixed, by=manager, reason="x")
    begun = make_bill(park_unit, waivable=True)
    pay(begun, treasurer, 100)
    with pytest.raises(Refused, match="减免只能是全额"):
        domain.ask(begun, by=manager, reason="x")
    answer = as_user(manager).post(url("waiver_ask", begun), {"reason": "x"})
    assert (answer.status_code, Waiver.objects.count()) == (409, 0)
    other = make_bill(park_unit, year=2025, kind="other", item="培训费")
    with pytest.raises(Refused, match="只有会费"):
        domain.ask(other, by=manager, reason="x")
    claimed = make_bill(park_unit, year=2024, waivable=True)
    file_slip(claimed, manager)
    with pytest.raises(Refused, match="凭证待核对"):
        domain.ask(claimed, by=manager, reason="x")
    Bill.objects.filter(pk=claimed.pk).update(voided_at=timezone.now(), void_reason="演示")
    with pytest.raises(Refused, match="已作废"):
        domain.ask(claimed, by=manager, reason="x")


def test_granted_it_is_whole_and_the_unit_is_told(bill, waiver, manager, president, as_user):
    client = as_user(president)
    assert client.get(url("waiver", waiver)).status_code == 200
    for _ in range(2):
        answer = client.post(url("waiver_decide", waiver), {"choice": "accept", "basis": BASIS})
        assert answer.status_code == 303
    waiver.refresh_from_db()
    assert (waiver.state, waiver.settled_by, waiver.basis) == ("accepted", president, BASIS)
    assert (fresh(bill).waived, fresh(bill).outstanding) == (500_000, 0)
    assert told(manager) == [("members.waiver_decided", "批准减免2026年度会费")]
    activity = Activity.objects.about(bill).first()
    assert (activity.sentence, activity.basis) == ("批准减免2026年度会费 ¥5,000.00", BASIS)


def test_refused_it_is_owed_as_before(bill, waiver, manager, secretary_general):
    domain.decide(waiver, by=secretary_general, accept=False, basis="不属规定情形")
    assert (fresh(bill).waived, fresh(bill).outstanding) == (0, 500_000)
    assert "仍应缴 ¥5,000.00" in Notice.objects.get(recipient=manager).body
    with pytest.raises(Refused, match="不能再决定"):
        domain.decide(waiver, by=secretary_general, accept=True, basis=BASIS)
    assert domain.ask(bill, by=manager, reason="又一次").is_pending


def test_nobody_decides_on_their_own_and_none_without_a_basis(bill, waiver, president, treasurer, as_user):
    with pytest.raises(Refused, match="决定文号或纪要"):
        domain.decide(waiver, by=president, accept=True, basis="")
    with pytest.raises(Refused, match="不由申请人自己决定"):
        domain.decide(waiver, by=treasurer, accept=True, basis=BASIS)
    Waiver.objects.filter(pk=waiver.pk).update(filed_by=president)
    with pytest.raises(Refused, match="不由申请人自己决定"):
        domain.decide(waiver, by=president, accept=True, basis=BASIS)
    answer = as_user(president).post(url("waiver_decide", waiver), {"choice": "accept"})
    assert answer.status_code == 422 or answer.status_code == 409
    assert as_user(treasurer).post(url("waiver_decide", waiver)).status_code == 403
    assert fresh(bill).waived == 0


def test_money_that_came_in_meanwhile_stands_against_it(bill, waiver, president, treasurer):
    pay(bill, treasurer, 100_000)
    with pytest.raises(Refused, match=r"已到账 ¥1,000\.00"):
        domain.decide(waiver, by=president, accept=True, basis=BASIS)


def test_withdrawn_twice_is_once(bill, waiver, manager, president, as_user):
    client = as_user(manager)
    for _ in range(2):
        assert client.post(url("waiver_withdraw", waiver)).status_code == 303
    assert Activity.objects.about(bill)[0].sentence == "撤回2026年度会费的减免申请"
    assert Activity.objects.about(bill).count() == 2
    with pytest.raises(Refused, match="不能再决定"):
        domain.decide(waiver, by=president, accept=True, basis=BASIS)


def test_a_first_bill_that_is_waived_makes_a_member(president):
    unit = make_organization("演示申请公司", joined=None, people=False)
    person = make_user("申请人", "a@test.cn", organization=unit, duty="manager")
    bill = make_bill(unit, waivable=True)
    Bill.objects.filter(pk=bill.pk).update(joins_on=bill.issued_on)
    Application.objects.create(
        token_hash="x", address="13900000000", state="admitted", name=unit.name, organization=unit, bill=bill,
        decided_on=bill.issued_on, basis="决议",
    )  # fmt: skip
    waiver = domain.ask(bill, by=person, reason="演示")
    domain.decide(waiver, by=president, accept=True, basis=BASIS)
    assert unit.memberships.get().joined_on == bill.issued_on


def test_the_list_asks_as_many_queries_for_thirty_as_for_one(park_unit, manager, president, as_user, queries):
    def fill(first, number):
        for year in range(first, first + number):
            domain.ask(make_bill(park_unit, year=year, waivable=True), by=manager, reason="演示")

    client, address = as_user(president), reverse("members:waivers")
    fill(2026, 1)
    client.get(address)
    with queries() as one:
        client.get(address)
    fill(2000, 20)
    client.get(address)
    with queries() as many:
        assert len(client.get(address).context["page"]) == 20
    assert len(many) <= len(one) <= 20
    assert client.get(f"{address}?settled=1").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_paid_and_waived_at_once_only_one_counts(park_unit, president, treasurer):
    manager = make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")
    bill = make_bill(park_unit, waivable=True)
    waiver = domain.ask(bill, by=manager, reason="演示")
    results = at_once(
        lambda: pay(bill, treasurer), lambda: domain.decide(waiver, by=president, accept=True, basis=BASIS)
    )
    assert sum(isinstance(r, Refused) for r in results) == 1
    assert (fresh(bill).paid, fresh(bill).waived) in {(500_000, 0), (0, 500_000)}
