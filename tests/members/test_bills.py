"""Single bills, other charges, voiding; the list, the page, the papers, the unit's own tab."""

import uuid
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from association import desk
from association.errors import Refused
from association.models import Activity, ExportJob, Notice
from members.choices import ApplicationState, BillStatus, FiledState
from members.domain import bills as domain
from members.domain import payments
from members.models import Application, Bill, Payment, PaymentSlip, Waiver
from tests.conftest import signed_in_client
from tests.factories import make_organization, make_user
from tests.factories.dues import make_standard
from tests.forms import errors, filled

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = date(2026, 1, 10)


def url(name, *args):
    return reverse(f"members:{name}", args=args)


@pytest.fixture(autouse=True)
def standard(db):
    return make_standard(2022)


@pytest.fixture
def cashier(db):
    return make_user("出纳", "cashier@test.cn", roles=["treasurer"])


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def bill(park_unit, treasurer):
    return domain.issue(park_unit, by=treasurer, year=2026, on=DAY)


def charge(unit, by, item="培训费（演示）", amount=80_000):
    return domain.issue_other(unit, by=by, item=item, amount=amount, on=DAY, due_on=DAY + timedelta(30))


# --- one bill beside the run --------------------------------------------------------------------------------------


def test_a_unit_that_joined_after_the_run_gets_its_bill_once(park_unit, manager, member, treasurer, as_user):
    client = as_user(treasurer)
    page = client.get(url("bill_issue", park_unit.pk))
    data = filled(page, year="2026", on="2026-01-10")
    for _ in range(2):
        answer = client.post(url("bill_issue", park_unit.pk), data)
    made = Bill.objects.get()
    assert answer["Location"] == url("bill", made.pk)
    assert (made.amount, made.due_on, made.number, made.issued_by) == (
        500_000,
        date(2026, 3, 31),
        "HF-2026-000001",
        treasurer,
    )
    assert [(n.kind, n.recipient) for n in Notice.objects.all()] == [("members.bill_issued", manager)]
    assert [a.sentence for a in Activity.objects.about(made)] == [
        "出具2026年度会费账单 HF-2026-000001，¥5,000.00"
    ]


def test_at_the_least_thirty_days_are_left_to_pay(park_unit, treasurer):
    made = domain.issue(park_unit, by=treasurer, year=2026, on=date(2026, 3, 20))
    assert made.due_on == date(2026, 4, 19)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"on": TODAY + timedelta(1)}, "不能晚于今天"), ({"due_on": DAY - timedelta(1)}, "不能早于出账日期"),
        ({"year": 2021}, "还没有入会|还没有会员大会通过"), ({"on": date(2022, 1, 1)}, "不是会员"),
    ],
)  # fmt: skip
def test_a_bill_that_cannot_be_is_refused_in_words(park_unit, treasurer, fields, word):
    with pytest.raises(Refused, match=word):
        domain.issue(park_unit, by=treasurer, **({"year": 2026, "on": DAY} | fields))
    assert not Bill.objects.exists()


def test_the_refusal_stands_on_the_form(treasurer, as_user):
    outside = make_organization("演示外单位", joined=None)
    answer = as_user(treasurer).post(url("bill_issue", outside.pk), {"year": "2026", "on": "2026-01-10"})
    assert (answer.status_code, "不是会员" in str(errors(answer))) == (422, True)


# --- other charges ------------------------------------------------------------------------------------------------


def test_another_charge_is_no_dues_and_has_an_invoice(park_unit, treasurer, manager, bill, as_user):
    client = as_user(treasurer)
    data = filled(
        client.get(url("charge_add", park_unit.pk)), item="培训费（演示）", amount="800.50", on="2026-01-10"
    )
    data["_key"] = str(uuid.uuid4())
    for _ in range(2):
        assert client.post(url("charge_add", park_unit.pk), data).status_code == 303
    made = Bill.objects.get(kind="other")
    assert (made.title, made.amount, made.standard, made.tier) == ("培训费（演示）", 80_050, None, None)
    assert "不开会费票据" in client.get(url("bill", made.pk)).content.decode()
    assert Notice.objects.filter(recipient=manager, object_id=made.pk).count() == 1


@pytest.mark.parametrize(
    ("item", "amount", "word"), [("2026会费补缴", 100, "不能作为其他收费"), ("培训", 0, "大于零")]
)
def test_dues_in_disguise_are_refused(park_unit, treasurer, item, amount, word):
    with pytest.raises(Refused, match=word):
        charge(park_unit, treasurer, item, amount)


# --- voiding ------------------------------------------------------------------------------------------------------


def test_void_with_a_reason_once_and_the_unit_is_told(bill, manager, treasurer, as_user):
    client = as_user(treasurer)
    assert errors(client.post(url("bill_void", bill.pk), {"reason": " "})) != {}
    for _ in range(2):
        assert client.post(url("bill_void", bill.pk), {"reason": "级别有误"}).status_code == 303
    bill.refresh_from_db()
    assert (bill.is_void, bill.voided_by, bill.void_reason, bill.outstanding) == (
        True,
        treasurer,
        "级别有误",
        0,
    )
    said = Activity.objects.about(bill.organization).filter(kind="members.bill.voided")
    assert [(a.sentence, a.basis) for a in said] == [
        ("作废2026年度会费账单 HF-2026-000001，¥5,000.00", "级别有误")
    ]
    assert Notice.objects.filter(kind="members.bill_voided", recipient=manager).count() == 1
    with pytest.raises(Refused, match="已作废"):
        domain.refuse_void(bill)
    assert client.get(url("bill_print", bill.pk)).status_code == 409
    again = domain.issue(bill.organization, by=treasurer, year=2026, on=DAY)
    assert again.pk != bill.pk


def _paid(bill, cashier):
    payments.confirm(bill, by=cashier, amount=1, paid_on=DAY)


def _waived(bill, cashier):
    Bill.objects.filter(pk=bill.pk).update(waived=bill.amount)


def _slip(bill, cashier):
    PaymentSlip.objects.create(bill=bill, amount=1, paid_on=DAY, payer_name="演示", filed_by=cashier)


def _asked(bill, cashier):
    Waiver.objects.create(bill=bill, reason="困难", filed_by=cashier)


def _first(bill, cashier):
    Application.objects.create(
        token_hash="x", address="13900000000", state=ApplicationState.ADMITTED, name="演示", basis="决议",
        organization=bill.organization, bill=bill, decided_on=DAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("happened", "word"),
    [
        (_paid, "已到账"),
        (_waived, "已减免"),
        (_slip, "待核对的转账凭证"),
        (_asked, "待批准的减免"),
        (_first, "入会申请"),
    ],
)
def test_what_was_paid_waived_or_filed_stands_in_the_way(bill, treasurer, cashier, happened, word, as_user):
    happened(bill, cashier)
    with pytest.raises(Refused, match=word):
        domain.void(bill, by=treasurer, reason="误出")
    client = as_user(treasurer)
    assert client.post(url("bill_void", bill.pk), {"reason": "误出"}).status_code == 409
    assert url("bill_void", bill.pk) not in client.get(url("bill", bill.pk)).content.decode()


def test_voiding_asks_for_the_proof_again(bill, treasurer):
    signed_in_client(treasurer, proved=False).post(url("bill_void", bill.pk), {"reason": "误出"})
    bill.refresh_from_db()
    assert not bill.is_void


@pytest.mark.parametrize(
    "name", ["secretary", "secretary_general", "president", "auditor", "member", "manager"]
)
def test_only_the_treasurer_issues_and_voids(request, name, bill, park_unit, as_user):
    client = as_user(request.getfixturevalue(name))
    found = [client.post(url(n, pk)).status_code for n, pk in (
        ("bill_issue", park_unit.pk), ("charge_add", park_unit.pk), ("bill_void", bill.pk),
    )]  # fmt: skip
    assert (found, Bill.objects.standing().count()) == ([403] * 3, 1)


# --- the list -----------------------------------------------------------------------------------------------------


@pytest.fixture
def some(bill, other_unit, treasurer, cashier):
    """A bill half paid, one of another unit, and a charge that is void."""
    payments.confirm(bill, by=cashier, amount=200_000, paid_on=DAY, reference="A1")
    other = domain.issue(other_unit, by=treasurer, year=2025, on=date(2025, 1, 10))
    void = domain.void(charge(other_unit, treasurer), by=treasurer, reason="误出")
    return {"half": bill, "old": other, "void": void}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["void", "half", "old"]), ({"year": "2025"}, ["old"]), ({"status": "void"}, ["void"]),
        ({"status": "overdue"}, ["half", "old"]), ({"tier": "会员单位"}, ["half", "old"]), ({"kind": "other"}, ["void"]),
        ({"q": "HF-2025"}, ["old"]), ({"q": "演示运营公司01"}, ["half"]), ({"q": "yanshi"}, ["void", "half", "old"]),
        ({"q": "%"}, []),
    ],
)  # fmt: skip
def test_bills_are_found_by_year_status_tier_and_words(some, treasurer, as_user, query, found):
    context = as_user(treasurer).get(url("bills"), query).context
    assert [b.pk for b in context["page"]] == [some[name].pk for name in found]


def test_totals_are_those_of_the_chosen_bills_that_stand(some, treasurer, as_user):
    client = as_user(treasurer)
    assert client.get(url("bills")).context["totals"] == {
        "count": 2, "amount": 1_000_000, "paid": 200_000, "waived": 0, "outstanding": 800_000,
    }  # fmt: skip
    assert client.get(url("bills"), {"year": "2025"}).context["totals"]["outstanding"] == 500_000
    assert client.get(url("bills"), {"year": "x"}).status_code == 422


def test_the_list_asks_as_often_for_thirty_bills_as_for_one(bill, treasurer, as_user, queries):
    client = as_user(treasurer)
    client.get(url("bills"))
    with queries() as few:
        client.get(url("bills"))
    for n in range(29):
        domain.issue(make_organization(f"演示更多{n:02d}", people=False), by=treasurer, year=2026, on=DAY)
    with queries() as many:
        client.get(url("bills"))
    assert len(few) == len(many) <= 20


def test_the_list_as_a_workbook_is_logged(some, treasurer, as_user):
    answer = as_user(treasurer).post(f"{url('bills_export')}?year=2026")
    rows = list(openpyxl.load_workbook(BytesIO(answer.content))["账单"].values)
    assert [row[0] for row in rows] == ["账单号", some["void"].number, some["half"].number]
    assert rows[2][9:14] == (5000, 2000, None, 3000, "逾期") or rows[2][9:14] == (5000, 2000, 0, 3000, "逾期")
    log = ExportJob.objects.get()
    assert (log.person, log.rows_total, log.conditions) == (treasurer, 2, "年度：2026年")
    none = as_user(treasurer).post(f"{url('bills_export')}?year=2025&status=void")
    assert none.status_code == 422


# --- one bill, its papers -----------------------------------------------------------------------------------------


def test_the_page_shows_what_happened_on_the_bill(bill, treasurer, cashier, manager, as_user):
    payments.confirm(bill, by=cashier, amount=200_000, paid_on=DAY, reference="A1", payer_name="演示付款户")
    _slip(bill, manager)
    Waiver.objects.create(bill=bill, reason="疫情停业（演示）", filed_by=manager)
    text = as_user(treasurer).get(url("bill", bill.pk)).content.decode()
    shown = (
        "伍仟元整",
        "¥2,000.00",
        "演示付款户",
        "疫情停业（演示）",
        "2022年会费标准 · 会员单位 · 全年",
        "减免审批中",
    )
    assert [word for word in shown if word not in text] == []


@pytest.mark.parametrize(("name", "status"), [
    ("treasurer", 200), ("secretary", 200), ("auditor", 200), ("president", 404), ("administrator", 404),
    ("manager", 200), ("member", 404), ("other_member", 404), ("stranger", 404),
])  # fmt: skip
def test_who_may_see_a_bill(request, name, status, bill, as_user):
    client = as_user(request.getfixturevalue(name))
    assert [client.get(url(n, bill.pk)).status_code for n in ("bill", "bill_print")] == [status] * 2


def test_the_notice_on_paper_says_the_amount_in_words(bill, manager, settings, as_user):
    settings.DUES_ACCOUNT = {"name": "协会", "bank": "演示银行", "number": "0200"}
    text = as_user(manager).get(url("bill_print", bill.pk)).content.decode()
    shown = (
        "收费通知单",
        "人民币（大写）伍仟元整",
        bill.number,
        bill.payer_code,
        "演示银行",
        "2026年3月31日",
    )
    assert [word for word in shown if word not in text] == []


# --- the unit's own tab -------------------------------------------------------------------------------------------


def test_the_units_people_see_their_bills_and_what_is_open(bill, manager, member, president, as_user):
    client = as_user(manager)
    page = client.get(url("organization_dues", bill.organization_id))
    assert ([b.pk for b in page.context["page"]], page.context["balance"]["owed"]) == ([bill.pk], 500_000)
    assert client.get(url("own_dues"))["Location"] == url("organization_dues", bill.organization_id)
    # A liaison has nothing to do with money; who sees totals only does not see the unit's.
    assert [
        as_user(p).get(url("organization_dues", bill.organization_id)).status_code
        for p in (member, president)
    ] == [403] * 2
    assert (
        url("organization_dues", bill.organization_id)
        not in as_user(member).get(bill.organization.get_absolute_url()).content.decode()
    )


def test_a_bill_to_pay_waits_on_the_desk_until_a_slip_is_sent(bill, manager, member, other_member):
    def todos(person):
        return [(t.title, t.due) for t in desk.desk.todos_for(person) if t.title.startswith("缴纳")]

    expected = [("缴纳2026年度会费 ¥5,000.00", date(2026, 3, 31))]
    assert [todos(p) for p in (manager, member, other_member)] == [expected, [], []]
    _slip(bill, manager)
    assert todos(manager) == []


def test_the_account_of_a_year(bill, park_unit, treasurer, cashier, manager, as_user):
    void = charge(park_unit, treasurer)
    domain.void(void, by=treasurer, reason="误出")
    payment = payments.confirm(bill, by=cashier, amount=500_000, paid_on=date(2026, 2, 1), reference="A1")
    Payment.objects.create(
        bill=bill,
        amount=-100_000,
        paid_on=date(2026, 2, 9),
        refund_of=payment,
        reason="多付",
        confirmed_by=cashier,
    )
    old = domain.issue(park_unit, by=treasurer, year=2025, on=date(2025, 1, 10))
    Waiver.objects.create(
        bill=old, reason="困难", filed_by=manager, state=FiledState.ACCEPTED, settled_by=treasurer,
        settled_at=timezone.make_aware(timezone.datetime(2025, 5, 1)), basis="会长办公会",
    )  # fmt: skip
    Bill.objects.filter(pk=old.pk).update(waived=500_000)
    account = as_user(manager).get(url("dues_statement", park_unit.pk), {"year": "2026"}).context["account"]
    assert (account.opening, account.closing) == (0, 100_000)
    words = [(e.text, e.amount) for e in account.entries]
    assert words[:1] + words[2:4] == [
        ("出账：2026年度会费", 500_000), ("到账：银行转账", -500_000), ("退款（多付）", 100_000),
    ]  # fmt: skip
    assert words[1] == ("出账：培训费（演示）", 80_000)
    former = as_user(manager).get(url("dues_statement", park_unit.pk), {"year": "2025"}).context["account"]
    assert [(e.amount, e.balance) for e in former.entries] == [(500_000, 500_000), (-500_000, 0)]
    assert as_user(manager).get(url("dues_statement", park_unit.pk), {"year": "九九"}).status_code == 200


def test_every_status_has_a_word_on_the_list(bill, treasurer, as_user):
    text = as_user(treasurer).get(url("bills")).content.decode()
    assert [s.label for s in BillStatus if s.label not in text] == []
