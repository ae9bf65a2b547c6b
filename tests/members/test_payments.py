"""What came in and what went back: confirmed by somebody else than the issuer, never more than is owed, never edited."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from association.errors import Refused
from association.models import Activity, Delivery, Notice
from members.domain import bills, payments
from members.models import Bill, Payment
from tests.conftest import signed_in_client
from tests.factories import make_organization, make_user
from tests.factories.paying import PAID_ON, file_slip, make_bill, pay, receipt_facts
from tests.forms import errors, filled
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(park_unit):
    return make_bill(park_unit)


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def finance(park_unit):
    return make_user("冯财务", "finance@test.cn", organization=park_unit, duty="finance")


def paid(bill):
    bill = Bill.objects.get(pk=bill.pk)
    return bill.paid, bill.outstanding


def sentences(bill):
    return list(Activity.objects.about(bill).values_list("sentence", flat=True))


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", "title"))


# --- what came in ---------------------------------------------------------------------------------------------


def test_parts_add_up_and_the_unit_hears_of_each(bill, treasurer, manager, finance, member):
    pay(bill, treasurer, 200_000, reference="A1")
    pay(bill, treasurer, 300_000, reference="A2")
    assert paid(bill) == (500_000, 0)
    assert sentences(bill) == [
        "确认2026年度会费到账 ¥3,000.00，已缴清",
        "确认2026年度会费到账 ¥2,000.00，尚欠 ¥3,000.00",
    ]
    heard = [("members.payment_confirmed", f"2026年度会费已到账 {a}") for a in ("¥2,000.00", "¥3,000.00")]
    assert (told(manager), told(finance), told(member)) == (heard, heard, [])
    assert "尚欠 ¥3,000.00" in Notice.objects.filter(recipient=manager).earliest("pk").body
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"email"}


def test_the_same_reference_is_the_same_payment(bill, treasurer):
    first = pay(bill, treasurer, 200_000, reference="A1")
    assert pay(bill, treasurer, 200_000, reference="A1").pk == first.pk
    assert (paid(bill)[0], len(sentences(bill))) == (200_000, 1)


@pytest.mark.parametrize(
    ("amount", "paid_on", "words"),
    [
        (500_001, PAID_ON, "只欠 ¥5,000.00，不能入账 ¥5,000.01"),
        (0, PAID_ON, "应大于零"),
        (-1, PAID_ON, "登记退款"),
        (100, timezone.localdate() + timedelta(days=2), "不能晚于今天"),
    ],
)
def test_what_cannot_be_is_refused_in_words(bill, treasurer, amount, paid_on, words):
    with pytest.raises(Refused, match=words):
        pay(bill, treasurer, amount, paid_on=paid_on)
    assert paid(bill) == (0, 500_000)


def test_neither_the_issuer_nor_a_void_or_settled_bill(park_unit, other_unit, treasurer):
    with pytest.raises(Refused, match="是你出的"):
        pay(make_bill(park_unit, issued_by=treasurer), treasurer)
    void = make_bill(other_unit)
    Bill.objects.filter(pk=void.pk).update(voided_at=timezone.now(), void_reason="演示")
    with pytest.raises(Refused, match="已作废"):
        pay(void, treasurer)
    settled = make_bill(other_unit)
    pay(settled, treasurer)
    with pytest.raises(Refused, match="已没有欠款"):
        pay(settled, treasurer, 100)


def test_a_page_left_open_does_not_book_a_second_time(bill, treasurer):
    pay(bill, treasurer, 200_000, seen=0)
    with pytest.raises(Refused, match=r"实收由 ¥0\.00 变为 ¥2,000\.00"):
        pay(bill, treasurer, 200_000, seen=0)
    assert paid(bill)[0] == 200_000


def test_money_found_without_the_slip_settles_the_slip_that_waits(bill, treasurer, manager):
    slip = file_slip(bill, manager, 300_000)
    payment = pay(bill, treasurer, 300_000)
    slip.refresh_from_db()
    assert (payment.slip, slip.state, slip.settled_by) == (slip, "accepted", treasurer)
    other = file_slip(bill, manager, 200_000)
    pay(bill, treasurer, 50_000)
    other.refresh_from_db()
    assert other.state == "pending"


# --- what went back -------------------------------------------------------------------------------------------


def back(payment, by, amount=200_000, **more):
    return payments.refund(payment, by=by, amount=amount, **({"paid_on": PAID_ON, "reason": "多收"} | more))


def test_a_refund_is_a_negative_entry_that_names_its_payment(bill, treasurer, manager):
    payment = pay(bill, treasurer)
    refund = back(payment, treasurer)
    assert (refund.amount, refund.refund_of, refund.reason) == (-200_000, payment, "多收")
    assert (paid(bill), payments.refundable(payment)) == ((300_000, 200_000), 300_000)
    assert sentences(bill)[0] == "登记2026年度会费退款 ¥2,000.00，退回2026年3月2日的到账"
    assert told(manager)[-1] == ("members.payment_refunded", "2026年度会费已退款 ¥2,000.00")


def test_never_more_than_was_paid_and_not_given_back(bill, treasurer):
    payment = pay(bill, treasurer)
    refund = back(payment, treasurer, 400_000)
    with pytest.raises(Refused, match=r"还能退 ¥1,000\.00，不能退 ¥1,000\.01"):
        back(payment, treasurer, 100_001)
    with pytest.raises(Refused, match="本身是退款"):
        back(refund, treasurer, 1)
    with pytest.raises(Refused, match="应大于零"):
        back(payment, treasurer, 0)
    with pytest.raises(Refused, match="又退过款"):
        back(payment, treasurer, 100, seen=500_000)
    assert paid(bill)[0] == 100_000


def test_the_same_refund_twice_is_one(bill, treasurer):
    payment = pay(bill, treasurer)
    assert back(payment, treasurer, reference="R1").pk == back(payment, treasurer, reference="R1").pk
    assert paid(bill)[0] == 300_000


def test_what_a_receipt_covers_is_not_given_back(bill, treasurer):
    from members.domain import receipts  # noqa: PLC0415

    payment = pay(bill, treasurer)
    receipt = receipts.record_receipt(bill, by=treasurer, number="1", amount=500_000, **receipt_facts())
    with pytest.raises(Refused, match="请先收回并作废票据"):
        back(payment, treasurer)
    receipts.void_receipt(receipt, by=treasurer, reason="退款")
    back(payment, treasurer)


def test_the_issuer_gives_nothing_back(park_unit, treasurer, bill):
    payment = pay(bill, treasurer)
    Bill.objects.filter(pk=bill.pk).update(issued_by=treasurer)
    with pytest.raises(Refused, match="是你出的"):
        back(payment, treasurer)


def test_membership_stays_when_the_first_bill_is_given_back(treasurer, secretary):
    from members.models import Application  # noqa: PLC0415
    from tests.factories.dues import make_standard  # noqa: PLC0415

    make_standard(2022)
    unit = make_organization("演示申请公司", joined=None, people=False)
    first = bills.issue_first(unit, by=secretary, on=PAID_ON, joins_on=PAID_ON)
    Application.objects.create(
        token_hash="x", address="13900000000", state="admitted", name=unit.name, organization=unit, bill=first,
        decided_on=PAID_ON, basis="决议",
    )  # fmt: skip
    payment = pay(first, treasurer)
    back(payment, treasurer, 500_000)
    assert (unit.memberships.get().left_on, paid(first)[0]) == (None, 0)
    assert "会籍不因退款改变" in sentences(first)[0]


# --- the pages ------------------------------------------------------------------------------------------------


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def test_cash_is_confirmed_on_the_bill(bill, treasurer, as_user):
    client = as_user(treasurer)
    page = client.get(url("payment_add", bill))
    answer = client.post(url("payment_add", bill), filled(page, amount="1,000.50 元", method="cash"))
    assert (answer.status_code, answer["Location"]) == (303, url("bill", bill))
    payment = Payment.objects.get()
    assert (payment.amount, payment.method, payment.payer_name) == (100_050, "cash", "演示运营公司01")
    again = client.post(url("payment_add", bill), filled(page, amount="1000.50"))
    assert (again.status_code, Payment.objects.count()) == (409, 1)
    assert "请看是不是同一笔款" in again.content.decode()
    assert again.context["form"]["seen"].value() == "100050"


def test_wrong_amounts_stand_beside_the_field(bill, treasurer, as_user):
    client = as_user(treasurer)
    page = client.get(url("payment_add", bill))
    for wrong in ("NaN", "0", "-5", "1.001", "1e30", "十", "9" * 20, ""):
        answer = client.post(url("payment_add", bill), filled(page, amount=wrong))
        assert (answer.status_code, list(errors(answer))) == (422, ["amount"]), wrong
    answer = client.post(url("payment_add", bill), filled(page, amount="5000.01"))
    assert (answer.status_code, "只欠 ¥5,000.00" in answer.content.decode()) == (422, True)


def test_confirming_asks_who_one_is_again_and_get_does_nothing(bill, treasurer):
    client = signed_in_client(treasurer, proved=False)
    assert client.get(url("payment_add", bill)).status_code == 200
    assert client.post(url("payment_add", bill), {"amount": "5000"}).status_code in (302, 303)
    assert Payment.objects.count() == 0


def test_a_refund_through_its_page(bill, treasurer, as_user):
    payment = pay(bill, treasurer)
    client = as_user(treasurer)
    page = client.get(url("payment_refund", payment))
    client.post(url("payment_refund", payment), filled(page, amount="500", reason="多收"))
    assert paid(bill)[0] == 450_000
    again = client.post(url("payment_refund", payment), filled(page, amount="500", reason="多收"))
    assert (again.status_code, paid(bill)[0]) == (409, 450_000)


def test_bills_are_found_to_confirm_without_a_slip(bill, other_unit, treasurer, as_user):
    make_bill(other_unit)
    address = reverse("members:paying") + "?tab=bills"
    client = as_user(treasurer)
    assert len(client.get(address).context["page"]) == 2
    assert [b.pk for b in client.get(f"{address}&q={bill.number}").context["page"]] == [bill.pk]
    assert [b.pk for b in client.get(f"{address}&q=演示运营公司01").context["page"]] == [bill.pk]
    assert "没有找到" in client.get(f"{address}&q=没有这家").content.decode()


def test_lists_ask_as_many_queries_for_thirty_as_for_one(park_unit, treasurer, manager, as_user, queries):
    tabs, client = ("slips", "bills", "booked"), as_user(treasurer)

    def fill(first, number):
        for year in range(first, first + number):
            bill = make_bill(park_unit, year=year)
            pay(bill, treasurer, 100_000)
            file_slip(bill, manager, 50_000)

    def asked(rows):
        """How many queries each tab takes, once menu and counts are known."""
        numbers = []
        for tab in tabs:
            address = reverse("members:paying") + f"?tab={tab}"
            client.get(address)
            with queries() as captured:
                assert len(client.get(address).context["page"]) == rows
            numbers.append(len(captured))
        return numbers

    fill(2026, 1)
    one = asked(1)
    fill(2000, 20)
    many = asked(20)
    assert [m <= o <= 20 for m, o in zip(many, one, strict=True)] == [True] * 3


# --- two at once ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_tabs_with_one_payment_book_it_once(park_unit, treasurer):
    bill = make_bill(park_unit)
    results = at_once(*[lambda: pay(Bill.objects.get(pk=bill.pk), treasurer, 200_000, seen=0)] * 2)
    assert sorted(type(r).__name__ for r in results) == ["Payment", "Refused"]
    assert (Payment.objects.count(), paid(bill)) == (1, (200_000, 300_000))


@pytest.mark.django_db(transaction=True)
def test_two_treasurers_at_once_never_exceed_the_amount(park_unit, treasurer):
    bill, second = make_bill(park_unit), make_user("另财务", "second@test.cn", roles=["treasurer"])
    results = at_once(*[lambda p=p: pay(bill, p, 300_000) for p in (treasurer, second)])
    assert sorted(type(r).__name__ for r in results) == ["Payment", "Refused"]
    assert paid(bill) == (300_000, 200_000)


@pytest.mark.django_db(transaction=True)
def test_two_refunds_at_once_never_exceed_the_payment(park_unit, treasurer):
    payment = pay(make_bill(park_unit), treasurer)
    results = at_once(*[lambda: back(payment, treasurer, 300_000)] * 2)
    assert sorted(type(r).__name__ for r in results) == ["Payment", "Refused"]
    assert payments.refundable(payment) == 200_000


def test_a_day_of_the_fixture_is_past():
    assert PAID_ON == date(2026, 3, 2) <= timezone.localdate()
