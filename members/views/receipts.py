"""Receipts: what waits for one, recording and voiding them, the register and its file."""

from io import BytesIO
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.exchange.writing import Column, write_workbook
from association.limits import limited
from association.listing import PAGE_SIZE
from association.web import confirmed, go, idempotent, require, respond, signed_in
from members import permissions, receivables
from members.choices import BillKind, Grade
from members.domain import receipts as domain
from members.forms.paying import show_again
from members.forms.receipts import ReceiptForm, RegisterForm, VoidForm
from members.models import Organization, Receipt
from members.views.bill_actions import ask_dues, fetch_bill, fetch_of_bill
from members.views.paying import form_page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 20_000
COLUMNS = [
    Column("票据名称"), Column("票据代码", "code"), Column("票据号码", "code"), Column("校验码", "code"), Column("开票日期", "date"),
    Column("交款人", width=30), Column("交款人统一社会信用代码", "code"), Column("项目"), Column("金额（元）", "decimal"),
    Column("金额（大写）", width=28), Column("开票人"), Column("复核人"), Column("账单号", "code"), Column("作废原因"),
]  # fmt: skip


# --- the register ---------------------------------------------------------------------------------------------


def _chosen(form):
    """Receipts by the conditions of the register's form; all of them when one is wrong."""
    found = Receipt.objects.select_related("bill__organization")
    if not form.is_valid():
        return found
    chosen = form.cleaned_data
    if chosen["year"]:
        found = found.filter(issued_on__year=chosen["year"])
    if chosen["kind"]:
        found = found.filter(kind=chosen["kind"])
    if chosen["void"]:
        found = found.filter(voided_at__isnull=False)
    if text := chosen["q"]:
        units = Organization.objects.matching(text).values("pk")
        words = Q(number__icontains=text) | Q(payer_name__icontains=text) | Q(bill__organization__in=units)
        found = found.filter(words)
    return found


def _pills(request, form):
    for name, label, text in form.words() if form.is_valid() else ():
        query = request.GET.copy()
        query.pop(name), query.pop("page", None)
        yield {"label": label, "text": text, "url": f"{request.path}?{query.urlencode()}"}


@require_safe
@require(permissions.can_see_dues)
def receipts(request):
    form = RegisterForm(request.GET)
    found = _chosen(form)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(
        request,
        "members/receipts/list.html",
        status=200,
        page=page,
        form=form,
        pills=list(_pills(request, form)),
        total=found.standing().total(),
        exports=permissions.can_record_receipts(request.user),
    )


@require_POST
@require(permissions.can_record_receipts)
@limited("export", per_person="30/10m", per_address="100/10m")
@confirmed
def receipts_export(request):
    """The register with the conditions of the list as a workbook."""
    form = RegisterForm(request.POST)
    found = list(_chosen(form)[: MOST + 1])
    if len(found) > MOST:
        raise Refused(f"超过 {MOST:,} 张票据，请先按年度筛选再导出。", status=422)
    conditions = "；".join(f"{label}：{text}" for _, label, text in (form.words() if form.is_valid() else ()))
    domain.register_taken_out(by=request.user, number=len(found), conditions=conditions)
    buffer = BytesIO()
    notes = [("条件", conditions or "全部"), ("导出人", request.user.full_name)]
    write_workbook(buffer, sheet="票据登记簿", columns=COLUMNS, rows=map(domain.as_row, found), notes=notes)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    name = f"票据登记簿_{localdate():%Y%m%d}.xlsx"
    response["Content-Disposition"] = (
        f"attachment; filename=\"receipts.xlsx\"; filename*=UTF-8''{quote(name)}"
    )
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@require(permissions.can_record_receipts)
def receipts_due(request):
    """Bills with money that no receipt covers yet, the longest waiting first."""
    page = Paginator(receivables.bills_awaiting_receipt(), PAGE_SIZE).get_page(request.GET.get("page"))
    today = localdate()
    for bill in page:
        bill.receipt_due = receivables.receipt_due(localdate(bill.since))
        bill.is_late = bill.receipt_due < today
        bill.receipt_kind = domain.kinds_for(bill)[0].label
    return respond(request, "members/receipts/due.html", page=page)


# --- one receipt ----------------------------------------------------------------------------------------------


def _initial(bill, user):
    grade = f"（{Grade(bill.grade).label}）" if bill.kind == BillKind.DUES and bill.grade is not None else ""
    return {
        "kind": domain.kinds_for(bill)[0], "issued_on": localdate(), "payer_name": bill.payer_name,
        "payer_code": bill.payer_code, "item": f"{bill.title}{grade}", "amount": domain.uncovered(bill) or None,
        "drawer": user.full_name,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_record_receipts)
@idempotent
def receipt_record(request, pk):
    bill = fetch_bill(request, pk)
    form = ReceiptForm(request.POST or None, initial=_initial(bill, request.user))
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.record_receipt(bill, by=request.user, **form.cleaned_data)
        except Refused as refused:
            show_again(form, refused)
            return form_page(request, form, bill, "登记票据", status=refused.status)
        messages.success(request, f"已登记{made.get_kind_display()} {made.number}，已通知单位。")
        return go(request, "members:receipt", made.pk)
    return form_page(request, form, bill, "登记票据", open_amount=domain.uncovered(bill))


def _page(request, found, form=None, *, status=0):
    voids = not found.is_void and permissions.can_record_receipts(request.user)
    context = {"receipt": found, "bill": found.bill, "form": (form or VoidForm()) if voids else None}
    return respond(request, "members/receipts/detail.html", status=status, **context)


@require_safe
@require(signed_in)
def receipt(request, pk):
    found = fetch_of_bill(
        request, Receipt.objects.select_related("recorded_by", "voided_by", "bill__tier"), pk
    )
    ask_dues(request, found.bill)
    return _page(request, found)


@require_POST
@require(permissions.can_record_receipts)
def receipt_void(request, pk):
    found = fetch_of_bill(request, Receipt.objects.select_related("recorded_by", "voided_by"), pk)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    domain.void_receipt(found, by=request.user, **form.cleaned_data)
    messages.success(request, f"已作废票据 {found.number}，这笔款可以另开。")
    return go(request, reverse("members:receipt", args=[found.pk]))
