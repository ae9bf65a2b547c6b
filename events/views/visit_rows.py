"""走访足迹 prepared for its page: the tiles, the tabs, what narrows it."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.safestring import mark_safe

from association.listing import PAGE_SIZE
from events import footprint, permissions
from events.footprint import Asked, Tally
from events.forms.visits import FootprintForm
from events.views.series_rows import year_asked
from members import tilemap
from members.choices import District
from members.models import Organization, Park

VISITED, WAITING, RECORDS = "visited", "waiting", "records"
LABELS = {VISITED: "走访过的单位", WAITING: "还没走访的单位", RECORDS: "走访记录"}


def asked_of(request) -> tuple[Asked, FootprintForm]:
    """What the address asks for; of what it says wrongly the page knows nothing."""
    form = FootprintForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    return Asked(year=year_asked(request.GET.get("year", "")), **data), form


def tab_of(request) -> str:
    """The tab asked for; who is still to be visited is for those who plan it."""
    tab = request.GET.get("tab", "")
    if tab not in LABELS or (tab == WAITING and not permissions.sees_unvisited(request.user)):
        return VISITED
    return tab


def page_of(request, tab, asked):
    found = {
        VISITED: lambda: footprint.visited_units(request.user, asked),
        WAITING: lambda: footprint.waiting_units(asked),
        RECORDS: lambda: footprint.visits(request.user, asked).select_related(
            "park", "organization", "event__series"
        ),
    }[tab]()
    return Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))


def address(asked, tab=VISITED, **changes) -> str:
    """The page for what is asked, with some of it changed."""
    state = {"year": asked.year, "tab": tab} | {
        name: getattr(asked, name) for name in ("district", "mode", "tag")
    }
    query = {name: value for name, value in (state | changes).items() if value}
    return f"{reverse('events:visits')}?{urlencode(query)}"


def tabs(user, asked, tab) -> list[dict]:
    shown = [name for name in LABELS if name != WAITING or permissions.sees_unvisited(user)]
    return [{"label": LABELS[name], "url": address(asked, name), "current": name == tab} for name in shown]


def pills(form, asked, tab) -> list[dict]:
    return [
        {"label": label, "text": text, "url": address(asked, tab, **{name: ""})}
        for name, label, text in (form.words() if form.is_valid() else ())
    ]


def years(asked) -> list[dict]:
    found = sorted({*footprint.years(), asked.year}, reverse=True)
    return [{"label": f"{y}年", "url": address(Asked(y)), "current": y == asked.year} for y in found]


def totals(user, asked) -> dict:
    """The year's numbers, each with the address of its rows; the filters do not touch them."""
    everything = Asked(asked.year)
    waiting = footprint.waiting_units(everything).count()
    return {
        "units": footprint.visited_units(user, everything).order_by().count(),
        "units_url": address(everything),
        "made": footprint.visits(user, everything).count(),
        "made_url": address(everything, RECORDS),
        "waiting": waiting,
        "waiting_url": address(everything, WAITING) if permissions.sees_unvisited(user) else "",
    }


def own_parks(user, asked) -> list[tuple]:
    """(park, whether it was visited in the year) of the person's own units, for those who see no more of the others."""
    if permissions.sees_unvisited(user):
        return []
    units = Organization.objects.visible_to(user).values("pk")
    made = footprint.visits(user, Asked(asked.year)).order_by().values("park")
    visited = set(made.filter(organization__in=units).values_list("park", flat=True))
    return [(park, park.pk in visited) for park in Park.objects.filter(organization__in=units).order_by("pk")]


def tile_map(asked, tab, tallies):
    """The districts as tiles: visited of all units with a park there. Each leads to its list, whatever else narrows
    the page now."""
    tab = tab if tab == WAITING else VISITED
    tiles = {code: _tile(code, tallies.get(code, Tally())) for code in District.values}
    urls = {code: address(Asked(asked.year), tab, district=code) for code in District.values}
    return mark_safe(tilemap.draw(tiles, urls, asked.district, label="北京各区走访过的会员单位"))


def _tile(code, tally):
    """Tones: no unit here, none visited, some, all."""
    tone = 0 if not tally.total else 1 if not tally.visited else 2 if tally.waiting else 3
    text = f"{tally.visited}/{tally.total}" if tally.total else "0"
    said = f"{District(code).label}：{tally.total} 家会员单位有园区，走访过 {tally.visited} 家"
    return tilemap.Tile(text, tone, said)


def table(asked, tallies) -> list[dict]:
    """The same as rows of a table, for whoever reads better so."""
    year = Asked(asked.year)
    return [
        {
            "label": District(code).label,
            "tally": tallies[code],
            "visited_url": address(year, district=code),
            "waiting_url": address(year, WAITING, district=code),
        }
        for code in District.values
        if code in tallies
    ]
