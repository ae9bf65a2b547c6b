"""The funnel of a year: how many projects of a series reached each stage, and the deals that landed (domain 5.6, 1.4).

Counted are steps of the year that stand; where a project is now makes no difference.
"""

from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils.timezone import localdate

from events import stages
from events.choices import DealState, Stage
from events.models import Deal, Event, Project, ProjectStage, Series

MAIN = "wenke"
HEADS = {Stage.COLLECTED: "征集", Stage.PITCHED: "路演", Stage.TALKING: "对接"}
LANDED = "落地（单）"


def series_with_projects() -> list[Series]:
    """The series whose events have projects or deals."""
    with_any = Event.objects.filter(pk__in=Project.objects.values("event")).values("series")
    return list(Series.objects.filter(pk__in=with_any).order_by("name"))


def series_asked(text: str) -> Series | None:
    """The series of the address; else 文科汇, else the first that has projects, else none."""
    if text.isascii() and text.isdigit() and (found := Series.objects.filter(pk=int(text[:15])).first()):
        return found
    return Series.objects.filter(code=MAIN).first() or next(iter(series_with_projects()), None)


def years_of(series) -> set[int]:
    rows = ProjectStage.objects.standing().filter(project__event__series=series).order_by()
    return set(rows.annotate(year=ExtractYear("reached_on")).values_list("year", flat=True).distinct())


def last_year(series) -> str:
    """The last year in which anything of the series' projects happened, as the address says it."""
    return str(max(years_of(series), default=localdate().year))


def year_tabs(path: str, series, current: int) -> list[dict]:
    years = sorted(years_of(series) | {localdate().year, current}, reverse=True)
    query = f"&series={series.pk}" if series else ""
    return [
        {"label": f"{year}年", "url": f"{path}?year={year}{query}", "current": year == current}
        for year in years
    ]


def funnel(series, year: int) -> dict:
    """`bars`: (label, number, address of the rows) from wide to narrow; `heads` and `lines`: the same by event, and
    `undated`: projects that are not yet put to any event. Three queries."""
    steps = ProjectStage.objects.standing().filter(reached_on__year=year, project__event__series=series)
    counted = (
        steps.order_by().values("project__event", "stage").annotate(number=Count("project", distinct=True))
    )
    numbers = {(row["project__event"], row["stage"]): row["number"] for row in counted}
    deals = Deal.objects.landed_in(year).filter(event__series=series).order_by()
    landed = dict(deals.values("event").annotate(number=Count("pk")).values_list("event", "number"))
    events = Event.objects.filter(pk__in={event for event, _ in numbers} | set(landed)).select_related(
        "series"
    )
    lines = [_line(event, year, numbers, landed) for event in events.order_by("number_scope", "number")]
    totals = [
        sum(cells)
        for cells in zip(*([cell["number"] for cell in line["cells"]] for line in lines), strict=True)
    ]
    heads = [*(HEADS.get(stage, stage.label) for stage in stages.FUNNEL), LANDED]
    wanted = {"series": series.pk if series else ""}
    addresses = _addresses(year, **wanted)
    return {
        "bars": list(zip(heads, totals or [0] * len(heads), addresses, strict=True)),
        "heads": heads,
        "lines": lines,
        "totals": [{"number": n, "url": url} for n, url in zip(totals, addresses, strict=False)],
        "undated": Project.objects.filter(event__isnull=True).count(),
    }


def _line(event, year, numbers, landed) -> dict:
    found = [numbers.get((event.pk, stage), 0) for stage in stages.FUNNEL] + [landed.get(event.pk, 0)]
    cells = [
        {"number": n, "url": url} for n, url in zip(found, _addresses(year, event=event.pk), strict=True)
    ]
    return {"event": event, "cells": cells}


def _addresses(year, **wanted) -> list[str]:
    """Where the rows behind each number of the funnel are listed."""
    projects, deals = reverse("events:projects"), reverse("events:deals")
    found = [f"{projects}?{urlencode({'reached': stage, 'year': year} | wanted)}" for stage in stages.FUNNEL]
    return [*found, f"{deals}?{urlencode({'state': DealState.VERIFIED, 'landed': year} | wanted)}"]
