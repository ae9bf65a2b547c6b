"""What the members are told of a year's dues: frozen, by version, and read by all of them."""

from datetime import date

import pytest
from django.urls import reverse

from association import desk
from association.errors import Refused
from association.models import Activity, Notice
from members.domain import bills, payments
from members.domain import dues_publications as domain
from members.models import DuesPublication
from tests.conftest import signed_in_client
from tests.factories import make_organization, make_user
from tests.factories.dues import make_standard
from tests.races import at_once

pytestmark = pytest.mark.django_db
YEAR, DAY = 2025, date(2025, 1, 10)


def url(name, *args):
    return reverse(f"members:{name}", args=args)


@pytest.fixture
def year(treasurer):
    """A year with a president's bill, half paid, and a plain one, which is waived."""
    make_standard(2022)
    cashier = make_user("出纳", "cashier@test.cn", roles=["treasurer"])
    first = bills.issue(make_organization("演示会长单位", grade=10), by=treasurer, year=YEAR, on=DAY)
    second = bills.issue(make_organization("演示会员单位"), by=treasurer, year=YEAR, on=DAY)
    payments.confirm(first, by=cashier, amount=2_000_000, paid_on=DAY, reference="A1")
    type(second).objects.filter(pk=second.pk).update(waived=500_000)
    other = bills.issue_other(second.organization, by=treasurer, item="培训", amount=7, on=DAY, due_on=DAY)
    return {"first": first, "cashier": cashier, "other": other}


def test_the_figures_are_those_of_dues_by_tier(year):
    rows = [
        (t["name"], t["count"], t["amount"], t["paid"], t["waived"], t["outstanding"])
        for t in domain.figures_of(YEAR)["tiers"]
    ]
    assert rows == [
        ("会长单位", 1, 5_000_000, 2_000_000, 0, 3_000_000),
        ("会员单位", 1, 500_000, 0, 500_000, 0),
    ]
    assert domain.figures_of(YEAR)["total"] == {
        "count": 2, "amount": 5_500_000, "paid": 2_000_000, "waived": 500_000, "outstanding": 3_000_000,
    }  # fmt: skip


def test_published_once_all_are_told_and_the_numbers_stay(
    year, treasurer, member, other_member, stranger, as_user
):
    client = as_user(treasurer)
    for _ in range(2):
        assert client.post(url("dues_publish", YEAR), {"note": "主要用于活动。"}).status_code == 303
    made = DuesPublication.objects.get()
    told = Notice.objects.filter(kind="members.dues_published")
    assert {n.recipient for n in told} == {member, other_member}
    payments.confirm(year["first"], by=year["cashier"], amount=3_000_000, paid_on=DAY, reference="A2")
    text = as_user(member).get(url("dues_publication", made.pk)).content.decode()
    assert ("¥20,000.00" in text, "¥50,000.00" in text, "主要用于活动。" in text) == (True, True, True)
    assert [a.sentence for a in Activity.objects.about(made)] == [
        "公布2025年度会费收支第 1 版：应收 ¥55,000.00，实收 ¥20,000.00，通知 2 人"
    ]


def test_a_correction_is_a_further_version(year, secretary_general, as_user, member):
    first = domain.publish(by=secretary_general, year=YEAR)
    payments.confirm(year["first"], by=year["cashier"], amount=3_000_000, paid_on=DAY, reference="A2")
    second = domain.publish(by=secretary_general, year=YEAR)
    assert (second.number, first.figures != second.figures) == (2, True)
    client = as_user(member)
    assert [p.pk for p in client.get(url("dues_publications")).context["page"]] == [second.pk]
    assert "第 1 版，已有更新" in client.get(url("dues_publication", first.pk)).content.decode()


@pytest.mark.parametrize(("asked", "word"), [(2024, "没有可公布的数字"), (2099, "还没有到")])
def test_a_year_without_bills_or_to_come_is_refused(year, treasurer, as_user, asked, word):
    answer = as_user(treasurer).post(url("dues_publish", asked), {"note": ""})
    assert (answer.status_code, word in answer.content.decode()) == (422, True)
    with pytest.raises(Refused, match=word):
        domain.publish(by=treasurer, year=asked)


def test_it_waits_on_the_desk_until_it_is_done(year, treasurer, secretary_general, secretary, monkeypatch):
    monkeypatch.setattr("members.desk.bills.localdate", lambda: date(YEAR + 1, 2, 1))

    def todos(person):
        return [t.title for t in desk.desk.todos_for(person) if "会费收支" in t.title]

    expected = [f"公布 {YEAR} 年度会费收支"]
    assert [todos(p) for p in (treasurer, secretary_general, secretary)] == [expected, expected, []]


def test_who_reads_and_who_publishes(year, treasurer, secretary, president, member, stranger, as_user):
    made = domain.publish(by=treasurer, year=YEAR)
    readers = (secretary, president, member, stranger)
    assert [as_user(p).get(url("dues_publication", made.pk)).status_code for p in readers] == [
        200,
        200,
        200,
        403,
    ]
    assert [as_user(p).post(url("dues_publish", YEAR)).status_code for p in readers] == [403] * 4


def test_publishing_asks_for_the_proof_again(year, treasurer):
    signed_in_client(treasurer, proved=False).post(url("dues_publish", YEAR), {"note": ""})
    assert not DuesPublication.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_publish_one_version(year, treasurer, secretary_general):
    found = at_once(
        lambda: domain.publish(by=treasurer, year=YEAR),
        lambda: domain.publish(by=secretary_general, year=YEAR),
    )
    assert (found[0] == found[1], DuesPublication.objects.count()) == (True, 1)
