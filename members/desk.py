"""What the members app puts on the workbench: menu, to-dos, search, yearly figures."""

from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk, stamps
from association.domain import exports, imports
from association.formats import chinese_date
from members import permissions
from members.choices import MUNICIPAL_LEVELS, RecognitionLevel
from members.forms.filters import gaps
from members.models import Membership, Organization, Park, Recognition
from members.search import hits

FOUNDED = date.fromisoformat(settings.ASSOCIATION_APPROVED_ON)
LISTED = 2020


# --- menu ---------------------------------------------------------------------------------------------------
def members_today(user) -> int:
    """How many units are members today; the same for everyone who sees the roster."""
    return stamps.counted("members.today", lambda: Organization.objects.members_on(localdate()).count())


desk.menu(
    "会员", "名册", "members:roster", allowed=permissions.can_view_roster, order=10, count=members_today
)
desk.menu("", "我的单位", "members:own", allowed=permissions.has_own_units, order=10)
desk.menu("会员", "按区概览", "members:districts", allowed=permissions.can_view_roster, order=20)
desk.menu("会员", "导入", "members:imports", allowed=permissions.can_import_members, order=30)
desk.menu("会员", "导出记录", "members:exports", allowed=permissions.can_open_exports, order=40)


# --- to-dos -------------------------------------------------------------------------------------------------
@desk.todo
def incomplete_profiles(user):
    """One for the secretariat when members' profiles lack what a roster cannot do without."""
    if not permissions.can_edit_members(user):
        return
    number = stamps.counted("members.incomplete", _count_incomplete)
    if number:
        yield desk.Todo(
            title=f"{number:,} 家会员的资料待完善",
            detail="缺信用代码、法定代表人、会员代表或联络员的手机，或园区的地址、面积、主导产业",
            url=f"{reverse('members:roster')}?incomplete=true",
            action="逐家补齐",
        )


def _count_incomplete() -> int:
    return Organization.objects.members_on(localdate()).filter(gaps()).count()


@desk.todo
def files_to_fetch(user):
    """One when exports that were made in the background wait to be downloaded."""
    if not permissions.can_export_members(user):
        return
    number = exports.waiting(user)
    if number:
        yield desk.Todo(
            title=f"{number} 份导出的名册可以下载",
            detail="文件保留七天，只有你自己能下载",
            url=f"{reverse('members:exports')}?mine=1",
            action="去下载",
        )


@desk.todo
def imports_to_confirm(user):
    """One when workbooks that the person uploaded have been checked and wait for a word."""
    if not permissions.can_import_members(user):
        return
    number = imports.waiting(user)
    if number:
        yield desk.Todo(
            title=f"{number} 份导入的名册核对好了",
            detail="确认之前不改动任何数据；不要了可以放弃",
            url=reverse("members:imports"),
            action="看结果",
        )


desk.search(hits)


# --- yearly figures -----------------------------------------------------------------------------------------
def _listed(units, day):
    """Units with what a figure's page shows of them: main park and the day of joining, as of `day`."""
    joined = Membership.objects.on(day).filter(organization=OuterRef("pk")).values("joined_on")
    main = Park.objects.filter(organization=OuterRef("pk"), is_main=True).values("name")
    return units.annotate(joined_on=Subquery(joined[:1]), park_name=Subquery(main[:1])).order_by(
        "member_number", "pk"
    )


def founding(year):
    """Units that were members on the day the association was approved; in earlier years there were none."""
    units = _listed(Organization.objects.members_on(FOUNDED), FOUNDED)
    return units if year >= FOUNDED.year else units.none()


def founding_on_municipal_list(year):
    """Founding members with a park on the city's own list of 2020, at any of its levels; counted by unit."""
    titles = Recognition.objects.filter(
        park__organization=OuterRef("pk"), level__in=MUNICIPAL_LEVELS, year=LISTED
    )
    units = founding(year).filter(Exists(titles))
    return units.annotate(level=Subquery(titles.order_by("pk").values("level")[:1]))


def at_year_end(year):
    """Units that were members on the last day of the year; in the present year those of today, later none."""
    today = localdate()
    day = min(date(year, 12, 31), today)
    units = _listed(Organization.objects.members_on(day), day)
    return units if year <= today.year else units.none()


COLUMNS = (
    ("单位", lambda unit: unit.name),
    ("园区", lambda unit: unit.park_name or ""),
    ("会员编号", lambda unit: unit.member_number),
    ("所属区", lambda unit: unit.get_district_display()),
    ("入会日期", lambda unit: chinese_date(unit.joined_on)),
)
LEVEL = ("认定", lambda unit: f"{LISTED} {RecognitionLevel(unit.level).label}")

desk.figure("members.founding", "首批会员（2022-01-26）", founding, COLUMNS, "核准成立之日在籍的会员单位。")
desk.figure(
    "members.founding_municipal_2020",
    "首批会员中的2020年度市级园区",
    founding_on_municipal_list,
    (*COLUMNS, LEVEL),
    "首批会员中，至少有一个园区列入2020年度北京市级名单的单位；有几个园区的也只计一家。",
)
desk.figure(
    "members.at_year_end", "年末会员", at_year_end, COLUMNS, "12月31日在籍的会员单位；本年度按今天计。"
)
