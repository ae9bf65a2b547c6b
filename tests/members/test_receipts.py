"""Receipts: the right kind for what was paid, exactly as much, recorded once, voided with a reason; the register."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from association import desk
from association.errors import Refused
from association.models import Activity, Notice
from association.workdays import add_workdays_or_weekdays
from members import receivables
from members.domain import receipts as domain
from members.models import Receipt
from tests.conftest import signed_in_client
from tests.factories import make_user
from tests.factories.paying import make_bill, pay, receipt_facts
from tests.forms import errors, filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def bill(park_unit, treasurer):
    bill = make_bill(park_unit)
    pay(bill, treasurer)
    bill.refresh_from_db()
    return bill


def issue(bill, by, number="0000123", amount=500_000, **more):
    return domain.record_receipt(bill, by=by, number=number, amount=amount, **receipt_facts(**more))


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def told(person):
    kinds = ("members.receipt_recorded", "members.receipt_voided")
    return list(
        Notice.objects.filter(recipient=person, kind__in=kinds).order_by("pk").values_list("title", flat=True)
    )


def test_the_unit_hears_the_number_and_the_amount_in_words(bill, treasurer, manager):
    receipt = issue(bill, treasurer)
    assert issue(bill, treasurer).pk == receipt.pk
    assert told(manager) == ["2026年度会费的票据已开具：0000123"]
    body = Notice.objects.get(kind="members.receipt_recorded").body
    assert "社会团体会费票据，代码 11010121，号码 0000123，校验码 a1b2c3" in body
    assert "¥5,000.00（伍仟元整）" in body
    kind = Activity.objects.about(bill).filter(kind="members.receipt.recorded")
    assert [a.sentence for a in kind] == ["登记社会团体会费票据 0000123，¥5,000.00，2026年度会费"]


@pytest.mark.parametrize(
    ("bill_kind", "kind", "words"),
    [
        ("dues", "invoice", "会费应开社会团体会费票据，不能开发票：会费免征增值税"),
        ("dues", "special_invoice", "不能开发票"),
        ("dues", "donation", "捐赠票据只用于捐赠，账单收的不是捐赠。这张账单应开社会团体会费票据"),
        ("other", "dues", "“培训费”不是会费，应开增值税发票，不能开会费票据"),
        ("other", "donation", "这张账单应开增值税发票"),
    ],
)
def test_the_wrong_kind_is_blocked_with_the_right_one(park_unit, treasurer, bill_kind, kind, words):
    bill = make_bill(park_unit, kind=bill_kind, item="培训费" if bill_kind == "other" else "")
    pay(bill, treasurer)
    with pytest.raises(Refused, match=words):
        issue(bill, treasurer, kind=kind)
    assert Receipt.objects.count() == 0


def test_invoices_are_for_everything_else(park_unit, treasurer):
    bill = make_bill(park_unit, kind="other", item="培训费")
    pay(bill, treasurer)
    assert issue(bill, treasurer, kind="special_invoice").amount == 500_000


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"amount": 499_999}, "应等于已到账而未开票的 ¥5,000.00，不能是 ¥4,999.99"),
        ({"amount": 500_001}, "应等于已到账而未开票的"),
        ({"reviewer": "孙会宁"}, "应是两个人"),
        ({"issued_on": timezone.localdate() + timedelta(days=2)}, "不能晚于今天"),
    ],
)
def test_what_cannot_be_is_refused_in_words(bill, treasurer, more, words):
    with pytest.raises(Refused, match=words):
        issue(bill, treasurer, **more)


def test_a_number_is_recorded_once_and_never_comes_back(bill, other_unit, treasurer):
    receipt = issue(bill, treasurer)
    other = make_bill(other_unit)
    pay(other, treasurer)
    with pytest.raises(Refused, match=f"0000123 已登记在账单 {bill.number} 上"):
        issue(other, treasurer)
    domain.void_receipt(receipt, by=treasurer, reason="抬头有误")
    with pytest.raises(Refused, match="已登记在账单"):
        issue(bill, treasurer)
    assert issue(bill, treasurer, number="0000124").amount == 500_000


def test_without_money_there_is_nothing_to_receipt(bill, other_unit, treasurer):
    issue(bill, treasurer)
    for empty in (bill, make_bill(other_unit)):
        with pytest.raises(Refused, match="没有待开票据的到账"):
            issue(empty, treasurer, number="2")


def test_part_by_part(park_unit, treasurer):
    bill = make_bill(park_unit)
    pay(bill, treasurer, 200_000)
    issue(bill, treasurer, "1", 200_000)
    assert list(receivables.bills_awaiting_receipt()) == []
    pay(bill, treasurer, 300_000)
    assert [b.uncovered for b in receivables.bills_awaiting_receipt()] == [300_000]
    issue(bill, treasurer, "2", 300_000)
    assert bill.receipts.standing().total() == 500_000


def test_voiding_frees_the_amount_and_tells_the_unit_once(bill, treasurer, manager, as_user):
    receipt = issue(bill, treasurer)
    client = as_user(treasurer)
    assert client.post(url("receipt_void", receipt)).status_code == 422
    for _ in range(2):
        assert client.post(url("receipt_void", receipt), {"reason": "抬头有误"}).status_code == 303
    receipt.refresh_from_db()
    assert (receipt.voided_by, receipt.void_reason, domain.uncovered(bill)) == (
        treasurer,
        "抬头有误",
        500_000,
    )
    assert told(manager) == ["2026年度会费的票据已开具：0000123", "2026年度会费的票据已作废：0000123"]


# --- what waits for one ---------------------------------------------------------------------------------------


def test_due_ten_working_days_after_the_confirmation(bill, treasurer, secretary, as_user):
    long_ago = timezone.localdate() - timedelta(days=60)
    due = add_workdays_or_weekdays(timezone.localdate(), 10)[0]
    todo = next(t for t in desk.desk.todos_for(treasurer) if "票据" in t.title)
    assert (todo.title, todo.due, receivables.receipt_due(long_ago) < timezone.localdate()) == (
        "1 张账单待开票据", due, True,
    )  # fmt: skip
    page = as_user(treasurer).get(reverse("members:receipts_due"))
    assert [(b.pk, b.receipt_due, b.is_late) for b in page.context["page"]] == [(bill.pk, due, False)]
    assert [t.title for t in desk.desk.todos_for(secretary) if "票据" in t.title] == []


# --- the pages ------------------------------------------------------------------------------------------------


def test_recorded_through_its_page_which_is_filled_in(bill, treasurer, as_user):
    client = as_user(treasurer)
    page = client.get(url("receipt_record", bill))
    wrong = client.post(
        url("receipt_record", bill), filled(page, kind="invoice", number="9", reviewer="李复核")
    )
    assert (wrong.status_code, list(errors(wrong))) == (422, ["kind"])
    answer = client.post(url("receipt_record", bill), filled(page, number="0000777", reviewer="李复核"))
    receipt = Receipt.objects.get()
    assert answer["Location"] == url("receipt", receipt)
    assert (receipt.item, receipt.payer_name, receipt.drawer) == (
        "2026年度会费（会员单位）",
        "演示运营公司01",
        "孙会宁",
    )
    text = client.get(answer["Location"]).content.decode()
    assert [w for w in ("伍仟元整", "0000777", "李复核", "¥5,000.00", "收款单位") if w not in text] == []


def test_a_unit_sees_its_receipts_and_no_others(bill, treasurer, manager, member, other_member, as_user):
    receipt = issue(bill, treasurer)
    people = (manager, member, other_member)
    assert [as_user(p).get(url("receipt", receipt)).status_code for p in people] == [200, 403, 404]
    page = as_user(manager).get(reverse("members:organization_dues", args=[bill.organization_id]))
    assert ([r.pk for r in page.context["receipts"]], page.context["cards"]) == ([receipt.pk], [])


def test_the_register_by_year_kind_and_words(bill, park_unit, treasurer, auditor, as_user):
    training = make_bill(park_unit, kind="other", item="培训费")
    pay(training, treasurer)
    mine, invoice = issue(bill, treasurer), issue(training, treasurer, "55", kind="invoice")
    domain.void_receipt(invoice, by=treasurer, reason="开错")
    address = reverse("members:receipts")
    client = as_user(auditor)

    def found(query):
        return [r.pk for r in client.get(f"{address}?{query}").context["page"]]

    year = timezone.localdate().year
    assert found(f"year={year}") == [invoice.pk, mine.pk]
    assert (found(f"year={year - 1}"), found("kind=dues"), found("void=on")) == ([], [mine.pk], [invoice.pk])
    assert (found("q=0000123"), found("q=演示运营公司01"), found("q=没有")) == (
        [mine.pk],
        [invoice.pk, mine.pk],
        [],
    )
    assert client.get(f"{address}?year=x").status_code == 200


def test_the_register_leaves_as_a_workbook_and_that_is_recorded(bill, treasurer, secretary, as_user):
    issue(bill, treasurer)
    address = reverse("members:receipts_export")
    answer = as_user(treasurer).post(address, {"kind": "dues"})
    assert answer.content.startswith(b"PK")
    from openpyxl import load_workbook  # noqa: PLC0415

    rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].values)
    assert (rows[1][2], rows[1][8], rows[1][9]) == ("0000123", 5000, "伍仟元整")
    assert Activity.objects.latest("pk").sentence == "导出票据登记簿，1 张（种类：社会团体会费票据）"
    assert as_user(secretary).post(address).status_code == 403
    assert signed_in_client(treasurer, proved=False).post(address).status_code in (302, 303)


@pytest.mark.parametrize("name", ["receipts", "receipts_due"])
def test_lists_ask_as_many_queries_for_thirty_as_for_one(name, park_unit, treasurer, as_user, queries):
    def fill(first, number):
        for year in range(first, first + number):
            bill = make_bill(park_unit, year=year)
            pay(bill, treasurer, 100_000)
            if name == "receipts":
                issue(bill, treasurer, f"N{year}", 100_000)

    client, address = as_user(treasurer), reverse(f"members:{name}")
    fill(2026, 1)
    client.get(address)
    with queries() as one:
        client.get(address)
    fill(2000, 20)
    client.get(address)
    with queries() as many:
        assert len(client.get(address).context["page"]) == 20
    assert len(many) <= len(one) <= 20
