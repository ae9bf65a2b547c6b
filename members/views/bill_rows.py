"""Bills prepared for their pages: what the list chooses, its totals, and what stands on one bill."""

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.urls import reverse

from association.formats import chinese_date
from association.models import Activity
from association.money import yuan_of
from members import permissions, receivables
from members.choices import BillKind
from members.models import Bill, Organization

SUMS = ("amount", "paid", "waived")


def dues_page(organization) -> str:
    return reverse("members:organization_dues", args=[organization.pk])


def chosen(wanted):
    """The bills that the filters of `BillsForm` choose."""
    found = Bill.objects.in_status(wanted["status"]) if wanted["status"] else Bill.objects.all()
    exact = {
        "year": wanted["year"],
        "tier__name": wanted["tier"],
        "kind": wanted["kind"],
        "run": wanted["run"],
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if text := wanted["q"]:
        units = Organization.everything.matching(text)
        found = found.filter(
            Q(number__icontains=text) | Q(payer_name__icontains=text) | Q(organization__in=units.values("pk"))
        )
    return found


def listed(found):
    """In the order of the list, with the unit and the status of each."""
    return found.with_status().select_related("organization", "tier").order_by("-year", "-pk")


def sums(found) -> dict:
    """Number and sums, in 分, of those that still stand among the chosen bills."""
    asked = {name: Coalesce(Sum(name), 0) for name in SUMS}
    renamed = {f"{name}_sum": total for name, total in asked.items()}
    row = found.filter(voided_at__isnull=True).order_by().aggregate(count=Count("pk"), **renamed)
    total = {"count": row["count"]} | {name: row[f"{name}_sum"] for name in SUMS}
    return total | {"outstanding": total["amount"] - total["paid"] - total["waived"]}


def pills(request, form):
    found = []
    for name, label, text in form.words():
        query = request.GET.copy()
        query.pop(name), query.pop("page", None)
        found.append({"label": label, "text": text, "url": f"{request.path}?{query.urlencode()}"})
    return found


def answer(content, content_type):
    return HttpResponse(content, content_type=content_type)


def facts(bill) -> list[tuple]:
    """(label, value) pairs of one bill."""
    pairs = [
        ("单位", bill.payer_name),
        ("统一社会信用代码", bill.payer_code),
        ("项目", bill.title),
        ("计算依据", bill.rule),
        ("出账时级别", bill.get_grade_display() if bill.grade else ""),
        ("出账日期", chinese_date(bill.issued_on)),
        ("缴费期限", chinese_date(bill.due_on)),
        ("出账人", str(bill.issued_by or "")),
    ]
    pairs = [pair for pair in pairs if bill.kind == BillKind.DUES or pair[0] != "出账时级别"]
    if bill.standard_id:
        pairs.insert(4, ("标准依据", bill.standard.basis))
    if bill.joins_on:
        pairs.append(("缴清后入会日期", chinese_date(bill.joins_on)))
    if bill.is_void:
        pairs += [
            ("作废", f"{chinese_date(bill.voided_at.date())}，{bill.voided_by}"),
            ("作废原因", bill.void_reason),
        ]
    return pairs


def records(user, bill) -> dict:
    """Payments, of which the person may give some back, receipts, slips and waivers on a bill, and its story."""
    booked = list(bill.payments.select_related("confirmed_by", "refund_of").prefetch_related("refunds"))
    refunds = permissions.confirms_payment_of(user, bill)
    for row in booked:
        left = row.amount + sum(back.amount for back in row.refunds.all())
        row.may_refund = refunds and left > 0 and row.refund_of_id is None
    return {
        "payments": booked,
        "receipts": bill.receipts.all(),
        "slips": receivables.with_files(bill.slips.select_related("filed_by", "settled_by")),
        "waivers": bill.waivers.select_related("filed_by", "settled_by"),
        "activities": Activity.objects.about(bill).select_related("by")[:20],
    }


def own_bills(organization):
    """A unit's bills, the newest first, each with its status."""
    return organization.bills.with_status().select_related("tier").order_by("-year", "-pk")


def balance(organization) -> dict:
    """What a unit owes in all, in 分, and how many bills are open."""
    row = organization.bills.outstanding().aggregate(
        count=Count("pk"), owed=Coalesce(Sum(F("amount") - F("waived") - F("paid")), 0)
    )
    return row | {"words": yuan_of(row["owed"])}
