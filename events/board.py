"""The year of events in numbers: series by series, month by month, each with the address of its rows in the list.

What is counted comes from `GROUPS`, by which the list filters too. Rooms to come add columns of their own with
`@column` (people on site and online, say); the page and the workbook show them without knowing of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import ExtractMonth
from django.urls import reverse

from events.choices import EventGroup, HostRole
from events.models import Event, EventHost, Series, ThemeYear
from events.models.event import group_condition

COLUMNS = (EventGroup.DRAFTS, EventGroup.PUBLISHED, EventGroup.HELD, EventGroup.OFF, EventGroup.COMING)
MOST_HOSTS = 10


@dataclass(frozen=True)
class Cell:
    """A number with the address of what it counts, empty where it counts nothing."""

    label: str
    number: int
    url: str = ""


@dataclass(frozen=True)
class Row:
    """What one series, or several together, held."""

    name: str
    cells: list
    series: Series | None = None


@dataclass(frozen=True)
class Column:
    """A further column: `counts(year)` gives key of the series → number; `url(year, series)` where its rows are."""

    label: str
    counts: Callable
    url: Callable | None = None


_columns: list[Column] = []


def column(label: str, *, url: Callable | None = None):
    """Register the decorated `counts(year) -> {key of the series: number}` as a column; `url(year, series)` gives the
    address of the rows behind a number. Totals are sums, so what is counted must belong to one event."""

    def register(counts):
        _columns.append(Column(label, counts, url))
        return counts

    return register


def address(year: int, **conditions) -> str:
    """The list of events under such conditions."""
    return f"{reverse('events:events')}?{urlencode({'tab': 'all', 'year': year} | conditions)}"


def labels() -> list[str]:
    return [*(group.label for group in COLUMNS), *(column.label for column in _columns)]


# --- by series ----------------------------------------------------------------------------------------------------
def rows(year: int) -> list[Row]:
    """A row for each series that is held or has events in the year, in the order of brand and name. Two queries, and
    one for each further column."""
    counted, more = _by_series(year), [column.counts(year) for column in _columns]
    series = Series.objects.select_related("brand").order_by("brand__name", "name")
    return [
        Row(one.name, [*_base(year, one, counted), *_further(year, one, more)], one)
        for one in series
        if one.pk in counted or one.ended_on is None
    ]


def _by_series(year) -> dict:
    rows = Event.objects.of_year(year).order_by().values("series")
    asked = {group.value: Count("pk", filter=group_condition(group)) for group in COLUMNS}
    return {row["series"]: row for row in rows.annotate(**asked)}


def _base(year, series, counted):
    found = counted.get(series.pk, {})
    for group in COLUMNS:
        number = found.get(group.value, 0)
        url = address(year, series=series.pk, state=group.value) if number else ""
        yield Cell(group.label, number, url)


def _further(year, series, more):
    for column, counts in zip(_columns, more, strict=True):
        number = counts.get(series.pk, 0)
        url = column.url(year, series) if column.url and number else ""
        yield Cell(column.label, number, url)


def totals(year: int, rows: list[Row]) -> list[Row]:
    """What counts for each brand, and all events (domain 1.2: 文科汇 is outside the first and inside the second)."""
    brands = {}
    for row in rows:
        if row.series.counts_in_brand:
            brands.setdefault(row.series.brand, []).append(row)
    found = [_sum(f"{brand.name} 主题活动", year, mine, brand=brand.pk) for brand, mine in brands.items()]
    return [*found, _sum("全部活动", year, rows)]


def _sum(name, year, rows, **conditions) -> Row:
    cells = []
    for place, label in enumerate(labels()):
        number = sum(row.cells[place].number for row in rows)
        group = COLUMNS[place].value if place < len(COLUMNS) else ""
        url = address(year, state=group, **conditions) if number and group else ""
        cells.append(Cell(label, number, url))
    return Row(name, cells)


# --- by month, by host --------------------------------------------------------------------------------------------
def by_month(year: int) -> list[tuple]:
    """(month, events held or to come, their address or an empty text) for the twelve months; one query."""
    found = Event.objects.of_year(year).standing().order_by().annotate(month=ExtractMonth("starts_at"))
    counts = dict(found.values_list("month").annotate(number=Count("pk")))
    state = EventGroup.STANDING.value
    return [
        (f"{m}月", counts.get(m, 0), address(year, state=state, month=m) if counts.get(m) else "")
        for m in range(1, 13)
    ]


def by_host(year: int) -> list[tuple]:
    """(name and city, events held or to come, address) of those who held most beside the association; one query.

    Who commissioned an event is none of its hosts."""
    hosts = EventHost.objects.filter(event__in=Event.objects.of_year(year).standing().values("pk"))
    hosts = hosts.exclude(role=HostRole.COMMISSIONER).order_by().values_list("name")
    counted = hosts.annotate(number=Count("event", distinct=True)).order_by("-number", "name")[:MOST_HOSTS]
    state = EventGroup.STANDING.value
    return [(name, number, address(year, state=state, host=name)) for name, number in counted]


def theme(year: int) -> ThemeYear | None:
    return ThemeYear.objects.filter(year=year).first()
