"""Pieces of the public pages as plain strings made here, because a template tag a piece is slow (decision 0005)."""

import functools
from html import escape
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import mark_safe

from association.formats import area
from association.listing import Pill
from members.choices import RecognitionLevel
from members.forms.directory import CHOICES
from members.tilemap import tiles
from members.views.cells import SHORT_LEVELS

LABELS = {name: dict(choices) for name, _, choices in CHOICES}
DISTRICTS, TYPES, INDUSTRIES = LABELS["district"], LABELS["type"], LABELS["industry"]


@functools.cache
def base() -> str:
    """The directory's own address; looked up once, for a page says it fifty times."""
    return reverse("parks:directory")


# --- the list -------------------------------------------------------------------------------------------------
def entries(rows):
    """The parks of one page as list items."""
    return mark_safe("".join(_entry(row, f"{base()}{row['pk']}/") for row in rows))


def _entry(row, url):
    picture = ""
    if row["cover"]:
        picture = (
            f'<img class="entry__picture" src="{url}photos/{row["cover"]}/thumbnail/" alt="" loading="lazy" '
            'decoding="async" width="112" height="84">'
        )
    return (
        f'<li class="entry">{picture}<div><h3><a href="{url}">{escape(row["name"])}</a></h3>'
        f"<p>{escape(' · '.join(_brief(row)))}</p>"
        f'<p class="entry__unit">{escape(row["organization__name"])}</p></div>{title_tag(row["title"])}</li>'
    )


def _brief(row):
    yield DISTRICTS[row["district"]]
    if row["park_type"]:
        yield TYPES[row["park_type"]]
    if row["floor_area"] is not None:
        yield area(row["floor_area"])
    if row["industries"]:
        yield "、".join(INDUSTRIES[code] for code in row["industries"])


def title_tag(title) -> str:
    """The latest recognition as a tag, an empty text for a park without one."""
    if title is None:
        return ""
    level, year = title
    return f'<span class="tag" title="{RecognitionLevel(level).label}">{SHORT_LEVELS[level]} {year}</span>'


# --- what it is narrowed by -----------------------------------------------------------------------------------
def address(asked, **changes) -> str:
    """The directory's address for what is asked, with some of it changed."""
    state = {name: getattr(asked, name) for name in ("q", *LABELS)} | changes
    query = urlencode({name: value for name, value in state.items() if value})
    return f"{base()}?{query}" if query else base()


def pills(asked) -> list[Pill]:
    """What narrows the list now, each with the address without it."""
    found = [Pill("搜索", asked.q, address(asked, q=""))] if asked.q else []
    for name, label, _ in CHOICES:
        if value := getattr(asked, name):
            found.append(Pill(label, str(LABELS[name][value]), address(asked, **{name: ""})))
    return found


def selects(asked):
    """The boxes of the filter form."""
    return mark_safe("".join(_select(name, getattr(asked, name)) for name in LABELS))


@functools.cache
def _select(name, value):
    label, choices = next((label, choices) for key, label, choices in CHOICES if key == name)
    options = "".join(
        f'<option value="{code}"{" selected" if code == value else ""}>{text}</option>'
        for code, text in choices
    )
    return (
        f'<label class="box"><span>{label}</span><select name="{name}"><option value="">不限</option>{options}'
        "</select></label>"
    )


# --- the map --------------------------------------------------------------------------------------------------
def tile_map(asked, counts):
    """The districts as tiles; each leads to the same list narrowed to it."""
    return _by_district(asked, tuple(sorted(counts.items())))[0]


def tile_table(asked, counts):
    """The same as rows of a table, for whoever reads better so."""
    return _by_district(asked, tuple(sorted(counts.items())))[1]


@functools.lru_cache(maxsize=64)
def _by_district(asked, counted):
    counts, urls = dict(counted), {code: address(asked, district=code) for code in DISTRICTS}
    rows = (
        f'<tr><th scope="row"><a href="{escape(urls[code])}">{label}</a></th>'
        f'<td class="num">{counts.get(code, 0):,}</td></tr>'
        for code, label in DISTRICTS.items()
    )
    return mark_safe(tiles(counts, urls, asked.district)), mark_safe("".join(rows))
