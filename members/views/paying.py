"""Money on bills: what waits for the treasurer, what came in and went back, and a unit's own page of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from association.errors import Refused
from association.listing import PAGE_SIZE
from association.models import Attachment
from association.money import yuan_of
from association.web import confirmed, go, idempotent, require, respond
from members import permissions, receivables
from members.domain import payments as domain
from members.forms.paying import PaymentForm, RefundForm, SearchForm, show_again
from members.models import Payment
from members.views.bill_actions import fetch_bill, fetch_of_bill

FORM_PAGE = "members/paying/form.html"
TABS = [("slips", "待核对凭证"), ("bills", "未缴清账单"), ("booked", "到账记录")]


@require_safe
@require(permissions.can_see_dues)
def paying(request):
    """Slips to be checked; bills on which money may be confirmed without one; everything that was booked."""
    tab = request.GET.get("tab") if request.GET.get("tab") in dict(TABS) else "slips"
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = {
        "slips": receivables.slips_waiting,
        "bills": lambda: receivables.bills_to_settle(text),
        "booked": receivables.payments_booked,
    }[tab]()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    if tab == "slips":
        page.object_list = receivables.with_files(page.object_list)
    tabs = [
        {"label": label, "url": f"{request.path}?tab={key}", "current": key == tab} for key, label in TABS
    ]
    confirms = permissions.can_confirm_payments(request.user)
    context = {"page": page, "tab": tab, "tabs": tabs, "search": form, "text": text, "confirms": confirms}
    return respond(request, "members/paying/list.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_confirm_payments)
@confirmed(posts_only=True)
@idempotent
def payment_add(request, pk):
    """Confirm money that came in for a bill without a slip: cash, or a transfer seen in the bank's list."""
    bill = fetch_bill(request, pk)
    initial = {"seen": bill.paid, "amount": bill.outstanding, "payer_name": bill.payer_name}
    form = PaymentForm(request.POST or None, initial=initial | {"paid_on": localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            payment = domain.confirm(bill, by=request.user, **form.cleaned_data)
        except Refused as refused:
            return refuse_page(request, form, bill, "确认到账", refused)
        messages.success(request, f"已确认到账 {yuan_of(payment.amount)}，已通知单位。")
        return go(request, "members:bill", bill.pk)
    return form_page(request, form, bill, "确认到账")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_confirm_payments)
@confirmed(posts_only=True)
@idempotent
def payment_refund(request, pk):
    payment = fetch_of_bill(request, Payment.objects.all(), pk)
    left = domain.refundable(payment)
    initial = {"seen": left, "amount": left or None, "paid_on": localdate()}
    form = RefundForm(request.POST or None, initial=initial)
    bill, context = payment.bill, {"refunded": payment, "left": left}
    if request.method == "POST" and form.is_valid():
        try:
            back = domain.refund(payment, by=request.user, **form.cleaned_data)
        except Refused as refused:
            show_again(form, refused, seen=domain.refundable(payment))
            return form_page(request, form, bill, "登记退款", status=refused.status, **context)
        messages.success(request, f"已登记退款 {yuan_of(-back.amount)}，已通知单位。")
        return go(request, "members:bill", bill.pk)
    return form_page(request, form, bill, "登记退款", **context)


def refuse_page(request, form, bill, submit, refused, **context):
    """The form of a payment again with the refusal on top; it now answers to what has been paid by now."""
    bill.refresh_from_db(fields=["paid"])
    show_again(form, refused, seen=bill.paid)
    return form_page(request, form, bill, submit, status=refused.status, **context)


def form_page(request, form, bill, submit, *, status=0, back="", **context):
    """The page of a form about a bill, with what the bill is beside it."""
    back = back or reverse("members:bill", args=[bill.pk])
    context |= {"form": form, "bill": bill, "submit": submit, "title": submit, "back": back}
    return respond(request, FORM_PAGE, status=status, **context)


def file_of(slip) -> Attachment | None:
    """What was uploaded with a slip."""
    return Attachment.objects.about(slip).prefetch_related("files").first()
