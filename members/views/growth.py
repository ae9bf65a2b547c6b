"""会员增长与结构: charts with their tables, each number opening the roster rows that it counts."""

from io import BytesIO
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association import stamps
from association.choices import ExportFormat
from association.exchange.writing import Column, write_csv, write_workbook
from association.web import require, respond
from members import growth as figures
from members import permissions
from members.views.exports import TYPES

KINDS = {"category": "类别", "grade": "级别", "district": "所属区"}
MONTHS = [Column("月份"), Column("入会", "integer"), Column("退会", "integer"), Column("月末会员", "integer")]
STRUCTURE = [Column("统计"), Column("项目"), Column("会员", "integer")]
TITLES = {"months": "会员增长", "structure": "会员结构"}


@require_safe
@require(permissions.can_view_roster)
def growth(request):
    months, day, year = _asked(request)
    shown = [month for month in months if not year or month.first.year == year]
    return respond(
        request,
        "members/growth/page.html",
        months=shown[::-1],
        labels=[f"{m.first.month}月" if year else f"{m.first:%y-%m}" for m in shown],
        members=[("月末会员", [month.members for month in shown])],
        flow=[("入会", [month.joined for month in shown]), ("退会", [month.left for month in shown])],
        structure=_structure(day),
        kinds=KINDS,
        day=day,
        total=shown[-1].members,
        tabs=_tabs(request.path, months, year),
        query=f"?year={year}" if year else "",
    )


@require_safe
@require(permissions.can_view_roster)
def growth_download(request, what, format):
    """The numbers of a chart as a workbook or as CSV; there is nothing of a person or of a single unit in them."""
    months, day, year = _asked(request)
    if what not in TITLES or format not in ExportFormat.values:
        raise Http404
    if what == "months":
        columns, shown = MONTHS, [m for m in months if not year or m.first.year == year]
        rows = [(m.label, m.joined, m.left, m.members) for m in shown]
    else:
        columns, found = STRUCTURE, _structure(day)
        rows = [(KINDS[kind], label, number) for kind in KINDS for label, number, _ in found[kind]]
    target = BytesIO()
    if format == ExportFormat.CSV:
        write_csv(target, columns=columns, rows=rows)
    else:
        write_workbook(target, sheet=TITLES[what], columns=columns, rows=rows, as_of=day)
    return _named(target.getvalue(), f"{TITLES[what]}_{day:%Y%m%d}.{format}", format)


def _named(content, name, format):
    response = HttpResponse(content, content_type=TYPES[format])
    plain = f"growth.{format}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _asked(request):
    """Every month, the day that the figures speak of, and the year that was asked for, or None."""
    months = stamps.counted("members.growth", lambda: figures.months(localdate()))
    asked = request.GET.get("year", "")
    years = {str(month.first.year) for month in months}
    year = int(asked) if asked in years else None
    return months, figures.as_of(year), year


def _structure(day):
    return stamps.counted(f"members.structure.{day}", lambda: figures.structure(day))


def _tabs(path, months, year):
    years = sorted({month.first.year for month in months}, reverse=True)
    tabs = [{"label": "成立以来", "url": path, "current": not year}]
    return tabs + [{"label": f"{y}年", "url": f"{path}?year={y}", "current": y == year} for y in years]
