"""Verbs on single bills: the first one of an admitted applicant, one beside the yearly run, other charges, voiding."""

import re
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.money import yuan_of
from members.choices import ApplicationState, BillKind, FiledState, Grade
from members.domain import cases
from members.domain.audience import payers
from members.domain.certificates import grade_on
from members.domain.fees import charge, due_date, standard_for
from members.models import Bill, Organization

NUMBER_LOCK = 20_230_331
# An admitted applicant pays within so many days (domain 10.1); so does a unit that joined after the run.
DAYS_TO_PAY = 30


def last_number(year: int) -> int:
    """The last bill number of `year` that is taken; none is taken beside the caller until its transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    taken = (
        Bill.objects.filter(number__startswith=f"HF-{year}-")
        .order_by("-number")
        .values_list("number", flat=True)[:1]
    )
    return max((int(m[1]) for n in taken if (m := re.search(r"-(\d+)$", n))), default=0)


def number_of(year: int, place: int) -> str:
    """A bill number as it is written, such as HF-2023-000001."""
    return f"HF-{year}-{place:06d}"


def next_number(year: int) -> str:
    """The next free bill number of `year`; held under a lock until the transaction ends."""
    return number_of(year, last_number(year) + 1)


def new_bill(organization, owed, *, year: int, number: str, on: date, due_on: date, by, **more) -> Bill:
    """A bill of dues, still to be stored; the payer's name and code are those of the day."""
    return Bill(
        organization=organization, year=year, number=number, standard=owed.standard, tier=owed.tier, grade=owed.grade,
        rule=owed.rule, payer_name=organization.name, payer_code=organization.credit_code, amount=owed.amount,
        issued_on=on, due_on=due_on, issued_by=by, is_demo=organization.is_demo, **more,
    )  # fmt: skip


def issued_sentence(bill) -> str:
    return f"出具{bill.title}账单 {bill.number}，{yuan_of(bill.amount)}"


def _record_issued(bill, *, by):
    about = (bill.organization, bill)
    record("members.bill.issued", *about, by=by, sentence=issued_sentence(bill), basis=bill.rule)


@verb
def issue_first(organization, *, by, on: date, joins_on: date) -> Bill:
    """The bill of an applicant whom the council admitted on `joins_on`; due thirty days after `on`.

    Doing it twice gives the same bill. Raises Refused when the year has no adopted fee standard.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    year = joins_on.year
    same = _standing(organization, year)
    if same:
        return same
    standard = standard_for(year)
    owed = charge(standard, standard.tiers.all(), grade=Grade.MEMBER, year=year, joined_on=joins_on)
    due_on = on + timedelta(days=DAYS_TO_PAY)
    bill = new_bill(
        organization,
        owed,
        year=year,
        number=next_number(year),
        on=on,
        due_on=due_on,
        by=by,
        joins_on=joins_on,
    )
    bill.save()
    _record_issued(bill, by=by)
    return bill


def _standing(organization, year):
    return organization.bills.standing().filter(kind=BillKind.DUES, year=year).first()


def default_due(standard, year: int, on: date) -> date:
    """The standard's last day to pay, but thirty days at the least."""
    return max(due_date(standard, year), on + timedelta(days=DAYS_TO_PAY))


@verb
def issue(organization, *, by, year: int, on: date, due_on: date | None = None) -> Bill:
    """The bill of one member for a year, for those that the run left out: by its grade on the day `on`.

    Doing it twice gives the same bill. Raises Refused when the unit is no member that day, when the last day to pay
    lies before it, and when the year has no adopted fee standard.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    same = _standing(organization, year)
    if same:
        return same
    membership = organization.memberships.on(on).first()
    if membership is None:
        raise Refused(f"{organization.name}在 {on} 不是会员，不能出会费账单。", status=422)
    if membership.joined_on.year > year:
        raise Refused(f"{organization.name}在{year}年还没有入会，不能出这一年的会费账单。", status=422)
    standard = standard_for(year)
    due_on = due_on or default_due(standard, year, on)
    _refuse_days(on, due_on)
    grade, joined_on = grade_on(organization, on), membership.joined_on
    owed = charge(standard, standard.tiers.all(), grade=grade, year=year, joined_on=joined_on)
    bill = new_bill(organization, owed, year=year, number=next_number(year), on=on, due_on=due_on, by=by)
    bill.save()
    _record_issued(bill, by=by)
    tell_issued(bill, by=by)
    return bill


def _refuse_days(on, due_on):
    if on > timezone.localdate():
        raise Refused("出账日期不能晚于今天。", status=422)
    if due_on < on:
        raise Refused("缴费期限不能早于出账日期。", status=422)


@verb
def issue_other(organization, *, by, item: str, amount: int, on: date, due_on: date) -> Bill:
    """A charge of `amount` 分 for something that is no dues, such as training: it gets an invoice and never a 会费票据.

    Each call makes a bill: forms that create carry a key. Raises Refused for dues in disguise and wrong days.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    if amount <= 0:
        raise Refused("金额应大于零。", status=422)
    if "会费" in item:
        raise Refused("会费按会费标准出账，不能作为其他收费；这里只登记培训、服务等项目。", status=422)
    _refuse_days(on, due_on)
    bill = Bill.objects.create(
        organization=organization, kind=BillKind.OTHER, year=on.year, item=item, number=next_number(on.year),
        rule="其他收费，开具发票", payer_name=organization.name, payer_code=organization.credit_code, amount=amount,
        issued_on=on, due_on=due_on, issued_by=by, is_demo=organization.is_demo,
    )  # fmt: skip
    _record_issued(bill, by=by)
    tell_issued(bill, by=by)
    return bill


def tell_issued(bill, *, by) -> None:
    """Tell those who pay for the unit of its bill."""
    notify(
        payers(bill.organization), "members.bill_issued", about=bill, url=bill.get_absolute_url(), by=by,
        title=bill.title, amount=yuan_of(bill.amount), number=bill.number, due_on=bill.due_on, rule=bill.rule,
        organization=bill.organization.name,
    )  # fmt: skip


# --- voiding ---------------------------------------------------------------------------------------------------


def refuse_void(bill) -> None:
    """Raises Refused for a bill that no longer stands."""
    if bill.is_void:
        raise Refused(f"账单 {bill.number} 已作废，不能再办理。")


def obstacle(bill) -> str:
    """Why the bill cannot be made void now, in one sentence; empty when it can."""
    if bill.paid:
        return f"账单 {bill.number} 已到账 {yuan_of(bill.paid)}，不能作废；请先登记退款。"
    if bill.waived:
        return f"账单 {bill.number} 已减免，不能作废。"
    if bill.slips.filter(state=FiledState.PENDING).exists():
        return f"账单 {bill.number} 有待核对的转账凭证，请先核对。"
    if bill.waivers.filter(state=FiledState.PENDING).exists():
        return f"账单 {bill.number} 有待批准的减免申请，请先办理。"
    application = getattr(bill, "application", None)
    if application is not None and application.state == ApplicationState.ADMITTED:
        return f"账单 {bill.number} 是入会申请的首期账单，请在入会申请里办理。"
    return ""


@verb
def void(bill, *, by, reason: str) -> Bill:
    """Make a bill void on which nothing was paid or waived; the year can be billed anew.

    Doing it twice changes nothing. Raises Refused when something was paid, waived or filed on it, or without a reason.
    """
    Organization.everything.select_for_update().get(pk=bill.organization_id)
    bill = Bill.objects.select_for_update(of=("self",)).select_related("organization").get(pk=bill.pk)
    if bill.is_void:
        return bill
    if not reason:
        raise Refused("请写明作废原因。", status=422)
    if sentence := obstacle(bill):
        raise Refused(sentence)
    store(bill, {"voided_at": timezone.now(), "voided_by": by, "void_reason": reason})
    sentence = f"作废{bill.title}账单 {bill.number}，{yuan_of(bill.amount)}"
    record("members.bill.voided", bill.organization, bill, by=by, sentence=sentence, basis=reason)
    notify(
        payers(bill.organization), "members.bill_voided", about=bill, url=bill.get_absolute_url(), by=by,
        title=bill.title, number=bill.number, reason=reason, organization=bill.organization.name,
    )  # fmt: skip
    cases.settle_if_paid(bill.organization, by=by)
    return bill
