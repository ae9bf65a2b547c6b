"""The board of the year, and its table by series as a workbook."""

from io import BytesIO
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association.exchange.writing import Column, write_workbook
from association.web import require, respond
from events import board as figures
from events import permissions
from events.choices import EventGroup
from events.views.series_rows import year_asked, year_tabs

TITLE = "系列活动统计"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@require(permissions.can_see_events)
def board(request):
    year = year_asked(request.GET.get("year", ""))
    rows = figures.rows(year)
    totals = figures.totals(year, rows)
    return respond(
        request,
        "events/board.html",
        year=year,
        years=year_tabs(request.path, year),
        theme=figures.theme(year),
        labels=figures.labels(),
        rows=rows,
        totals=totals,
        cards=[
            (row.name, cell) for row in totals for cell in row.cells if cell.label == EventGroup.HELD.label
        ],
        months=figures.by_month(year),
        hosts=figures.by_host(year),
    )


@require_safe
@require(permissions.can_see_events)
def statistics(request, year):
    """The table by series as a workbook; there is nothing of a person or of a single unit in it."""
    if not 2000 <= year <= 2100:
        raise Http404
    target = BytesIO()
    rows = figures.rows(year)
    write_workbook(
        target,
        sheet=TITLE,
        columns=[
            Column("系列"), Column("品牌"), Column("单位", width=8), Column("计入品牌总数", "choice"),
            *(Column(label, "integer") for label in figures.labels()),
        ],
        rows=[*map(_of_series, rows), *map(_of_total, figures.totals(year, rows))],
        notes=_notes(year),
        as_of=localdate(),
    )  # fmt: skip
    response = HttpResponse(target.getvalue(), content_type=XLSX)
    name = quote(f"{TITLE}_{year}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"events_{year}.xlsx\"; filename*=UTF-8''{name}"
    response["Cache-Control"] = "no-store, private"
    return response


def _of_series(row):
    series = row.series
    counts = "计入" if series.counts_in_brand else "不计入"
    return (
        row.name, str(series.brand or ""), series.get_unit_display(), counts, *(c.number for c in row.cells)
    )  # fmt: skip


def _of_total(row):
    return (f"合计：{row.name}", "", "", "", *(cell.number for cell in row.cells))


def _notes(year):
    theme = figures.theme(year)
    return [
        ("名称", f"{year}年{TITLE}"),
        ("年度主题", theme.name if theme else ""),
        ("算法", "按活动开始的年度；办过的不含未发布、取消和没有开成的。不计入品牌的系列只在“全部活动”里。"),
    ]
