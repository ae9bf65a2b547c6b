"""Transfer slips: filed by the unit on its phone, replaced or withdrawn while they wait, checked by the treasurer."""

from django.contrib import messages
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.domain.editing import Conflict
from association.errors import Refused
from association.limits import limited
from association.money import yuan_of
from association.web import confirmed, go, idempotent, rebase, require, respond, signed_in
from members import permissions
from members.domain import slips as domain
from members.forms.paying import RejectForm, SlipCheckForm, SlipForm, show_again
from members.models import PaymentSlip
from members.views.bill_actions import ask_dues, fetch_bill, fetch_of_bill
from members.views.organizations import ask
from members.views.paying import file_of, form_page

LIMIT = {"per_person": "60/10m", "per_address": "300/10m"}


def fetch_slip(request, pk) -> PaymentSlip:
    """A slip of a unit that the person may know of, else 404."""
    return fetch_of_bill(request, PaymentSlip.objects.select_related("filed_by", "settled_by"), pk)


def _page(request, slip, check=None, reject=None, *, status=0):
    """One slip: for its unit to follow, for the treasurer to check."""
    bill = slip.bill
    checks = slip.is_pending and permissions.checks_slip(request.user, slip)
    if checks and check is None:
        initial = {
            "seen": bill.paid,
            "version": slip.version,
            "amount": min(slip.amount, bill.outstanding) or None,
        }
        initial |= {"paid_on": slip.paid_on, "payer_name": slip.payer_name}
        check = SlipCheckForm(initial=initial)
    if checks and reject is None:
        reject = RejectForm(initial={"version": slip.version}, auto_id="reject_%s")
    return respond(
        request,
        "members/paying/slip.html",
        status=status,
        slip=slip,
        bill=bill,
        file=file_of(slip),
        check=check if checks else None,
        reject=reject if checks else None,
        changes=slip.is_pending and permissions.can_pay_for(request.user, bill.organization),
    )


@require_safe
@require(signed_in)
def slip(request, pk):
    found = fetch_slip(request, pk)
    ask_dues(request, found.bill)
    return _page(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@limited("upload", methods=["POST"], **LIMIT)
@idempotent
def slip_add(request, pk):
    bill = fetch_bill(request, pk)
    ask(permissions.can_pay_for(request.user, bill.organization))
    initial = {"amount": bill.outstanding or None, "paid_on": localdate(), "payer_name": bill.payer_name}
    form = SlipForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            upload = form.cleaned_data["upload"]
            filed = domain.file_slip(bill, by=request.user, upload=upload, **form.facts)
        except Refused as refused:
            show_again(form, refused)
            return form_page(request, form, bill, "提交凭证", status=refused.status)
        messages.success(request, f"已提交 {yuan_of(filed.amount)} 的凭证，财务核对后通知你。")
        return go(request, "members:slip", filed.pk)
    return form_page(request, form, bill, "提交凭证")


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@limited("upload", methods=["POST"], **LIMIT)
def slip_replace(request, pk):
    found = fetch_slip(request, pk)
    ask(permissions.can_pay_for(request.user, found.bill.organization))
    initial = {name: getattr(found, name) for name in ("amount", "paid_on", "payer_name", "note", "version")}
    form = SlipForm(request.POST or None, request.FILES or None, initial=initial, replacing=True)
    if request.method == "POST" and form.is_valid():
        facts = {"version": form.cleaned_data["version"] or 0, "upload": form.cleaned_data["upload"]}
        try:
            domain.replace_slip(found, by=request.user, changes=form.facts, **facts)
        except Conflict as conflict:
            rebase(form, conflict)
            conflict.differences = [_in_yuan(*row) for row in conflict.differences]
            return form_page(request, form, found.bill, "替换凭证", status=409, conflict=conflict)
        except Refused as refused:
            show_again(form, refused)
            return form_page(request, form, found.bill, "替换凭证", status=refused.status)
        messages.success(request, "已替换凭证，财务按新的核对。")
        return go(request, "members:slip", found.pk)
    return form_page(request, form, found.bill, "替换凭证")


def _in_yuan(label, *values):
    """A difference as the page shows it: amounts are kept in 分."""
    if label == PaymentSlip._meta.get_field("amount").verbose_name:
        return ("转账金额", *map(yuan_of, values))
    return (label, *values)


@require_POST
@require(signed_in)
def slip_withdraw(request, pk):
    found = fetch_slip(request, pk)
    ask(permissions.can_pay_for(request.user, found.bill.organization))
    domain.withdraw(found, by=request.user)
    messages.success(request, "已撤回凭证，可以重新上传。")
    return go(request, "members:bill", found.bill_id)


@require_POST
@require(permissions.can_confirm_payments)
@confirmed
@idempotent
def slip_accept(request, pk):
    found = fetch_slip(request, pk)
    form = SlipCheckForm(request.POST)
    if not form.is_valid():
        return _page(request, found, check=form, status=422)
    try:
        payment = domain.accept(found, by=request.user, **form.cleaned_data)
    except Refused as refused:
        found = fetch_slip(request, pk)
        if not (found.is_pending and permissions.checks_slip(request.user, found)):
            raise
        show_again(form, refused, seen=found.bill.paid, version=found.version)
        return _page(request, found, check=form, status=refused.status)
    messages.success(request, f"已确认到账 {yuan_of(payment.amount)}，已通知单位。")
    return go(request, "members:paying")


@require_POST
@require(permissions.can_confirm_payments)
def slip_reject(request, pk):
    found = fetch_slip(request, pk)
    form = RejectForm(request.POST, auto_id="reject_%s")
    if not form.is_valid():
        return _page(request, found, reject=form, status=422)
    domain.reject(found, by=request.user, **form.cleaned_data)
    messages.success(request, "已退回凭证，已通知单位。")
    return go(request, "members:paying")
