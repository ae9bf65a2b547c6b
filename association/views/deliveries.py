"""The log of letters and text messages: what became of each, and sending a failed one again."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from association import notices, permissions
from association.choices import AddressHealth, DeliveryState
from association.columns import masked
from association.domain import outbox as domain
from association.forms.notices import DeliveriesForm
from association.listing import PAGE_SIZE
from association.models import Delivery
from association.web import go, require, respond

TONES = {
    DeliveryState.QUEUED: "info",
    DeliveryState.HELD: "off",
    DeliveryState.SENDING: "info",
    DeliveryState.SENT: "good",
    DeliveryState.FAILED: "late",
}


@require_safe
@require(permissions.can_see_deliveries)
def deliveries(request):
    """Newest first. The text of a code is shown to nobody, an address in full only to those who may see it."""
    form = DeliveriesForm(request.GET)
    found = Delivery.objects.select_related("user").defer("text", "html").order_by("-created_at", "-pk")
    if form.is_valid():
        found = _chosen(found, form.cleaned_data, request.user)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        _prepare(row, request.user)
    return respond(
        request,
        "association/deliveries/list.html",
        status=200,
        page=page,
        form=form,
        pills=_pills(request, form) if form.is_valid() else [],
    )


def _chosen(found, chosen, user):
    exact = {name: chosen[name] for name in ("state", "channel", "kind") if chosen[name]}
    found = found.filter(**exact)
    if text := chosen["q"]:
        words = Q(user__full_name__icontains=text) | Q(subject__icontains=text)
        # Who may not read an address must not find it by guessing either.
        found = found.filter(
            words | Q(address=text.lower()) if permissions.can_read_deliveries(user) else words
        )
    return found


def _pills(request, form):
    pills = []
    for name, label, text in form.words():
        query = request.GET.copy()
        query.pop(name), query.pop("page", None)
        pills.append({"label": label, "text": text, "url": f"{request.path}?{query.urlencode()}"})
    return pills


def _prepare(row, user):
    """What the page shows of a delivery to this person."""
    row.shown_address = row.address if permissions.can_read_deliveries(user) else masked(row.address)
    row.label = notices.label_of(row.kind) or ("验证码或链接" if row.secret else "单独发送")
    subject = row.subject.removeprefix(f"【{settings.ASSOCIATION_NAME}】")
    row.title = row.label if row.secret else subject or row.label
    row.note = "内容不留存" if row.secret else row.label
    row.tone = TONES[row.state]
    return row


@require_safe
@require(permissions.can_see_deliveries)
def delivery(request, pk):
    """One letter or text message with its text, and what is known against its address."""
    row = get_object_or_404(Delivery.objects.select_related("user"), pk=pk)
    against = domain.address_state(row)
    return respond(
        request,
        "association/deliveries/detail.html",
        row=_prepare(row, request.user),
        against=against,
        against_tone="late" if against and against.state == AddressHealth.BLOCKED else "warn",
        may_read=permissions.can_read_deliveries(request.user) and not row.secret,
        may_resend=row.state == DeliveryState.FAILED and bool(row.text) and not row.secret and not against,
    )


@require_POST
@require(permissions.can_see_deliveries)
def delivery_resend(request, pk):
    row = domain.resend(get_object_or_404(Delivery, pk=pk), by=request.user)
    messages.success(request, f"已重新列入待发：{row.get_channel_display()}“{row.subject or '短信'}”。")
    return go(request, "association:delivery", pk)


@require_POST
@require(permissions.can_see_deliveries)
def delivery_clear(request, pk):
    domain.clear_address(get_object_or_404(Delivery, pk=pk), by=request.user)
    messages.success(request, "已解除这个地址的标记，以后的通知会照常发送。")
    return go(request, "association:delivery", pk)
