"""Transfer slips: filed on the phone, replaced, withdrawn, checked by the treasurer, refused with a reason."""

import pytest
from django.urls import reverse

from association import desk
from association.errors import Refused
from association.models import Activity, Attachment, Notice
from members.domain import slips as domain
from members.domain import waivers
from members.models import Bill, Payment, PaymentSlip
from tests.factories import make_user
from tests.factories.attachments import upload
from tests.factories.files import HTML, picture
from tests.factories.paying import PAID_ON, file_slip, make_bill, pay
from tests.forms import errors, filled
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def bill(park_unit):
    return make_bill(park_unit)


@pytest.fixture
def slip(bill, manager):
    return file_slip(bill, manager)


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def accept(slip, by, amount=500_000, version=1, **more):
    facts = {"paid_on": PAID_ON, "method": "transfer", "reference": "A1"} | more
    return domain.accept(slip, by=by, version=version, amount=amount, **facts)


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def sentences(bill):
    return list(Activity.objects.about(bill).values_list("sentence", flat=True))


# --- filing ---------------------------------------------------------------------------------------------------


def test_the_form_is_filled_in_and_filing_twice_is_once(bill, manager, as_user):
    client = as_user(manager)
    page = client.get(url("slip_add", bill))
    assert {n: page.context["form"][n].value() for n in ("amount", "payer_name")} == {
        "amount": "5000.00", "payer_name": "演示运营公司01",
    }  # fmt: skip
    for _ in range(2):
        answer = client.post(url("slip_add", bill), filled(page) | {"upload": upload(picture(), "回单.jpg")})
    slip = PaymentSlip.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("slip", slip))
    assert (slip.amount, slip.filed_by, slip.is_pending) == (500_000, manager, True)
    assert [a.name for a in Attachment.objects.about(slip)] == ["回单.jpg"]
    assert sentences(bill) == ["提交2026年度会费的转账凭证，¥5,000.00，待核对"]
    assert client.get(url("slip", slip)).status_code == 200


def test_what_is_no_slip_is_refused_beside_the_form(bill, manager, as_user):
    client = as_user(manager)
    page = client.get(url("slip_add", bill))
    answer = client.post(url("slip_add", bill), filled(page))
    assert (answer.status_code, list(errors(answer))) == (422, ["upload"])
    for file, words in ((upload(HTML, "回单.html"), "不支持"), (upload(b"a,b", "回单.csv"), "图片")):
        answer = client.post(url("slip_add", bill), filled(page) | {"upload": file})
        assert (answer.status_code, PaymentSlip.objects.count()) == (422, 0), words
    answer = client.post(url("slip_add", bill), filled(page, amount="5000.01") | {"upload": upload()})
    assert "不超过欠款" in answer.content.decode()


def test_one_slip_waits_at_a_time_and_none_beside_a_waiver(bill, slip, manager, other_unit):
    with pytest.raises(Refused, match=r"已有一张 ¥5,000\.00 的凭证"):
        file_slip(bill, manager, 100)
    waivable = make_bill(other_unit, waivable=True)
    waivers.ask(waivable, by=manager, reason="困难")
    with pytest.raises(Refused, match="减免申请还没有决定"):
        file_slip(waivable, manager)


def test_others_do_not_file(bill, member, other_member, secretary, as_user):
    got = [as_user(p).post(url("slip_add", bill)).status_code for p in (member, other_member, secretary)]
    assert got == [403, 404, 403]
    assert PaymentSlip.objects.count() == 0


# --- replacing and withdrawing --------------------------------------------------------------------------------


def test_a_slip_is_replaced_while_it_waits(slip, manager, as_user):
    client = as_user(manager)
    page = client.get(url("slip_replace", slip))
    client.post(url("slip_replace", slip), filled(page, amount="3000"))
    client.post(url("slip_replace", slip), filled(page, amount="3000", version="2"))
    slip.refresh_from_db()
    assert (slip.amount, slip.version, Attachment.objects.about(slip).count()) == (300_000, 2, 1)
    client.post(
        url("slip_replace", slip),
        filled(page, amount="3000", version="2") | {"upload": upload(name="新.pdf")},
    )
    assert [a.name for a in Attachment.objects.about(slip)] == ["新.pdf"]


def test_who_replaces_an_older_one_sees_both(slip, manager, as_user):
    client = as_user(manager)
    page = client.get(url("slip_replace", slip))
    client.post(url("slip_replace", slip), filled(page, amount="3000"))
    answer = client.post(url("slip_replace", slip), filled(page, amount="2000"))
    assert answer.status_code == 409
    assert answer.context["conflict"].differences == [("转账金额", "¥3,000.00", "¥2,000.00")]
    assert answer.context["form"]["version"].value() == "2"


def test_withdrawing_twice_is_once_and_never_after_checking(bill, slip, manager, treasurer):
    domain.withdraw(slip, by=manager)
    domain.withdraw(slip, by=manager)
    assert sentences(bill) == ["撤回2026年度会费的转账凭证", "提交2026年度会费的转账凭证，¥5,000.00，待核对"]
    again = file_slip(bill, manager)
    accept(again, treasurer)
    with pytest.raises(Refused, match="不能再撤回"):
        domain.withdraw(again, by=manager)
    with pytest.raises(Refused, match="不能再替换"):
        domain.replace_slip(again, by=manager, version=2, changes={"amount": 1})


# --- checking -------------------------------------------------------------------------------------------------


def test_what_came_in_counts_and_not_what_was_claimed(bill, slip, treasurer, manager, as_user):
    client = as_user(treasurer)
    page = client.get(url("slip", slip))
    form = page.context["check"]
    data = {bound.html_name: str(bound.value()) for bound in form if bound.value() is not None} | {
        "amount": "4800"
    }
    answer = client.post(url("slip_accept", slip), data)
    assert (answer.status_code, answer["Location"]) == (303, reverse("members:paying"))
    client.post(url("slip_accept", slip), data)
    slip.refresh_from_db()
    payment = Payment.objects.get()
    assert (payment.amount, payment.slip, slip.state, slip.amount) == (480_000, slip, "accepted", 500_000)
    assert told(manager) == ["members.payment_confirmed"]
    assert sentences(bill)[0] == "确认2026年度会费到账 ¥4,800.00，尚欠 ¥200.00"


def test_too_much_is_said_on_the_page(slip, treasurer, as_user):
    client = as_user(treasurer)
    data = {"seen": "0", "version": "1", "amount": "5001", "paid_on": "2026-03-02", "method": "transfer"}
    answer = client.post(url("slip_accept", slip), data)
    assert (answer.status_code, "只欠 ¥5,000.00" in answer.content.decode()) == (422, True)
    answer = client.post(url("slip_accept", slip), data | {"amount": "x"})
    assert (answer.status_code, list(answer.context["check"].errors)) == (422, ["amount"])


def test_neither_filer_nor_issuer_nor_a_version_of_before(bill, slip, treasurer, manager):
    with pytest.raises(Refused, match="刚刚替换"):
        accept(slip, treasurer, version=9)
    with pytest.raises(Refused, match="刚刚替换"):
        domain.reject(slip, by=treasurer, version=9, reason="查无此款")
    PaymentSlip.objects.filter(pk=slip.pk).update(filed_by=treasurer)
    with pytest.raises(Refused, match="是你提交的"):
        accept(slip, treasurer)
    with pytest.raises(Refused, match="另一位财务人员"):
        domain.reject(slip, by=treasurer, version=1, reason="查无此款")
    PaymentSlip.objects.filter(pk=slip.pk).update(filed_by=manager)
    Bill.objects.filter(pk=bill.pk).update(issued_by=treasurer)
    with pytest.raises(Refused, match="是你出的"):
        accept(slip, treasurer)
    assert Payment.objects.count() == 0


def test_a_rejection_says_why_and_a_new_one_may_come(bill, slip, treasurer, manager, as_user):
    client = as_user(treasurer)
    address = url("slip_reject", slip)
    assert client.post(address, {"version": "1"}).status_code == 422
    for _ in range(2):
        assert client.post(address, {"version": "1", "reason": "没有查到这笔款"}).status_code == 303
    slip.refresh_from_db()
    assert (slip.state, slip.reason, told(manager)) == (
        "rejected",
        "没有查到这笔款",
        ["members.slip_rejected"],
    )
    with pytest.raises(Refused, match="不能再核对"):
        accept(slip, treasurer)
    assert file_slip(bill, manager).is_pending


def test_to_dos_count_what_one_may_check(slip, treasurer, bill):
    def todos():
        return [t.title for t in desk.desk.todos_for(treasurer) if "凭证" in t.title]

    assert todos() == ["1 张转账凭证待核对"]
    Bill.objects.filter(pk=bill.pk).update(issued_by=treasurer)
    assert todos() == []


def test_the_oldest_stands_first_with_its_picture(bill, slip, other_unit, treasurer, as_user, run_jobs):
    other = make_user("乙", "b@test.cn", organization=other_unit, duty="finance")
    second = file_slip(make_bill(other_unit), other, upload=upload(picture(), "回单.jpg"))
    run_jobs()
    page = as_user(treasurer).get(reverse("members:paying"))
    assert [row.pk for row in page.context["page"]] == [slip.pk, second.pk]
    text = page.content.decode()
    assert ("<img src" in text, "PDF" in text) == (True, True)


def test_the_picture_is_seen_by_whoever_sees_the_units_dues(
    slip, manager, member, other_member, treasurer, president, as_user
):
    file = Attachment.objects.about(slip).get()
    address = reverse("association:download", args=[file.key])
    people = (manager, treasurer, member, other_member, president)
    assert [as_user(p).get(address).status_code for p in people] == [200, 200, 404, 404, 404]


def test_get_changes_nothing(slip, treasurer, manager, as_user):
    got = [as_user(p).get(url(n, slip)).status_code for n in ("slip_accept", "slip_reject", "slip_withdraw") for p in (treasurer, manager)]  # fmt: skip
    assert got == [405] * 6


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_accepted_at_once_only_one_counts(park_unit, treasurer):
    manager = make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")
    slip = file_slip(make_bill(park_unit), manager)
    results = at_once(lambda: accept(slip, treasurer), lambda: domain.withdraw(slip, by=manager))
    slip.refresh_from_db()
    assert sum(isinstance(r, Refused) for r in results) == 1
    assert Payment.objects.count() == (slip.state == "accepted")


def test_a_bill_that_was_paid_meanwhile_takes_no_slip(bill, manager, treasurer):
    pay(bill, treasurer)
    with pytest.raises(Refused, match="已没有欠款"):
        file_slip(bill, manager)
