"""Waivers: asked for by the unit, listed for those who decide, decided with the basis of 会长办公会."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.listing import PAGE_SIZE
from association.web import go, idempotent, require, respond, signed_in
from members import permissions, receivables
from members.domain import waivers as domain
from members.forms.paying import WaiverDecisionForm, WaiverForm, show_again
from members.models import Waiver
from members.views.bill_actions import fetch_bill, fetch_of_bill
from members.views.organizations import ask
from members.views.paying import form_page


@require_safe
@require(permissions.can_see_waivers)
def waivers(request):
    """Requests that wait, the oldest first, or those that were settled, the latest first."""
    settled = request.GET.get("settled") == "1"
    found = receivables.waivers_waiting()
    if settled:
        found = Waiver.objects.filter(settled_at__isnull=False).order_by("-settled_at", "-pk")
        found = found.select_related("bill__organization", "filed_by", "settled_by")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    tabs = [
        {"label": "待决定", "url": request.path, "current": not settled},
        {"label": "已办结", "url": f"{request.path}?settled=1", "current": settled},
    ]
    return respond(request, "members/paying/waivers.html", page=page, tabs=tabs, settled=settled)


def fetch_waiver(request, pk) -> Waiver:
    """A request of a unit that the person may know of, else 404."""
    return fetch_of_bill(request, Waiver.objects.select_related("filed_by", "settled_by"), pk)


def _page(request, found, form=None, *, status=0):
    decides = found.is_pending and permissions.decides_waiver(request.user, found)
    withdraws = found.is_pending and permissions.can_pay_for(request.user, found.bill.organization)
    form = (form or WaiverDecisionForm()) if decides else None
    context = {"waiver": found, "bill": found.bill, "form": form, "withdraws": withdraws}
    context["obstacle"] = domain.obstacle(found.bill) if found.is_pending else ""
    context["sees_dues"] = permissions.can_see_dues_of(request.user, found.bill.organization)
    return respond(request, "members/paying/waiver.html", status=status, **context)


@require_safe
@require(signed_in)
def waiver(request, pk):
    found = fetch_waiver(request, pk)
    organization = found.bill.organization
    ask(permissions.can_see_waivers(request.user) or permissions.can_see_dues_of(request.user, organization))
    return _page(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def waiver_ask(request, pk):
    bill = fetch_bill(request, pk)
    ask(permissions.can_pay_for(request.user, bill.organization))
    form = WaiverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = domain.ask(bill, by=request.user, **form.cleaned_data)
        except Refused as refused:
            show_again(form, refused)
            return form_page(request, form, bill, "申请减免", status=refused.status)
        messages.success(request, "已提交减免申请，会长办公会决定后通知你。")
        return go(request, "members:waiver", asked.pk)
    return form_page(request, form, bill, "申请减免", obstacle=domain.obstacle(bill))


@require_POST
@require(signed_in)
def waiver_withdraw(request, pk):
    found = fetch_waiver(request, pk)
    ask(permissions.can_pay_for(request.user, found.bill.organization))
    domain.withdraw(found, by=request.user)
    messages.success(request, "已撤回减免申请。")
    return go(request, "members:bill", found.bill_id)


@require_POST
@require(permissions.can_decide_waivers)
def waiver_decide(request, pk):
    found = fetch_waiver(request, pk)
    form = WaiverDecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    accept = form.cleaned_data["choice"] == "accept"
    domain.decide(found, by=request.user, accept=accept, basis=form.cleaned_data["basis"])
    messages.success(request, "已登记会长办公会的决定，已通知单位。")
    return go(request, "members:waiver", found.pk)
