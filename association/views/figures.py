"""Yearly figures: every number opens the rows that it counts."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association import permissions
from association.desk import desk
from association.web import require, respond

# The year in which the association was approved: there is nothing to count before it.
FIRST_YEAR = int(settings.ASSOCIATION_APPROVED_ON[:4])


def _year(text) -> int:
    return (
        int(text) if text.isascii() and text.isdigit() and len(text) == 4 and "1990" <= text <= "2100" else 0
    )


@require_safe
@require(permissions.can_see_figures)
def figures(request):
    year = _year(request.GET.get("year", "")) or localdate().year
    rows = [{"figure": f, "value": f.value(year)} for f in desk.figures.values()]
    years = range(localdate().year, FIRST_YEAR - 1, -1)
    tabs = [{"url": f"?year={y}", "label": f"{y}年", "current": y == year} for y in years]
    return respond(request, "association/figures.html", year=year, rows=rows, tabs=tabs)


@require_safe
@require(permissions.can_see_figures)
def figure(request, year, key):
    found = desk.figures.get(key)
    if found is None or not _year(str(year)):
        raise Http404
    page = Paginator(found.queryset(year), 20).get_page(request.GET.get("page"))
    rows = [{"url": _address(row), "cells": _cells(found, row)} for row in page]
    return respond(request, "association/figure.html", year=year, figure=found, page=page, rows=rows)


def _cells(figure, row) -> list[tuple]:
    return [(head, value(row)) for head, value in figure.columns]


def _address(row) -> str:
    """Where the row itself can be read, if it has a page of its own."""
    return row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
