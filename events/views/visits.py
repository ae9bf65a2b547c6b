"""Visits of member parks: the overview of a year, and keeping them on an event's page."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.web import go, idempotent, require, respond, settle, version_of
from events import footprint, permissions
from events.domain import visits as domain
from events.forms.visits import VisitForm
from events.models import Visit
from events.views import visit_rows
from events.views.events import fetch

FORM = "events/visits/form.html"


@require_safe
@require(permissions.can_see_visits)
def visits(request):
    """Who was visited in a year and who not yet, as tiles and as lists."""
    asked, form = visit_rows.asked_of(request)
    tab = visit_rows.tab_of(request)
    tallies = footprint.by_district(request.user, asked.year)
    return respond(
        request,
        "events/visits/overview.html",
        status=200 if form.is_valid() else 422,
        asked=asked,
        form=form,
        tab=tab,
        page=visit_rows.page_of(request, tab, asked),
        day=footprint.as_of(asked.year),
        tabs=visit_rows.tabs(request.user, asked, tab),
        years=visit_rows.years(asked),
        pills=visit_rows.pills(form, asked, tab),
        clear=visit_rows.address(footprint.Asked(asked.year), tab),
        totals=visit_rows.totals(request.user, asked),
        own=visit_rows.own_parks(request.user, asked),
        map=visit_rows.tile_map(asked, tab, tallies),
        districts=visit_rows.table(asked, tallies),
        sees_unvisited=permissions.sees_unvisited(request.user),
        can_keep=permissions.can_keep_events(request.user),
    )


# --- keeping ------------------------------------------------------------------------------------------------------
def _given(form) -> dict:
    """What the verbs take besides the record: the reason, where one was asked for."""
    return {"reason": form.cleaned_data.get("reason", "")}


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
@idempotent
def add(request, pk):
    event = fetch(request, pk)
    form = VisitForm(request.POST or None, event=event)

    def act():
        park = form.cleaned_data["park"]
        return domain.add(event, park, by=request.user, **_given(form), **form.changes)

    def said(made):
        return f"已登记走访“{made.park.name}”。"

    return settle(request, form, FORM, act, said=said, event=event)


def _fetch_visit(pk) -> Visit:
    return get_object_or_404(Visit.objects.select_related("event__series", "park", "organization"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
def edit(request, pk):
    visit = _fetch_visit(pk)
    form = VisitForm(request.POST or None, instance=_fetch_visit(pk), event=visit.event)

    def act():
        told = {"version": version_of(form), "changes": form.changes} | _given(form)
        return domain.update(visit, by=request.user, **told)

    return settle(request, form, FORM, act, to=visit, event=visit.event, visit=visit)


@require_POST
@require(permissions.can_keep_events)
def remove(request, pk):
    visit = _fetch_visit(pk)
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    domain.remove(visit, by=request.user, reason=reason)
    messages.success(request, f"已删去走访“{visit.park.name}”；记录里仍可查到。")
    return go(request, visit.event)
