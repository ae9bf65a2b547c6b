"""Demand and supply: the market, one's own unit's, the secretariat's list, one posting, writing it."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from association.listing import PAGE_SIZE
from association.web import idempotent, require, respond, settle, signed_in, version_of
from events import permissions
from events.domain import matches as match_domain
from events.domain import postings as domain
from events.forms.matching import MarketForm, PostingForm, PostingsForm
from events.models import Match, Posting
from events.models.posting import units_served
from events.views import matching_rows as rows
from events.views.series_rows import year_asked
from members.permissions import serves_member

FORM = "events/postings/form.html"


def fetch(request, pk) -> Posting:
    """The posting as far as the person may know of it, else 404."""
    found = Posting.objects.visible_to(request.user).select_related(
        "organization", "contact", "event__series"
    )
    return get_object_or_404(found, pk=pk)


def ask(allowed) -> None:
    """403 unless `allowed`."""
    if not allowed:
        raise PermissionDenied


def acts(user, posting) -> bool:
    """Whether the person writes this posting: who acts for its unit, and the secretariat on its behalf."""
    return permissions.can_keep_matching(user) or permissions.can_post_for(user, posting.organization)


@require_safe
@require(permissions.can_see_market)
def market(request):
    """What takes interest today, the latest first."""
    form = MarketForm(request.GET)
    found = Posting.objects.on_market().select_related("organization", "event__series").with_matched()
    found = rows.chosen(found, form.cleaned_data) if form.is_valid() else found.none()
    page = Paginator(found.order_by("-published_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    rows.decorated(page.object_list)
    return respond(
        request,
        "events/postings/market.html",
        status=200 if form.is_valid() else 422,
        form=form,
        page=page,
        pills=rows.pills(request, form) if form.is_valid() else [],
        posts=rows.units_to_post_for(request.user).exists(),
    )


@require_safe
@require(serves_member)
def own_market(request):
    """The postings of one's own units in all states, and the matches they are party to."""
    units = units_served(request.user)
    tab = "matches" if request.GET.get("tab") == "matches" else "postings"
    postings = Posting.objects.filter(organization__in=units).select_related("organization").with_matched()
    matches = (
        Match.objects.visible_to(request.user)
        .select_related("posting", "owner", "asker", "deal")
        .with_course()
    )
    shown = {"postings": postings.order_by("-pk"), "matches": matches.order_by("-pk")}[tab]
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    (rows.decorated_matches if tab == "matches" else rows.decorated)(page.object_list)
    return respond(
        request,
        "events/postings/own.html",
        tab=tab,
        tabs=rows.own_tabs(request.path, tab),
        page=page,
        posts=bool(rows.acting_units(request.user)),
    )


@require_safe
@require(permissions.can_see_all_matching)
def postings(request):
    """Every posting, those that wait for review first; with the numbers of the year."""
    form = PostingsForm(request.GET)
    found = Posting.objects.select_related("organization").with_matched()
    found = rows.chosen(found, form.cleaned_data) if form.is_valid() else found.none()
    page = Paginator(rows.waiting_first(found), PAGE_SIZE).get_page(request.GET.get("page"))
    rows.decorated(page.object_list)
    year = year_asked(request.GET.get("published", ""))
    return respond(
        request,
        "events/postings/list.html",
        status=200 if form.is_valid() else 422,
        form=form,
        page=page,
        pills=rows.pills(request, form) if form.is_valid() else [],
        year=year,
        numbers=rows.numbers(year),
        keeps=permissions.can_keep_matching(request.user),
    )


@require_safe
@require(permissions.can_see_market)
def posting(request, pk):
    found = fetch(request, pk)
    user, may = request.user, rows.actions_for(request.user, found)
    inside = may["owns"] or permissions.can_see_all_matching(user)
    interested = [u for u in rows.acting_units(user) if u.pk != found.organization_id]
    return respond(
        request,
        "events/postings/detail.html",
        posting=found,
        tone=rows.TONES[found.state],
        facts=[*rows.facts(found), *(rows.inner_facts(found) if inside else [])],
        matches=rows.matches_of(user, found),
        asks=found.is_on_market and any(not match_domain.open_between(found, u) for u in interested),
        sees_all=permissions.can_see_all_matching(user),
        inside=inside,
        activities=rows.activities_of(user, found) if inside else [],
        **may,
    )


# --- writing ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def posting_add(request):
    units = rows.units_to_post_for(request.user)
    ask(units.exists())
    initial = rows.begun(request)
    form = PostingForm(request.POST or None, units=units, initial=initial)
    then = request.POST.get("then")

    def act():
        made = domain.draft(form.cleaned_data["organization"], by=request.user, **form.changes)
        if then == "submit":
            domain.submit(made, by=request.user)
        return made

    words = {"title": "发布供需", "submit": "存为草稿", "valid_from": localdate()}
    return settle(request, form, FORM, act, said=lambda made: rows.written(made, then), **words)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
def posting_edit(request, pk):
    found = fetch(request, pk)
    ask(acts(request.user, found))
    form = PostingForm(request.POST or None, instance=fetch(request, pk))

    def act():
        return domain.update(found, by=request.user, version=version_of(form), changes=form.changes)

    return settle(request, form, FORM, act, to=found, posting=found, title="修改供需", submit="保存")
