"""Every page that each of the people can reach by links, looked at in both widths, light, dark and large, and audited
for access."""

from collections import defaultdict
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import Resolver404, resolve

from tests.journeys.steps import ADMINISTRATOR, MEMBER, SECRETARY, export, press, sideways, upload

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Colours, size of text, and what is asked there: what depends on neither is asked once. Larger text needs less contrast.
LOOKS = [
    ("light", "", RULES),
    ("dark", "", ["color-contrast"]),
    ("light", "large", ["target-size", "scrollable-region-focusable"]),
]
# Not pages: files, and the administrators' machinery, which is Django's own.
FILES = {
    "import_template",
    "import_errors",
    "download",
    "thumbnail",
    "export_download",
    "certificate_file",
    "growth_download",
    "dues_data",
    "request_copy",
    "mfa_download_recovery_codes",
    "ics",
    "activity_ics",
    "series_ics",
    "statistics",
    "petition_letter",
    "online_template",
}
seen_parts = defaultdict(set)


class Parts(HTMLParser):
    """What a page is made of: every element with its classes and the names of what else it says of itself, inside `main`
    and around it; and where its links lead.

    Where a page holds nothing that was not met on one of its kind already, by whomever, it is not opened in the browser
    again; the same goes for the menu around it, on any page. An inline style or handler would be something new.
    """

    NEVER = {"href", "value", "id", "for", "datetime", "content", "src", "action", "name", "title"}
    VOID = {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }

    def __init__(self, text):
        super().__init__()
        self.inside, self.around, self.links, self._depth = set(), set(), [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        rest = " ".join(sorted(given.keys() - self.NEVER - {"class"}))
        (self.inside if self._depth else self.around).add(f"{tag}.{given.get('class') or ''}[{rest}]")
        if tag == "main" or (self._depth and tag not in self.VOID):
            self._depth += 1

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if self._depth and tag not in self.VOID:
            self._depth -= 1

    def handle_endtag(self, tag):
        if self._depth and tag not in self.VOID:
            self._depth -= 1


# The audit needs no fifty rows that are made alike: of brothers of one make it is left six.
ALIKE = """for (const of of document.querySelectorAll('tbody, ul, ol, svg, svg g')) {
    const met = {};
    for (const one of [...of.children]) {
        const make = one.outerHTML.replace(/>[^<]*/g, '>').replace(/"[^"]*"/g, (t) => /^"[a-z_ -]*"$/.test(t) ? t : '');
        met[make] = (met[make] || 0) + 1;
        if (met[make] > 6) one.remove();
    }
}"""


def kind(address):
    """Which page an address is, whatever it shows: the name of its view, and whether it asks for something."""
    split = urlsplit(address)
    try:
        match = resolve(split.path)
    except Resolver404:
        return address
    return match.view_name, bool(set(parse_qs(split.query)) - {"page", "sort", "next"})


class Tour:
    """One person's way through all pages: takes the first address of each kind, follows its links."""

    def __init__(self, page, site):
        self.page, self.site = page, site
        self.seen, self.faults, self.expected = {}, [], 200
        page.on("console", self._heard)

    def _heard(self, message):
        # Chromium also says aloud that the page itself was refused.
        if message.type in ("error", "warning") and f"status of {self.expected}" not in message.text:
            self.faults.append((self.page.url.removeprefix(self.site), message.text))

    def walk(self, *starts):
        waiting = [self.site + start for start in starts]
        while waiting:
            address = waiting.pop(0).split("#")[0]
            name = kind(address)
            if not address.startswith(self.site) or name in self.seen or name[0].split(":")[-1] in FILES:
                continue
            self.seen[name] = address
            waiting += self.look(address)

    def look(self, address, expected=200, *, again=False):
        """Ask for one page, note whatever is wrong with it, give where its links lead; with `again` it is opened in the
        browser also where nothing on it is new."""
        answer = self.page.request.get(address)
        if answer.status != expected:
            self.faults.append((address, answer.status))
        made = Parts(answer.text())
        links = [urljoin(answer.url, link) for link in made.links]
        parts = {kind(address): made.inside, "menu": made.around}
        if again or any(found - seen_parts[where] for where, found in parts.items()):
            for where, found in parts.items():
                seen_parts[where].update(found)
            self._open(address, expected)
        return links

    def _open(self, address, expected):
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.expected = expected
        self.page.goto(address)
        for size in ("", "large"):
            self.page.evaluate(f"document.documentElement.dataset.size = '{size}'")
            for width in (1440, 375):
                self.page.set_viewport_size({"width": width, "height": 900})
                if sideways(self.page):
                    self.faults.append((address, f"{width} 宽、{size or '常规'}字号时横向滚动"))
        self.page.evaluate(ALIKE)
        self.page.evaluate(AXE_SCRIPT)
        for colours, size, rules in LOOKS:
            self.page.emulate_media(color_scheme=colours)
            self.page.evaluate(f"document.documentElement.dataset.size = '{size}'")
            self._audit(address, f"{colours} {size}", rules)
        self.page.emulate_media(color_scheme="light")

    def _audit(self, address, colours, rules):
        by = "tag" if rules is RULES else "rule"
        options = {"runOnly": {"type": by, "values": rules}, "resultTypes": ["violations"], "preload": False}
        for found in self.page.evaluate("async (options) => (await axe.run(options)).violations", options):
            self.faults.append((address, colours, found["id"], found["nodes"][0]["html"][:200]))


@pytest.fixture
def tour(visit, site):
    """`tour(page, *starts)` walks through all that can be reached from there; gives the faults that were met."""

    def walk(page, *starts):
        # Colours that fade would be measured half-way.
        page.emulate_media(reduced_motion="reduce")
        way = Tour(page, site)
        way.walk(*starts)
        return way

    return walk


def prepared(page):
    """Give the pages something to show: an export, an import with a wrong row, a unit of which little is known."""
    export(page, "2022-12-31")
    table = "单位名称,统一社会信用代码\n演示运营公司01,123\n演示运营公司02,\n".encode()
    upload(page, "有错的名册.csv", table)
    batch = page.url
    page.goto("/members/new/")
    page.get_by_label("单位名称").fill("名称很长的" + "文化创意产业园区运营管理" * 8 + "有限责任公司")
    press(page, "新建")
    page.wait_for_selector(".tabs")
    return batch, page.url


@pytest.fixture
def everything(visit, site):
    page = visit(SECRETARY)
    return page, *(address.removeprefix(site) for address in prepared(page))


NOTHING = ["/members/?q=qqqqq", "/search/?q=qqqqq", "/members/print/?q=qqqqq", "/figures/?year=2021"]


def test_every_page_of_the_secretary(tour, everything):
    page, batch, bare = everything
    tabs = [f"{bare}{tab}/" for tab in ("parks", "contacts", "recognitions", "membership", "timeline")]
    way = tour(page, "/today/", "/search/?q=lj", "/look/", batch)
    assert way.faults == []
    assert len(way.seen) > 45
    # The same pages with nothing to show, or with one very long name.
    for start in (bare, *tabs, *NOTHING):
        way.look(start, again=True)
    assert way.faults == []


OTHERS = ["secretary-general", "treasurer", "president", "auditor"]
LIAISON = "liaison@example.cn"
# How many kinds of page each can reach at least.
REACHED = {MEMBER: 10, LIAISON: 5}


@pytest.mark.parametrize(
    "email", [ADMINISTRATOR, MEMBER, LIAISON, *(f"{name}@example.cn" for name in OTHERS)]
)
def test_every_page_of_the_others(visit, tour, email):
    way = tour(visit(email), "/today/")
    assert way.faults == []
    assert len(way.seen) > REACHED.get(email, 20)


def test_pages_of_visitors_and_of_those_who_took_a_wrong_turn(visit, tour):
    visitor = tour(visit(), "/")
    assert visitor.faults == []
    visitor.look("/nowhere/", 404)
    assert visitor.faults == []
    member = tour(visit(MEMBER))
    member.look("/members/", 403)
    assert member.faults == []
