"""Yearly figures: every number opens the rows that it counts."""

from django.core.paginator import Paginator
from django.http import Http404
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from association import permissions
from association.desk import desk
from association.web import require, respond


def _year(text) -> int:
    return int(text) if text.isascii() and text.isdigit() and 1990 <= int(text[:6]) <= 2100 else 0


@require_GET
@require(permissions.can_see_figures)
def figures(request):
    year = _year(request.GET.get("year", "")) or localdate().year
    rows = [{"figure": f, "value": f.value(year)} for f in desk.figures.values()]
    years = range(2022, localdate().year + 1)
    return respond(request, "association/figures.html", year=year, rows=rows, years=years)


@require_GET
@require(permissions.can_see_figures)
def figure(request, year, key):
    found = desk.figures.get(key)
    if found is None or not _year(str(year)):
        raise Http404
    page = Paginator(found.queryset(year), 20).get_page(request.GET.get("page"))
    rows = [[value(row) for _, value in found.columns] for row in page]
    return respond(request, "association/figure.html", year=year, figure=found, page=page, rows=rows)
