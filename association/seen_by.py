"""Who may see what the house knows about a person: asked of the same questions that guard the pages.

Each app registers what it keeps about people in its own `seen_by.py`.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from association import permissions
from association.choices import Role
from association.matrix import roles_for
from association.models import RoleAssignment

ONESELF = "你自己"


@dataclass(frozen=True)
class Audience:
    """Some people who see it: `roles` hold a duty in the association, `others` are said in words; `how` limits it."""

    roles: tuple = ()
    others: str = ""
    how: str = "完整"


@dataclass(frozen=True)
class Holding:
    """One kind of information about a person: what it is, who sees it, and what of it everybody may see."""

    title: str
    what: str
    audiences: list[Audience] = field(default_factory=list)
    public: str = "不公开"


@dataclass(frozen=True)
class Section:
    """A part of the page that an app adds: its title, which leads there from the top, a template, and what that is filled
    with under the name `section`."""

    title: str
    template: str
    values: dict


@dataclass(frozen=True)
class Outflow:
    """A file that left the house and may hold something about the person."""

    at: object
    by: object
    title: str
    what: str
    is_unmasked: bool
    reason: str


_holdings: list[Callable] = []
_outflows: list[Callable] = []
_sections: list[Callable] = []


def holdings(source):
    """Register `source(user) -> Iterable[Holding]`."""
    _holdings.append(source)
    return source


def outflows(source):
    """Register `source(user) -> Iterable[Outflow]`, newest first."""
    _outflows.append(source)
    return source


def sections(source):
    """Register `source(user) -> Section`, a part of the page about oneself."""
    _sections.append(source)
    return source


def sections_about(user) -> list[Section]:
    """What the apps add about the person, in the order they were registered."""
    return [source(user) for source in _sections]


def about(user) -> list[Holding]:
    """Everything that the house keeps about the person, by kind."""
    return [holding for source in _holdings for holding in source(user)]


def taken_out_about(user) -> list[Outflow]:
    """Exports that may hold something about the person, newest first."""
    found = [outflow for source in _outflows for outflow in source(user)]
    return sorted(found, key=lambda o: o.at, reverse=True)


def staff(*questions, how: str = "完整") -> Audience:
    """Those who hold a duty for which the house answers all `questions` with yes."""
    return Audience(roles=tuple(roles_for(*questions)), how=how)


def holders_of_roles() -> dict[str, list[str]]:
    """Role → names of those who hold it today and can sign in; one query."""
    names = defaultdict(list)
    rows = (
        RoleAssignment.objects.current().filter(user__is_active=True).order_by("user__pinyin_full", "user_id")
    )
    for role, name in rows.values_list("role", "user__full_name"):
        names[role].append(name)
    return names


def shown(audience, names, *, with_names: bool) -> list[str]:
    """An audience in words: 秘书处：陈思远 for staff, 秘书处（1 人） for everybody else."""
    lines = []
    for role in audience.roles:
        held = names.get(role, [])
        who = f"：{'、'.join(held) or '现无人担任'}" if with_names else f"（{len(held)} 人）"
        lines.append(f"{Role(role).label}{who}")
    return [*lines, audience.others] if audience.others else lines


@holdings
def account(user):
    yield Holding(
        "账号",
        "姓名、手机、邮箱、职责、是否设置第二步验证、最近登录时间",
        [
            staff(permissions.can_manage_accounts),
            _others(permissions.can_see_accounts, permissions.can_manage_accounts, how="手机打码"),
        ],
    )
    yield Holding(
        "登录记录",
        "每次登录的时间、方式、设备和网络地址，账号的改动",
        [Audience(others=ONESELF), staff(permissions.can_see_accounts)],
    )
    yield Holding(
        "通知与发送记录",
        "发给你的通知、邮件与短信；验证码和链接发出后即抹去",
        [
            Audience(others=ONESELF),
            staff(permissions.can_read_deliveries),
            _others(
                permissions.can_see_deliveries, permissions.can_read_deliveries, how="地址打码，不含正文"
            ),
        ],
    )


def _others(wide, narrow, *, how) -> Audience:
    full = set(roles_for(narrow))
    return Audience(roles=tuple(role for role in roles_for(wide) if role not in full), how=how)
