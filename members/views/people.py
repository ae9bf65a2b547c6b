"""A person's own side of their data: the policy, separate consents, requests and the copy."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association import privacy
from association.formats import chinese_date
from association.web import confirmed, go, idempotent, require, respond, signed_in
from members.choices import Purpose
from members.consents import AGREED, SEPARATE
from members.domain import consents
from members.domain import person_requests as domain
from members.forms.people import RequestForm
from members.models import Consent, PersonRequest

MINE, PAGE_SIZE = "members:my_requests", 20


@require_safe
@require(signed_in)
def policy(request):
    """What is new in the policy in force, and whether the person has agreed to it."""
    version = privacy.in_force(localdate())
    agreed = Consent.objects.filter(user=request.user, purpose=Purpose.POLICY, given=True)
    return respond(
        request,
        "members/people/policy.html",
        version=version,
        agreed=agreed.filter(version=version.key).order_by("pk").first(),
        earlier=agreed.exclude(version=version.key).order_by("-pk")[:20],
    )


@require_POST
@require(signed_in)
def policy_agree(request):
    consent = consents.agree(request.user, key=request.POST.get("version", ""))
    request.session[AGREED] = consent.version
    messages.success(request, "已记下你的同意。")
    return go(request, "association:today")


def _purpose(value) -> Purpose:
    if value not in set(SEPARATE):
        raise Http404
    return Purpose(value)


@require_POST
@require(signed_in)
def consent_give(request, purpose):
    consents.give(request.user, _purpose(purpose))
    messages.success(request, "已记下你的同意，随时可以撤回。")
    return go(request, "association:about_me")


@require_POST
@require(signed_in)
def consent_withdraw(request, purpose):
    consents.withdraw(request.user, _purpose(purpose))
    messages.success(request, "已撤回同意。")
    return go(request, "association:about_me")


@require_safe
@require(signed_in)
def my_requests(request):
    found = PersonRequest.objects.filter(user=request.user).order_by("-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(request, "members/people/mine.html", page=page, kept_days=domain.COPY_KEPT.days)


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def request_file(request):
    form = RequestForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        filed = domain.file(request.user, **form.cleaned_data)
        day = chinese_date(filed.due_on)
        messages.success(request, f"已收到，编号 {filed.number}，协会在{day}前办理。")
        return go(request, MINE)
    return respond(request, "members/people/file.html", form=form)


def _own(request, pk):
    return get_object_or_404(PersonRequest, pk=pk, user=request.user)


@require_POST
@require(signed_in)
def request_withdraw(request, pk):
    withdrawn = domain.withdraw(_own(request, pk), by=request.user)
    messages.success(request, f"已撤回 {withdrawn.number}。")
    return go(request, MINE)


@require_POST
@require(signed_in)
@confirmed
def request_copy(request, pk):
    """The finished copy, for the person it is about and for nobody else."""
    asked = domain.note_download(_own(request, pk), by=request.user)
    return FileResponse(
        asked.file.open("rb"),
        as_attachment=True,
        filename=f"个人信息_{asked.number}.zip",
        content_type="application/zip",
        headers={"Cache-Control": "no-store, private"},
    )
