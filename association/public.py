"""What an app may put on the public site: entries of its menu, parts of its first page, pages for search engines.

Each app registers its own in its `public.py`, found when Django starts; the ground floor's pages know no app.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.sitemaps import Sitemap
from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """One entry of the menu that every visitor sees."""

    label: str
    url_name: str
    order: int

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Part:
    """One part of the first page: the template that shows it and what it shows."""

    place: str
    template: str
    order: int
    prepare: Callable


PLACES = ("beside", "figures", "columns")
entries: list[Entry] = []
parts: list[Part] = []
sitemaps: dict[str, type] = {}


def menu(label: str, url_name: str, *, order: int):
    """Register an entry of the public menu."""
    entries.append(Entry(label, url_name, order))
    entries.sort(key=lambda entry: entry.order)


def home(place: str, template: str, *, order: int):
    """Decorate `prepare() -> dict`: `template` shows it as `part` on the first page.

    `place` is `beside` (beside the great sentence), `figures` (the row of numbers) or `columns` (the four answers). A
    function that prepares several parts is called once a page.
    """
    if place not in PLACES:
        raise ValueError(f"the first page has no place {place!r}")

    def register(prepare):
        parts.append(Part(place, template, order, prepare))
        parts.sort(key=lambda part: part.order)
        return prepare

    return register


def first_page() -> dict[str, list[dict]]:
    """The parts of the first page by their place, prepared."""
    prepared = {prepare: prepare() for prepare in {part.prepare for part in parts}}
    return {
        place: [{"template": p.template, "part": prepared[p.prepare]} for p in parts if p.place == place]
        for place in PLACES
    }


def sitemap(name: str):
    """Decorate a `django.contrib.sitemaps.Sitemap`: its pages are named to search engines."""

    def register(pages):
        sitemaps[name] = pages
        return pages

    return register


menu("首页", "association:front", order=0)
menu("关于", "association:about", order=90)


@sitemap("pages")
class Pages(Sitemap):
    """The pages that always stand."""

    def items(self):
        names = [
            "association:front",
            *(f"association:{name}" for name in ("about", "privacy", "accessibility")),
        ]
        return list(dict.fromkeys([*names, *(entry.url_name for entry in entries)]))

    def location(self, item):
        return reverse(item)


def menu_for(path: str) -> list[dict]:
    """The menu with the entry under which `path` lies marked."""
    return [
        {
            "label": e.label,
            "url": e.url,
            "current": path == e.url or (e.url != "/" and path.startswith(e.url)),
        }
        for e in entries
    ]
