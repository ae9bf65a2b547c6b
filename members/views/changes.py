"""Proposed changes of sensitive fields: the list, a unit's page with old and new side by side, the verbs."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.web import go, idempotent, require, respond, signed_in
from members import permissions
from members.domain import profile_changes as domain
from members.forms.changes import RepresentativeForm
from members.models import ProfileChange
from members.views import change_rows
from members.views.organizations import ask, fetch, tab_page

PAGE, PAGE_SIZE = "members:organization_changes", 20


@require_safe
@require(permissions.can_see_changes)
def changes(request):
    """What waits for a decision, the earliest deadline first, or what has been settled, the latest first."""
    settled = request.GET.get("settled") == "1"
    found = change_rows.listed(request.user, settled=settled)
    address = reverse("members:changes")
    tabs = [
        {"label": "待审核", "url": address, "current": not settled},
        {"label": "已办结", "url": f"{address}?settled=1", "current": settled},
    ]
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        row.is_mine = row.is_pending and permissions.decides(request.user, row)
    return respond(request, "members/changes/list.html", page=page, tabs=tabs, settled=settled)


def _page(request, organization, rows=None, *, status=0, refusal=""):
    """A unit's proposals: to decide for those who do, to follow and withdraw for its own people."""
    rows = change_rows.pending(request.user, organization) if rows is None else rows
    return tab_page(
        request,
        organization,
        "changes",
        status=status,
        rows=rows,
        settled=change_rows.settled(request.user, organization),
        decides=any(row.form for row in rows),
        proposes=permissions.can_keep_profile(request.user, organization),
        refusal=refusal,
    )


@require_safe
@require(signed_in)
def organization_changes(request, pk):
    organization = fetch(request, pk)
    ask(permissions.can_see_changes_of(request.user, organization))
    return _page(request, organization)


@require_POST
@require(permissions.can_see_changes)
def decide(request, pk):
    """Every choice made on the page at once: all of them are carried out, or none."""
    organization = fetch(request, pk)
    rows = change_rows.pending(request.user, organization, data=request.POST)
    if not all(row.form.is_valid() for row in rows if row.form):
        return _page(request, organization, rows, status=422)
    decisions = change_rows.decisions(request.POST, rows)
    if not decisions:
        return _page(request, organization, status=422, refusal="还没有选择通过或驳回。")
    try:
        settled = domain.decide(organization, by=request.user, decisions=decisions)
    except Refused as refused:
        again = change_rows.pending(request.user, organization, kept=request.POST)
        return _page(request, organization, again, status=refused.status, refusal=refused.sentence)
    messages.success(request, f"已审核 {len(settled)} 项，结果已通知单位。" if settled else "已审核。")
    return go(request, PAGE, organization.pk)


@require_POST
@require(signed_in)
def withdraw(request, pk):
    change = get_object_or_404(ProfileChange.objects.select_related("organization"), pk=pk)
    organization = fetch(request, change.organization_id)
    ask(permissions.can_keep_profile(request.user, organization))
    domain.withdraw(change, by=request.user)
    messages.success(request, f"已撤回“{change.get_field_display()}”的修改。")
    return go(request, PAGE, organization.pk)


def _mend(form, field, refused):
    """Put what can be mended beside the field; anything else is for the error page."""
    if refused.status != 422:
        raise refused
    form.add_error(field, refused.sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def representative(request, pk):
    organization = fetch(request, pk)
    ask(permissions.can_keep_profile(request.user, organization))
    people = change_rows.candidates(organization)
    form = RepresentativeForm(request.POST or None, request.FILES or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            change = domain.file_representative(organization, by=request.user, **form.cleaned_data)
        except Refused as refused:
            _mend(form, "notice", refused)
        else:
            messages.success(request, change_rows.filed(change))
            return go(request, PAGE, organization.pk)
    present = domain.current_value(organization, "representative")
    context = {"form": form, "organization": organization, "present": present}
    has_post = organization.posts.current().exists()
    return respond(request, "members/changes/representative.html", has_post=has_post, **context)
