"""Verbs on bills: the first one of an admitted applicant."""

import re
from datetime import date, timedelta

from django.db import connection

from association.domain.activities import record, verb
from association.errors import Refused
from association.money import yuan_of
from members.choices import BillKind, Grade
from members.domain.fees import charge, standard_for
from members.models import Bill, Organization

NUMBER_LOCK = 20_230_331
# An admitted applicant pays within so many days (domain 10.1).
DAYS_TO_PAY = 30


def next_number(year: int) -> str:
    """The next free bill number of `year`, such as HF-2023-0001; held under a lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    prefix = f"HF-{year}-"
    taken = (
        Bill.objects.filter(number__startswith=prefix)
        .order_by("-number")
        .values_list("number", flat=True)[:1]
    )
    last = max((int(m[1]) for n in taken if (m := re.search(r"-(\d+)$", n))), default=0)
    return f"{prefix}{last + 1:06d}"


@verb
def issue_first(organization, *, by, on: date, joins_on: date) -> Bill:
    """The bill of an applicant whom the council admitted on `joins_on`; due thirty days after `on`.

    Doing it twice gives the same bill. Raises Refused when the year has no adopted fee standard.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    year = joins_on.year
    same = organization.bills.standing().filter(kind=BillKind.DUES, year=year).first()
    if same:
        return same
    standard = standard_for(year)
    owed = charge(standard, standard.tiers.all(), grade=Grade.MEMBER, year=year, joined_on=joins_on)
    bill = Bill.objects.create(
        organization=organization, year=year, number=next_number(year), standard=standard, tier=owed.tier,
        grade=owed.grade, rule=owed.rule, payer_name=organization.name, payer_code=organization.credit_code,
        amount=owed.amount, issued_on=on, due_on=on + timedelta(days=DAYS_TO_PAY), issued_by=by,
        joins_on=joins_on, is_demo=organization.is_demo,
    )  # fmt: skip
    sentence = f"出具{bill.title}账单 {bill.number}，{yuan_of(bill.amount)}"
    record("members.bill.issued", organization, bill, by=by, sentence=sentence, basis=owed.rule)
    return bill


def refuse_void(bill) -> None:
    """Raises Refused for a bill that no longer stands."""
    if bill.is_void:
        raise Refused(f"账单 {bill.number} 已作废，不能再办理。")
