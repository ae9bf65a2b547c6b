"""The dues board: sums by year and tier, arrears by age, and the bills behind every number."""

from decimal import Decimal
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, StreamingHttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association.charts import Series
from association.exchange.writing import Column, csv_lines
from association.money import yuan_of
from association.web import require, respond
from members import dues_totals, permissions
from members.dues_totals import AGES, MEASURES
from members.forms.dues_board import DuesRowsForm
from members.models import FeeTier

PAGE_SIZE = 20
CHART_YEARS = 6


@require_safe
@require(permissions.can_see_dues_totals)
def board(request):
    """One year in figures and by tier, all years as a chart, arrears by age; three queries besides the shell's."""
    today = localdate()
    rows = dues_totals.by_year_and_tier(today)
    years = list(dict.fromkeys(row["year"] for row in rows))
    year = _year(request.GET.get("year", ""), years)
    chosen = [row for row in rows if row["year"] == year]
    opens = permissions.can_see_dues(request.user)
    return respond(
        request,
        "members/dues/board.html",
        year=year,
        today=today,
        opens=opens,
        tabs=[{"label": f"{y}年度", "url": f"?year={y}", "current": y == year} for y in years],
        chart=_chart(rows, sorted(years)[-CHART_YEARS:]),
        **_of_year(chosen, year, opens),
        **_ages(today, opens),
    )


def _of_year(rows, year, opens) -> dict:
    summed = dues_totals.total(rows)
    return {
        "summed": summed,
        "figures": _cells(summed, opens, year=year),
        "tiers": [{**row, "cells": _cells(row, opens, year=year, tier=row["tier"])} for row in rows],
        "measures": MEASURES.values(),
    }


def _ages(today, opens) -> dict:
    rows = dues_totals.by_age(today)
    return {
        "ages": [_age_row(row, opens) for row in rows],
        "age_bars": [(row["age"].label, _ten_thousands(row["overdue"])) for row in rows],
        "arrears": yuan_of(sum(row["overdue"] for row in rows)),
    }


def _year(text, years) -> int:
    """The year that was asked for if it has bills, else the present one, else the latest that has."""
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else localdate().year
    return asked if asked in years or not years else years[0]


def _cells(row, opens, **narrowed) -> list[dict]:
    return [
        {
            "name": name,
            "label": label,
            "text": yuan_of(row[name]),
            "late": name == "overdue" and row[name] > 0,
            "url": _address(name, **narrowed) if opens and row[name] else "",
        }
        for name, label in MEASURES.items()
    ]


def _age_row(row, opens):
    url = _address("overdue", age=row["age"].key) if opens and row["bills"] else ""
    return {"label": row["age"].label, "bills": row["bills"], "text": yuan_of(row["overdue"]), "url": url}


def _address(measure, **narrowed) -> str:
    return f"{reverse('members:dues_rows')}?{urlencode({'measure': measure} | narrowed)}"


def _ten_thousands(cents) -> Decimal:
    return Decimal(cents) / 1_000_000


def _chart(rows, years) -> dict:
    totals = [dues_totals.total([row for row in rows if row["year"] == year]) for year in years]
    names = [name for name in MEASURES if name != "outstanding"]
    series = [Series(MEASURES[n], [_ten_thousands(t[n]) for t in totals]) for n in names]
    return {"labels": [f"{year}" for year in years], "series": series}


@require_safe
@require(permissions.can_see_dues_totals)
def data(request):
    """The sums of every year and tier as a CSV file, in yuan."""
    rows = dues_totals.by_year_and_tier(localdate())
    columns = [Column("年度", "integer"), Column("档次"), Column("账单数", "integer")]
    columns += [Column(f"{label}（元）", "decimal") for label in MEASURES.values()]
    columns.append(Column("收缴率（%）", "integer"))
    lines = (
        (r["year"], r["name"], r["bills"], *(Decimal(r[n]) / 100 for n in MEASURES), dues_totals.rate(r))
        for r in rows
    )
    response = StreamingHttpResponse(csv_lines(columns, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dues-{localdate():%Y%m%d}.csv"'
    return response


@require_safe
@require(permissions.can_see_dues)
def rows(request):
    """The bills that one number of the board is made of, with that number at their foot."""
    form = DuesRowsForm(request.GET)
    if not form.is_valid():
        raise Http404
    today, chosen = localdate(), form.cleaned_data
    measure, age = chosen["measure"], next((a for a in AGES if a.key == chosen["age"]), None)
    bills = dues_totals.behind(measure, today, year=chosen["year"], tier=chosen["tier"], age=age)
    order = "due_on" if measure == "overdue" else "-year"
    listed = bills.select_related("organization", "tier").order_by(order, "pk")
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    for bill in page:
        bill.shown = [yuan_of(v) for v in (bill.amount, bill.paid, bill.waived, bill.outstanding)]
        bill.days_late = (today - bill.due_on).days if bill.outstanding else 0
    title, back = _title(chosen, age), f"{reverse('members:dues_board')}?year={chosen['year'] or today.year}"
    context = {"page": page, "title": title, "back": back, "label": MEASURES[measure], "measure": measure}
    total = yuan_of(dues_totals.sum_of(bills, measure))
    return respond(request, "members/dues/rows.html", status=200, total=total, today=today, **context)


def _title(chosen, age) -> str:
    """What the number counts: 2026年度 · 会员单位 · 逾期."""
    parts = [f"{chosen['year']}年度" if chosen["year"] else "各年度"]
    if chosen["tier"]:
        tier = FeeTier.objects.filter(pk=chosen["tier"]).first()
        parts.append(tier.name if tier else "未知档次")
    elif chosen["tier"] == dues_totals.NO_TIER:
        parts.append("未分档")
    return " · ".join([*parts, MEASURES[chosen["measure"]], *([age.label] if age else [])])
