"""Series: the list with what each has held, one with its events by year, themes of years."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.listing import PAGE_SIZE
from association.web import go, idempotent, require, respond, settle, version_of
from events import permissions
from events.domain import series as domain
from events.forms.series import SeriesForm, ThemeForm
from events.models import Series, ThemeYear
from events.views import rows, series_rows

FORM = "events/series_form.html"


@require_safe
@require(permissions.can_see_events)
def series_list(request):
    """Every series with what it held in the year, and what counts for the brands."""
    year = series_rows.year_asked(request.GET.get("year", ""))
    return respond(
        request,
        "events/series_list.html",
        year=year,
        years=series_rows.year_tabs(request.path, year),
        theme=ThemeYear.objects.filter(year=year).first(),
        can_keep=permissions.can_keep_events(request.user),
        **series_rows.board(year),
    )


@require_safe
@require(permissions.can_see_events)
def series(request, pk):
    found = get_object_or_404(Series.objects.select_related("brand"), pk=pk)
    events = found.events.select_related("series").order_by("-number_scope", "-number")
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    rows.decorated(page.object_list)
    return respond(
        request,
        "events/series.html",
        series=found,
        page=page,
        facts=series_rows.facts(found),
        can_keep=permissions.can_keep_events(request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
@idempotent
def add(request):
    form = SeriesForm(request.POST or None)

    def act():
        return domain.add_series(by=request.user, brand=form.cleaned_data["brand"], **form.changes)

    words = {"said": "已设立系列“{}”。".format, "title": "设立系列", "submit": "设立"}
    return settle(request, form, FORM, act, **words)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
def edit(request, pk):
    found = get_object_or_404(Series, pk=pk)
    form = SeriesForm(request.POST or None, instance=get_object_or_404(Series, pk=pk))

    def act():
        told = {"version": version_of(form), "brand": form.cleaned_data["brand"]}
        return domain.update_series(found, by=request.user, changes=form.changes, **told)

    return settle(request, form, FORM, act, series=found, title=f"修改系列：{found}", submit="保存")


@require_POST
@require(permissions.can_keep_events)
def end(request, pk):
    found = domain.end_series(get_object_or_404(Series, pk=pk), by=request.user)
    messages.success(request, f"系列“{found}”已停办；办过的活动不变。")
    return go(request, "events:series", found.pk)


@require_POST
@require(permissions.can_keep_events)
def resume(request, pk):
    found = domain.resume_series(get_object_or_404(Series, pk=pk), by=request.user)
    messages.success(request, f"系列“{found}”已恢复。")
    return go(request, "events:series", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
def theme(request):
    form = ThemeForm(request.POST or None, initial={"year": localdate().year})
    if request.method == "POST" and form.is_valid():
        made = domain.set_theme(by=request.user, **form.cleaned_data)
        messages.success(request, f"已定{made}。")
        return go(request, "events:series_list")
    return respond(request, "events/theme_form.html", form=form, themes=ThemeYear.objects.all())
