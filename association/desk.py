"""What an app may put on the desk: menu entries, to-dos, lines on top of it, search hits, yearly figures.

Each app registers its own in its `desk.py`, found when Django starts; the workbench knows no app.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from association.models import FactorReset, RoleAssignment
from association.permissions import (
    can_manage_accounts,
    can_see_accounts,
    can_see_deliveries,
    can_see_figures,
    can_see_matrix,
)
from association.workdays import WorkdayCalendarMissing, workdays_between

GROUPS = ["", "会员", "会费", "治理", "活动", "智库", "联盟与传播", "管理"]


@dataclass(frozen=True)
class MenuEntry:
    group: str
    label: str
    url_name: str
    allowed: Callable
    order: int = 100
    count: Callable | None = None
    due: bool = False

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Todo:
    """One thing that waits for a person: what, where it leads, the one next action, and by when."""

    title: str
    url: str
    action: str
    detail: str = ""
    due: date | None = None

    @property
    def remaining(self):
        """(word, tone) of the time left, in working days."""
        if self.due is None:
            return "待处理", "info"
        today = localdate()
        try:
            days = (
                workdays_between(today, self.due) if self.due >= today else -workdays_between(self.due, today)
            )
        except WorkdayCalendarMissing:
            days = (self.due - today).days
        if self.due < today:
            return f"超期 {max(-days, 1)} 个工作日", "late"
        if self.due == today:
            return "今天到期", "warn"
        return f"剩 {days} 个工作日", "info"


@dataclass(frozen=True)
class Hit:
    """One find of the global search."""

    title: str
    url: str
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Figure:
    """A yearly figure: a queryset whose rows are what it counts.

    One that is `settled` in a year stays the same ever after, and is no news in later ones.
    """

    key: str
    label: str
    queryset: Callable
    columns: tuple = field(default=(("记录", str),))
    note: str = ""
    settled: int | None = None

    def is_news_in(self, year: int) -> bool:
        return self.settled is None or self.settled == year

    def value(self, year: int) -> int:
        return self.queryset(year).count()


@dataclass(frozen=True)
class Band:
    """A quiet line on top of every page of the desk until the person has done it."""

    text: str
    url: str
    action: str


class Desk:
    def __init__(self):
        self.band_sources: list[Callable] = []
        self.entries: list[MenuEntry] = []
        self.todo_sources: list[Callable] = []
        self.search_sources: list[Callable] = []
        self.figures: dict[str, Figure] = {}
        self.confined: list[tuple[Callable, frozenset]] = []

    def confine(self, who, *url_names):
        """Show those for whom `who(user)` is true only these entries of the menu: people from outside who have one thing
        to do here."""
        self.confined.append((who, frozenset(url_names)))

    def menu(self, group, label, url_name, *, allowed, order=100, count=None, due=False):
        """Register a menu entry; `allowed(user)` decides who sees it, `count(user)` gives the number beside it."""
        self.entries.append(MenuEntry(group, label, url_name, allowed, order, count, due))

    def todo(self, source):
        """Register `source(user) -> Iterable[Todo]`."""
        self.todo_sources.append(source)
        return source

    def band(self, source):
        """Register `source(request) -> Band | None`; it is asked on every page of the desk."""
        self.band_sources.append(source)
        return source

    def bands_for(self, request) -> list[Band]:
        """The lines on top of a signed-in person's pages."""
        if not request.user.is_authenticated:
            return []
        return [band for source in self.band_sources if (band := source(request))]

    def search(self, source):
        """Register `source(user, text, limit) -> Iterable[Hit]`."""
        self.search_sources.append(source)
        return source

    def figure(self, key, label, queryset, columns=(("记录", str),), note="", *, settled=None):
        """Register the yearly figure `key`; `queryset(year)` gives the rows that it counts. One that no later year
        changes is `settled` in its year."""
        self.figures[key] = Figure(key, label, queryset, tuple(columns), note, settled)

    def menu_for(self, user, path: str) -> list[dict]:
        """The menu of a person as groups of entries; the entry whose address is the longest prefix of `path` is current."""
        only = next((names for who, names in self.confined if who(user)), None)
        entries = [
            (e, e.url) for e in self.entries if (only is None or e.url_name in only) and e.allowed(user)
        ]
        current = max((url for _, url in entries if path.startswith(url)), key=len, default=None)
        groups = []
        for label in GROUPS:
            chosen = sorted((e for e in entries if e[0].group == label), key=lambda e: e[0].order)
            if chosen:
                groups.append(
                    {"label": label, "entries": [_shown(e, url, user, current) for e, url in chosen]}
                )
        return groups

    def todos_for(self, user) -> list[Todo]:
        """Everything that waits for the person, oldest deadline first."""
        found = [todo for source in self.todo_sources for todo in source(user)]
        return sorted(found, key=lambda t: (t.due is None, t.due or date.max, t.title))

    def hits_for(self, user, text: str, limit: int = 20) -> Iterable[Hit]:
        return [hit for source in self.search_sources for hit in source(user, text, limit)]


def _shown(entry, url, user, current):
    count = entry.count(user) if entry.count else None
    return {
        "label": entry.label,
        "url": url,
        "current": url == current,
        "count": count,
        "due": entry.due and bool(count),
    }


desk = Desk()
menu, todo, band, search, figure = desk.menu, desk.todo, desk.band, desk.search, desk.figure
confine = desk.confine

# The ground floor's own entries; every other one belongs to an app.
menu("", "今日", "association:today", allowed=lambda user: user.is_authenticated, order=0)
menu("管理", "年度统计", "association:figures", allowed=can_see_figures, order=10)
menu("管理", "发送记录", "association:deliveries", allowed=can_see_deliveries, order=80)
menu("管理", "账号与职责", "association:people", allowed=can_see_accounts, order=60)
menu("管理", "权限表", "association:permissions", allowed=can_see_matrix, order=70)
menu("管理", "系统后台", "admin:index", allowed=lambda user: user.is_superuser and user.is_staff, order=90)


@todo
def roles_to_confirm(user):
    """Duties and resets that another administrator proposed and this one may confirm."""
    if not can_manage_accounts(user):
        return
    waiting = RoleAssignment.objects.waiting().select_related("user", "granted_by")
    for role in waiting.exclude(granted_by=user).exclude(user=user).order_by("pk")[:20]:
        yield Todo(
            title=f"待确认的职责：{role.user}任{role.get_role_display()}",
            detail=f"{role.granted_by}提出，确认后生效",
            url=reverse("association:person", args=[role.user_id]),
            action="核对并确认",
        )
    resets = FactorReset.objects.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True)
    rows = resets.select_related("user", "proposed_by").exclude(proposed_by=user).exclude(user=user)
    for reset in rows.order_by("pk")[:20]:
        yield Todo(
            title=f"待确认的重设：{reset.user}的第二步验证",
            detail=f"{reset.proposed_by}提出：{reset.reason}",
            url=reverse("association:person", args=[reset.user_id]),
            action="核实并确认",
        )
