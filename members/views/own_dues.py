"""A unit's own dues: the tab on its page, its account of a year, and the way there for its people."""

from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_safe

from association.listing import PAGE_SIZE
from association.web import require, respond, signed_in
from members import permissions, receivables
from members.choices import FiledState
from members.ledger import Entry, account_of
from members.models import Organization, Payment, Receipt, Waiver
from members.views import bill_rows
from members.views.bill_actions import actions_for
from members.views.merges import follow_merge
from members.views.organizations import ask, fetch, tab_page

# So many open bills stand in large figures on a unit's page, each with what can be done.
OWED = 12


@require_safe
@require(signed_in)
@follow_merge
def organization_dues(request, pk):
    found = fetch(request, pk)
    ask(permissions.can_see_dues_of(request.user, found))
    page = Paginator(bill_rows.own_bills(found), PAGE_SIZE).get_page(request.GET.get("page"))
    owed = receivables.with_filed(found.bills.outstanding()).order_by("due_on", "pk")
    receipts = Receipt.objects.filter(bill__organization=found).select_related("bill")
    years = sorted(set(found.bills.values_list("year", flat=True)) | {localdate().year}, reverse=True)
    return tab_page(
        request,
        found,
        "dues",
        page=page,
        balance=bill_rows.balance(found),
        cards=[actions_for(request.user, bill) for bill in owed[:OWED]],
        receipts=receipts.order_by("-issued_on", "-pk")[:PAGE_SIZE],
        today=localdate(),
        years=years,
        can_issue=permissions.can_issue_bills(request.user),
    )


@require_safe
@require(signed_in)
def statement(request, pk):
    """对账单: every entry of a year with the balance after it, on A4."""
    found = fetch(request, pk)
    ask(permissions.can_see_dues_of(request.user, found))
    year = request.GET.get("year", "")
    year = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else localdate().year
    account = account_of(year, _entries(found))
    return respond(
        request, "members/bills/statement.html", organization=found, account=account, today=localdate()
    )


def _entries(organization) -> list[Entry]:
    """Everything that added to or lessened what the unit owes, those of one day in the order of what comes about."""
    entries = []
    for bill in organization.bills.order_by("issued_on", "pk"):
        entries.append(Entry(bill.issued_on, f"出账：{bill.title}", bill.amount, bill.number))
        if bill.is_void:
            day = localtime(bill.voided_at).date()
            entries.append(Entry(day, f"作废：{bill.title}（{bill.void_reason}）", -bill.amount, bill.number))
    waivers = Waiver.objects.filter(
        bill__organization=organization, state=FiledState.ACCEPTED, bill__waived__gt=0
    )
    for waiver in waivers.select_related("bill").order_by("pk"):
        day = localtime(waiver.settled_at).date()
        entries.append(Entry(day, f"减免（{waiver.basis}）", -waiver.bill.waived, waiver.bill.number))
    payments = Payment.objects.filter(bill__organization=organization).select_related("bill")
    for payment in payments.order_by("paid_on", "pk"):
        text = (
            f"退款（{payment.reason}）" if payment.refund_of_id else f"到账：{payment.get_method_display()}"
        )
        entries.append(Entry(payment.paid_on, text, -payment.amount, payment.bill.number))
    return entries


@require_safe
@require(permissions.has_own_units)
def own_dues(request):
    """The way of a member's person to their unit's dues; a choice where there are several."""
    own = Organization.objects.visible_to(request.user).order_by("pinyin_full", "pk")
    units = [unit for unit in own if permissions.can_see_dues_of(request.user, unit)]
    if len(units) == 1:
        return redirect("members:organization_dues", units[0].pk)
    return respond(request, "members/bills/own.html", units=units)
