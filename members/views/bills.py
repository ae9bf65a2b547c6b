"""Bills: the list with its totals, one bill with all that happened on it, single bills, other charges, voiding."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.domain import exports
from association.errors import Refused
from association.limits import limited
from association.listing import PAGE_SIZE
from association.web import confirmed, go, idempotent, require, respond, signed_in
from members import permissions
from members.domain import bills as domain
from members.exchange import bills as workbook
from members.forms.bills import BillForm, BillsForm, ChargeForm, VoidForm
from members.models import Bill
from members.views import bill_rows
from members.views.bill_actions import actions_for
from members.views.imports import XLSX, download
from members.views.organizations import fetch as fetch_unit

FORM = "members/bills/form.html"


def fetch(request, pk) -> Bill:
    """The bill as far as the person may know of it, else 404."""
    bills = Bill.objects.visible_to(request.user).with_status()
    people = ("organization", "standard", "tier", "issued_by", "voided_by", "run")
    return get_object_or_404(bills.select_related(*people), pk=pk)


@require_safe
@require(permissions.can_see_dues)
def bills(request):
    form = BillsForm(request.GET)
    found = bill_rows.chosen(form.cleaned_data) if form.is_valid() else Bill.objects.none()
    page = Paginator(bill_rows.listed(found), PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(
        request,
        "members/bills/list.html",
        status=200 if form.is_valid() else 422,
        form=form,
        page=page,
        totals=bill_rows.sums(found),
        pills=bill_rows.pills(request, form) if form.is_valid() else [],
        query=request.GET.urlencode(),
        can_issue=permissions.can_issue_bills(request.user),
    )


@require_POST
@require(permissions.can_see_dues)
@limited("export", per_person="30/10m", per_address="100/10m")
@confirmed
def export(request):
    """The chosen bills as a workbook, with a row in the log of exports."""
    form = BillsForm(request.GET)
    if not form.is_valid():
        raise Refused("筛选条件有误，请返回账单列表改正后再导出。", status=422)
    found = bill_rows.listed(bill_rows.chosen(form.cleaned_data))
    conditions = "；".join(f"{label}：{text}" for _, label, text in form.words()) or "全部账单"
    asked, content = workbook.made(
        found, person=request.user, conditions=conditions, query=request.GET.urlencode()
    )
    exports.hand_over(asked, content, by=request.user)
    return download(bill_rows.answer(content, XLSX), asked.file_name, "bills.xlsx")


@require_safe
@require(signed_in)
def bill(request, pk):
    found = fetch(request, pk)
    return respond(
        request,
        "members/bills/detail.html",
        facts=bill_rows.facts(found),
        obstacle=domain.obstacle(found) if not found.is_void else "",
        can_issue=permissions.can_issue_bills(request.user),
        sees_all=permissions.can_see_dues(request.user),
        **bill_rows.records(request.user, found),
        **actions_for(request.user, found),
    )


@require_safe
@require(signed_in)
def print_bill(request, pk):
    """收费通知单 on A4."""
    found = fetch(request, pk)
    if found.is_void:
        raise Refused(f"账单 {found.number} 已作废，没有收费通知单。")
    return respond(request, "members/bills/print.html", bill=found, dues_account=settings.DUES_ACCOUNT)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_issue_bills)
@confirmed(posts_only=True)
def void(request, pk):
    found = fetch(request, pk)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.void(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"账单 {found.number} 已作废，并通知了单位。")
        return go(request, found)
    warning = domain.obstacle(found) or f"作废后不再催缴，不能恢复；{found.title}可以另出一份。"
    above = {"label": found.number, "url": found.get_absolute_url()}
    title = f"作废账单 {found.number}：{found.payer_name}"
    return respond(
        request, FORM, form=form, title=title, submit="作废", kind="danger", above=above, warning=warning
    )


def _creating(request, organization, form, verb, *, title, said):
    """Both forms that make a bill for one unit."""
    if request.method == "POST" and form.is_valid():
        try:
            made = verb(organization, by=request.user, **form.cleaned_data)
        except Refused as refused:
            if refused.status != 422:
                raise
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, f"{said} {made.number}，并通知了单位。")
            return go(request, made)
    above = {"label": organization.name, "url": bill_rows.dues_page(organization)}
    return respond(
        request, FORM, form=form, title=f"{title}：{organization.name}", submit="出账", above=above
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_issue_bills)
@idempotent
def issue(request, pk):
    """One bill beside the run, for a unit that joined after it."""
    today = localdate()
    form = BillForm(request.POST or None, initial={"year": today.year, "on": today})
    return _creating(
        request, fetch_unit(request, pk), form, domain.issue, title="单独出会费账单", said="会费账单是"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_issue_bills)
@idempotent
def charge(request, pk):
    """A charge that is no dues: training, services; it gets an invoice."""
    today = localdate()
    form = ChargeForm(request.POST or None, initial={"on": today, "due_on": today + timedelta(days=30)})
    return _creating(
        request, fetch_unit(request, pk), form, domain.issue_other, title="其他收费", said="已出账单"
    )
