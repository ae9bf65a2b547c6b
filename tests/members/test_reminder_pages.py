"""What will go out and what went out, as staff see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from association.choices import DeliveryState
from association.models import Delivery
from members.domain import contacts, reminders
from tests.factories import FOUNDED, make_organization, make_user
from tests.factories.owed import owed

UPCOMING, SENT = reverse("members:reminders"), reverse("members:reminders_sent")


def unit_owing(n, days, **fields):
    """A unit whose bill was or is due so many days from today, with a manager who has an account."""
    unit = make_organization(f"演示欠费{n}", people=False)
    make_user(f"王{n}", f"m{n}@test.cn", organization=unit, duty="manager")
    contacts.add_contact(unit, by=None, since=FOUNDED, duty="finance", name="李", email=f"f{n}@unit.cn")
    return owed(unit, due_on=localdate() + timedelta(days=days), **fields)


@pytest.fixture
def owing(db):
    return [
        unit_owing(0, 30),
        unit_owing(1, 12, issued_on=localdate()),
        unit_owing(2, -1),
        unit_owing(3, 200),
    ]


def test_the_page_shows_the_plan_by_day_and_what_is_sent_leaves_it(owing, as_user, treasurer):
    client = as_user(treasurer)
    page = client.get(UPCOMING)
    today = localdate()
    assert [(d["day"], d["count"]) for d in page.context["days"]] == [
        (today, 2),
        *((today + timedelta(days=n), 1) for n in (5, 13, 23, 29)),
    ]
    planned = reminders.upcoming(today, today + timedelta(days=30))
    assert [row["reminder"] for row in page.context["rows"]] == planned
    assert reminders.send_due() == 2
    assert [row["reminder"] for row in client.get(UPCOMING).context["rows"]] == planned[2:]


def test_one_day_alone_and_a_day_that_is_none(owing, as_user, treasurer):
    client = as_user(treasurer)
    later = localdate() + timedelta(days=5)
    rows = client.get(UPCOMING, {"day": later.isoformat()}).context["rows"]
    assert [(row["reminder"].day, row["bill"]) for row in rows] == [(later, owing[1])]
    assert len(client.get(UPCOMING, {"day": "2026-02-30"}).context["rows"]) == 6
    assert client.get(UPCOMING, {"day": "2020-01-01"}).context["rows"] == []


def test_who_would_get_it_stands_beside_it(owing, as_user, secretary, park_unit):
    lonely = make_organization("演示无人公司", people=False)
    owed(lonely, due_on=localdate() - timedelta(days=1))
    page = as_user(secretary).get(UPCOMING, {"day": localdate().isoformat()})
    found = {row["bill"].organization.name: (row["people"], row["outsiders"]) for row in page.context["rows"]}
    assert found == {"演示欠费0": (1, 1), "演示欠费2": (1, 1), "演示无人公司": (0, 0)}
    assert "没有可通知的人" in page.content.decode()


def test_what_went_out_with_its_letters_and_a_failed_one_sent_again(owing, as_user, secretary, treasurer):
    reminders.send_due()
    letter = Delivery.objects.get(address="f2@unit.cn")
    Delivery.objects.filter(pk=letter.pk).update(state=DeliveryState.FAILED, last_error="查无此人")
    rows = as_user(secretary).get(SENT).context["rows"]
    assert [(r["reminder"].bill, r["label"], len(r["deliveries"])) for r in rows] == [
        (owing[2], "逾期 1 天", 2), (owing[0], "到期前 30 天", 2),
    ]  # fmt: skip
    page = as_user(secretary).get(SENT, {"failed": "1"})
    assert [row["reminder"].bill for row in page.context["rows"]] == [owing[2]]
    address = reverse("association:delivery_resend", args=[letter.pk])
    assert page.content.decode().count(f'action="{address}"') == 1
    assert address not in as_user(treasurer).get(SENT).content.decode()
    assert as_user(secretary).post(address).status_code == 303
    letter.refresh_from_db()
    assert letter.state == DeliveryState.QUEUED
    assert as_user(secretary).get(SENT, {"failed": "1"}).context["rows"] == []


def test_the_letter_of_an_account_that_failed_is_found_too(owing, as_user, secretary):
    reminders.send_due()
    Delivery.objects.filter(address="m0@test.cn").update(state=DeliveryState.FAILED)
    page = as_user(secretary).get(SENT, {"failed": "1"})
    assert [row["reminder"].bill for row in page.context["rows"]] == [owing[0]]


def test_empty_pages_say_what_is_the_matter(as_user, secretary):
    client = as_user(secretary)
    texts = [client.get(UPCOMING), client.get(SENT), client.get(SENT, {"failed": "1"})]
    words = ["30 天内没有要发的提醒", "还没有发出过会费提醒", "没有发送失败的提醒"]
    assert [word in text.content.decode() for word, text in zip(words, texts, strict=True)] == [True] * 3


def test_both_pages_cost_the_same_for_one_and_for_thirty(as_user, secretary, queries):
    def cost(address):
        client = as_user(secretary)
        client.get(address)
        with queries() as captured:
            client.get(address)
        return len(captured)

    unit_owing(0, -1)
    one = [cost(UPCOMING)]
    reminders.send_due()
    one.append(cost(SENT))
    for n in range(1, 22):
        unit_owing(n, -1)
    many = [cost(UPCOMING)]
    reminders.send_due()
    many.append(cost(SENT))
    assert many == one
    assert max(one) <= 20
