"""Pairs of units that look like one: the list, the search, the decision."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from association.listing import PAGE_SIZE
from association.web import go, require, respond
from members import permissions
from members.choices import PairState
from members.domain import duplicates as domain
from members.models import DuplicatePair, DuplicateSearch, Membership

PAGE = "members/duplicates/list.html"


def fetch(pk) -> DuplicatePair:
    return get_object_or_404(DuplicatePair.objects.select_related("first", "second"), pk=pk)


def _tabs(state, counts):
    return [
        {"label": label, "url": f"?state={value}", "current": value == state, "count": counts.get(value, 0)}
        for value, label in PairState.choices
    ]


def _listed(state):
    """Pairs in a state; those merged are listed although one of each has gone into the other."""
    if state == PairState.MERGED:
        return DuplicatePair.objects.filter(state=state).select_related("first", "second", "decided_by")
    return (
        DuplicatePair.objects.standing().filter(state=state).select_related("first", "second", "decided_by")
    )


@require_safe
@require(permissions.can_find_duplicates)
def duplicates(request):
    state = request.GET.get("state")
    state = state if state in PairState.values else PairState.OPEN
    pairs = _listed(state).order_by("-score", "pk")
    page = Paginator(pairs, PAGE_SIZE).get_page(request.GET.get("page"))
    _add_membership(page)
    counts = {value: _listed(value).count() for value in PairState.values}
    search = DuplicateSearch.objects.select_related("job", "started_by").order_by("-pk").first()
    return respond(
        request, PAGE, page=page, state=state, tabs=_tabs(state, counts), search=search, counts=counts
    )


def _add_membership(page):
    """Say beside each unit whether it is a member."""
    units = [unit for pair in page for unit in (pair.first, pair.second)]
    current = Membership.objects.current().filter(organization__in=units)
    members = set(current.values_list("organization_id", flat=True))
    for unit in units:
        unit.words = "在籍会员" if unit.pk in members else "已退会" if unit.membership_count else "未入会"


@require_POST
@require(permissions.can_find_duplicates)
def search(request):
    domain.start_search(by=request.user)
    return go(request, "members:duplicates")


@require_safe
@require(permissions.can_find_duplicates)
def progress(request):
    """How far the search has come, for the list's own polling; a page of its own leads back to the list."""
    found = DuplicateSearch.objects.select_related("job").order_by("-pk").first()
    if not request.htmx or found is None or not found.is_running:
        return go(request, "members:duplicates")
    return respond(request, "members/duplicates/progress.html", search=found)


@require_POST
@require(permissions.can_find_duplicates)
def dismiss(request, pk):
    pair = domain.dismiss(fetch(pk), by=request.user)
    messages.success(request, f"已记下：{pair.first.name}与{pair.second.name}不是重复，以后不再列出。")
    return go(request, "members:duplicates")


@require_POST
@require(permissions.can_find_duplicates)
def reopen(request, pk):
    pair = domain.reopen(fetch(pk), by=request.user)
    messages.success(request, f"{pair.first.name}与{pair.second.name}已重新列入待核对。")
    return go(request, "members:duplicates")
