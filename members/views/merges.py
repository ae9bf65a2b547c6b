"""Merging two records of one unit: both sides beside each other, the second person's word, taking it back."""

import functools

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.listing import PAGE_SIZE
from association.web import confirmed, go, require, respond
from members import permissions
from members.domain import merges as domain
from members.forms.merges import BasisForm, ProposeForm, SearchForm
from members.models import Merge, Organization
from members.views import merge_rows

DETAIL = "members/merges/detail.html"


def fetch(pk) -> Merge:
    people = ("proposed_by", "decided_by", "undo_asked_by", "undone_by")
    return get_object_or_404(Merge.objects.select_related("kept", "merged", *people), pk=pk)


# --- what has become of a merged unit ---------------------------------------------------------------------------


def follow_merge(view):
    """Decorate a page of a unit: of one that was merged into another it says where it went, instead of 404."""

    @functools.wraps(view)
    def look(request, pk, *args, **kwargs):
        try:
            return view(request, pk, *args, **kwargs)
        except Http404:
            gone = Organization.everything.filter(pk=pk, merged_into__isnull=False).first()
            if gone is None or request.method not in ("GET", "HEAD"):
                raise
            return _gone(request, gone)

    return look


def _gone(request, organization):
    kept = get_object_or_404(Organization.objects.visible_to(request.user), pk=organization.merged_into_id)
    merge = Merge.objects.filter(merged=organization, state__in=domain.STANDING).first()
    context = {"organization": organization, "kept": kept, "merge": merge}
    sees_merge = permissions.can_propose_merge(request.user)
    return respond(request, "members/merges/gone.html", sees_merge=sees_merge, **context)


# --- propose ----------------------------------------------------------------------------------------------------


@require_safe
@require(permissions.can_propose_merge)
def choose(request, pk):
    """Find the other record of a unit."""
    kept = get_object_or_404(Organization, pk=pk)
    form = SearchForm(request.GET or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = merge_rows.others(kept, text)
    return respond(
        request, "members/merges/choose.html", organization=kept, search=form, text=text, found=found
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_propose_merge)
@confirmed
def propose(request, pk, other):
    kept, merged = get_object_or_404(Organization, pk=pk), get_object_or_404(Organization, pk=other)
    if kept == merged:
        raise Http404
    form = ProposeForm(request.POST or None, kept=kept, merged=merged, user=request.user)
    if request.method == "POST" and form.is_valid():
        merge = domain.propose(
            kept,
            merged,
            by=request.user,
            basis=form.cleaned_data["basis"],
            picks=form.picks,
            versions=form.versions,
        )
        messages.success(request, "已提出合并，等另一位同事确认；确认之前不改动任何数据。")
        return go(request, "members:merge", merge.pk)
    sides = merge_rows.sides(kept, merged)
    return respond(request, "members/merges/propose.html", form=form, kept=kept, merged=merged, **sides)


# --- the record of a merge --------------------------------------------------------------------------------------


@require_safe
@require(permissions.can_propose_merge)
def merges(request):
    found = Merge.objects.defer("effects").select_related("kept", "merged", "proposed_by", "decided_by")
    page = Paginator(found.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(request, "members/merges/list.html", page=page)


@require_safe
@require(permissions.can_propose_merge)
def merge(request, pk):
    return _detail(request, fetch(pk), BasisForm(None))


def _detail(request, found, form):
    may_confirm = found.is_pending and permissions.can_confirm_merge(request.user, found)
    rows = merge_rows.record(found, request.user)
    return respond(request, DETAIL, merge=found, form=form, may_confirm=may_confirm, **rows)


def _second_person(request, pk):
    found = fetch(pk)
    if found.is_pending and not permissions.can_confirm_merge(request.user, found):
        raise PermissionDenied
    return found


@require_POST
@require(permissions.can_edit_members)
@confirmed
def confirm(request, pk):
    done = domain.confirm(_second_person(request, pk), by=request.user)
    messages.success(request, f"{done.merged.name}已并入{done.kept.name}。")
    return go(request, "members:merge", done.pk)


@require_POST
@require(permissions.can_propose_merge)
def decline(request, pk):
    found, form = fetch(pk), BasisForm(request.POST)
    if not form.is_valid():
        return _detail(request, found, form)
    domain.decline(found, by=request.user, basis=form.cleaned_data["basis"])
    messages.success(request, "已记下，两家单位没有合并。")
    return go(request, "members:merge", found.pk)


@require_POST
@require(permissions.can_propose_merge)
@confirmed
def ask_undo(request, pk):
    found, form = fetch(pk), BasisForm(request.POST)
    if not form.is_valid():
        return _detail(request, found, form)
    domain.ask_undo(found, by=request.user, basis=form.cleaned_data["basis"])
    messages.success(request, "已提出撤销合并，等另一位同事确认。")
    return go(request, "members:merge", found.pk)


@require_POST
@require(permissions.can_edit_members)
@confirmed
def undo(request, pk):
    undone = domain.undo(_second_person(request, pk), by=request.user)
    messages.success(request, f"合并已撤销，{undone.merged.name}与{undone.kept.name}恢复为合并之前的样子。")
    return go(request, "members:merge", undone.pk)


@require_POST
@require(permissions.can_propose_merge)
def refuse_undo(request, pk):
    found = domain.refuse_undo(fetch(pk), by=request.user)
    messages.success(request, "已记下，合并照旧。")
    return go(request, "members:merge", found.pk)
