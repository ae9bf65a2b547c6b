"""走访足迹: which member units were visited in a year and which not yet, by district, each number with its rows.

A unit counts in each district in which it has a park (as on the page of growth): visited there when a park of it there
was visited, else not yet. Without a district it is visited when any of its parks was. Only units that run a park count:
the others cannot be visited.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q
from django.utils.timezone import localdate

from events.models import Visit
from members.models import Organization, Park


@dataclass(frozen=True)
class Asked:
    """What the page is narrowed by; empty texts narrow nothing. Mode and tag narrow visits only."""

    year: int
    district: str = ""
    mode: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Tally:
    """Units of one district, or of all."""

    visited: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        return self.visited + self.waiting


def as_of(year: int) -> date:
    """The day whose members are still to be visited: the year's end, or today."""
    return min(date(year, 12, 31), localdate())


def years() -> list[int]:
    """The years that have visits, and this one, the latest first."""
    found = {day.year for day in Visit.objects.dates("visited_on", "year")}
    return sorted(found | {localdate().year}, reverse=True)


# --- visited ------------------------------------------------------------------------------------------------------
def visits(user, asked: Asked):
    """The counted visits that the person may know of, the latest first."""
    found = Visit.objects.visible_to(user).counted(asked.year)
    if asked.district:
        found = found.filter(park__district=asked.district)
    if asked.mode:
        found = found.filter(mode=asked.mode)
    if asked.tag:
        found = found.filter(tags__contains=[asked.tag])
    return found.order_by("-visited_on", "-event_id", "position", "pk")


def visited_units(user, asked: Asked):
    """The units of these visits, the one visited last first, each with `number` of visits, `last` day and, once it is
    read, the visits themselves in `made`."""
    found = visits(user, asked)
    mine = Q(visits__in=found.order_by().values("pk"))
    units = Organization.objects.filter(Exists(found.order_by().filter(organization=OuterRef("pk"))))
    units = units.annotate(number=Count("visits", filter=mine), last=Max("visits__visited_on", filter=mine))
    return with_visits(units, found).order_by("-last", "pinyin_full", "pk")


def with_visits(units, found):
    rows = found.select_related("park", "event__series").order_by("visited_on", "position", "pk")
    return units.prefetch_related(Prefetch("visits", queryset=rows, to_attr="made"))


def counted_units(year: int):
    """The rows of the yearly figure: distinct units visited, each with its visits in `made`."""
    found = Visit.objects.counted(year)
    units = Organization.objects.filter(Exists(found.filter(organization=OuterRef("pk"))))
    return with_visits(units, found).order_by("pinyin_full", "pk")


# --- not yet ------------------------------------------------------------------------------------------------------
def _parks(year):
    """Parks of the members of the day."""
    return Park.objects.filter(organization__in=Organization.objects.members_on(as_of(year)).values("pk"))


def waiting_units(asked: Asked):
    """Members with a park, of the day that the year is looked at, that were not visited in it (in the district asked
    for, if any), by the spelling of their names; each with its parks in `sites`."""
    made = Visit.objects.counted(asked.year).filter(organization=OuterRef("pk"))
    parks = _parks(asked.year).filter(organization=OuterRef("pk"))
    if asked.district:
        made = made.filter(park__district=asked.district)
        parks = parks.filter(district=asked.district)
    units = Organization.objects.filter(Exists(parks), ~Exists(made))
    sites = Park.objects.order_by("-is_main", "pk")
    shown = Prefetch(
        "parks", queryset=sites.filter(district=asked.district) if asked.district else sites, to_attr="sites"
    )
    return (
        with_visits(units, Visit.objects.counted(asked.year))
        .prefetch_related(shown)
        .order_by("pinyin_full", "pk")
    )


# --- by district --------------------------------------------------------------------------------------------------
def by_district(user, year: int) -> dict[str, Tally]:
    """District → its units, visited as far as the person may know of the visits; two queries."""
    visited = _counted(Visit.objects.visible_to(user).counted(year).order_by(), "park__district")
    there = Visit.objects.counted(year).filter(
        organization=OuterRef("organization"), park__district=OuterRef("district")
    )
    waiting = _counted(_parks(year).filter(~Exists(there)).order_by(), "district")
    return {code: Tally(visited.get(code, 0), waiting.get(code, 0)) for code in {*visited, *waiting}}


def _counted(rows, district) -> dict:
    return dict(rows.values_list(district).annotate(number=Count("organization", distinct=True)))
