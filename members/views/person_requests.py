"""The desk of those who handle what people ask about their data, and the auditor's log of looks."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from association.errors import Refused
from association.models import Activity
from association.web import confirmed, go, require, respond
from members import permissions
from members.domain import erasures
from members.domain import person_requests as domain
from members.forms.people import ReasonForm, RefuseForm, VerifyForm, ViewsFilter
from members.models import Contact, ContactView, Organization, PersonRequest

PAGE, PAGE_SIZE = "members:person_request", 20


@require_safe
@require(permissions.can_see_person_requests)
def person_requests(request):
    """What waits, the earliest deadline first, or what has been settled, the latest first."""
    settled = request.GET.get("settled") == "1"
    found = PersonRequest.objects.select_related("user", "verified_by", "settled_by")
    found = found.settled().order_by("-settled_at", "-pk") if settled else found.open()
    address = reverse("members:person_requests")
    tabs = [
        {"label": "待办理", "url": address, "current": not settled},
        {"label": "已办结", "url": f"{address}?settled=1", "current": settled},
    ]
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(request, "members/people/requests.html", page=page, tabs=tabs, settled=settled)


def _fetch(pk):
    rows = PersonRequest.objects.select_related("user", "contact", "verified_by", "settled_by")
    return get_object_or_404(rows, pk=pk)


def _page(request, asked, *, status=0, refusal="", **forms):
    """One request with the next steps of those who may take them; nobody those of their own."""
    handles = permissions.can_handle_person_requests(request.user) and asked.user_id != request.user.pk
    contact = Contact.objects.filter(user=asked.user_id).first()
    units = Organization.objects.filter(contact_roles__contact=contact).distinct() if contact else []
    wants_erasure = handles and asked.is_erasure and asked.is_open
    return respond(
        request,
        "members/people/request.html",
        status=status,
        asked=asked,
        contact=contact,
        units=units,
        handles=handles,
        verified_by_me=asked.verified_by_id == request.user.pk,
        obstacles=erasures.obstacles(asked.user, contact) if wants_erasure else [],
        refusal=refusal,
        activities=Activity.objects.about(asked).select_related("by")[:20],
        **{"verify": VerifyForm(), "reason": ReasonForm(prefix="done"), "refuse": RefuseForm(prefix="no")}
        | forms,
    )


@require_safe
@require(permissions.can_see_person_requests)
def person_request(request, pk):
    return _page(request, _fetch(pk))


def _try(request, asked, verb, done, **forms):
    """Carry out a step; what the person may mend, or what changed meanwhile, stands above the page."""
    form = next(iter(forms.values()))
    if not form.is_valid():
        return _page(request, asked, status=422, **forms)
    try:
        verb(asked, by=request.user, **form.cleaned_data)
    except Refused as refused:
        return _page(request, _fetch(asked.pk), status=refused.status, refusal=refused.sentence)
    messages.success(request, done)
    return go(request, PAGE, asked.pk)


@require_POST
@require(permissions.can_handle_person_requests)
def request_verify(request, pk):
    return _try(request, _fetch(pk), domain.verify, "已记下，可以办理了。", verify=VerifyForm(request.POST))


@require_POST
@require(permissions.can_handle_person_requests)
def request_complete(request, pk):
    form = ReasonForm(request.POST, prefix="done")
    return _try(request, _fetch(pk), domain.complete, "已办结，本人会收到通知。", reason=form)


@require_POST
@require(permissions.can_handle_person_requests)
def request_refuse(request, pk):
    form = RefuseForm(request.POST, prefix="no")
    return _try(request, _fetch(pk), domain.refuse, "已拒绝，理由已告知本人。", refuse=form)


@require_POST
@require(permissions.can_handle_person_requests)
def request_remake(request, pk):
    domain.make_again(_fetch(pk), by=request.user)
    messages.success(request, "正在重新生成，完成后自动办结。")
    return go(request, PAGE, pk)


@require_POST
@require(permissions.can_handle_person_requests)
@confirmed
def request_erase(request, pk):
    """The second person's word: nothing brings the data back after it."""
    asked = _fetch(pk)
    try:
        erasures.erase(asked, by=request.user)
    except Refused as refused:
        return _page(request, _fetch(pk), status=refused.status, refusal=refused.sentence)
    messages.success(request, f"{asked.number} 已完成：姓名和联系方式已从记录、历史和发送记录中删除。")
    return go(request, PAGE, pk)


@require_safe
@require(permissions.can_see_contact_views)
def contact_views(request):
    """Who was shown whose full number or address, newest first; by day and by person."""
    form = ViewsFilter(request.GET)
    found = ContactView.objects.select_related("contact", "viewer")
    if form.is_valid():
        if day := form.cleaned_data["day"]:
            found = found.filter(day=day)
        if name := form.cleaned_data["q"]:
            found = found.filter(Q(contact__name__icontains=name) | Q(viewer__full_name__icontains=name))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(request, "members/people/views.html", page=page, form=form, status=200)
