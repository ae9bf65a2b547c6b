"""What the members app puts on the workbench: menu, to-dos, search, yearly figures."""

from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk, stamps
from association.domain import exports, imports
from association.formats import chinese_date
from association.stocks import large, waiting
from members import permissions
from members.choices import MUNICIPAL_LEVELS, ContactDuty, RecognitionLevel, SensitiveField
from members.completeness import measure
from members.forms.filters import gaps
from members.models import (
    ContactRole,
    DuplicatePair,
    Membership,
    Merge,
    Organization,
    Park,
    ParkYear,
    ProfileChange,
    Recognition,
)
from members.parkyears import awaited_year
from members.queries import completeness_facts
from members.search import hits

FOUNDED = date.fromisoformat(settings.ASSOCIATION_APPROVED_ON)
LISTED = 2020


# --- menu ---------------------------------------------------------------------------------------------------
def _members():
    return Organization.objects.members_on(localdate())


large.add("members.today", _members)
large.add("members.incomplete", lambda: _members().filter(gaps()))


def members_today(user) -> int:
    """How many units are members today; the same for everyone who sees the roster."""
    return large.of("members.today").number


desk.menu(
    "会员", "名册", "members:roster", allowed=permissions.can_view_roster, order=10, count=members_today
)
desk.menu("", "我的单位", "members:own", allowed=permissions.has_own_units, order=10)


def _changes():
    return ProfileChange.objects.pending()


waiting.add("members.changes", lambda: _changes().exclude(field=SensitiveField.BANK))
waiting.add("members.bank_changes", lambda: _changes().filter(field=SensitiveField.BANK))


def changes_to_decide(user) -> int:
    """How many proposed changes the person decides on; the same for everyone with the same duties."""
    decided = (
        ("members.changes", permissions.can_decide_changes),
        ("members.bank_changes", permissions.can_decide_bank_changes),
    )
    return sum(waiting.of(name).number for name, may in decided if may(user))


desk.menu(
    "会员",
    "资料变更",
    "members:changes",
    allowed=permissions.can_see_changes,
    order=15,
    count=changes_to_decide,
    due=True,
)
desk.menu("会员", "按区概览", "members:districts", allowed=permissions.can_view_roster, order=20)


waiting.add("members.duplicates", DuplicatePair.objects.open)
waiting.add("members.merges", Merge.objects.pending)


def open_duplicates(user) -> int:
    """How many pairs of units wait for somebody to look whether they are one."""
    return waiting.of("members.duplicates").number


desk.menu(
    "会员",
    "查重",
    "members:duplicates",
    allowed=permissions.can_find_duplicates,
    order=25,
    count=open_duplicates,
)
desk.menu("会员", "导入", "members:imports", allowed=permissions.can_import_members, order=30)
desk.menu("会员", "导出记录", "members:exports", allowed=permissions.can_open_exports, order=40)


# --- to-dos -------------------------------------------------------------------------------------------------
@desk.todo
def incomplete_profiles(user):
    """One for the secretariat when members' profiles lack what a roster cannot do without."""
    if not permissions.can_edit_members(user):
        return
    number = large.of("members.incomplete").number
    if number:
        yield desk.Todo(
            title=f"{number:,} 家会员的资料待完善",
            detail="缺信用代码、法定代表人、会员代表或联络员的手机，或园区的地址、面积、主导产业",
            url=f"{reverse('members:roster')}?incomplete=true",
            action="逐家补齐",
        )


@desk.todo
def changes_waiting(user):
    """One when proposed changes wait for the person's decision, with the earliest deadline; late once it has passed."""
    number = changes_to_decide(user)
    if not number:
        return
    waiting = ProfileChange.objects.pending().exclude(filed_by=user)
    if not permissions.can_decide_bank_changes(user):
        waiting = waiting.exclude(field=SensitiveField.BANK)
    if not permissions.can_decide_changes(user):
        waiting = waiting.filter(field=SensitiveField.BANK)
    dues = list(waiting.order_by("due_on").values_list("due_on", flat=True)[:100])
    late = sum(due < localdate() for due in dues)
    if dues:
        yield desk.Todo(
            title=f"{len(dues)} 项资料变更待审核" + (f"，其中 {late} 项已超期" if late else ""),
            detail="会员单位改名称、代码、法定代表人、会员代表或银行信息，三个工作日内答复",
            url=reverse("members:changes"),
            action="去审核",
            due=dues[0],
        )


@desk.todo
def year_numbers_awaited(user):
    """One for a unit's own people when a park of theirs lacks the yearly numbers that are asked for.

    From January to March those of last year; afterwards only where a park has never reported at all.
    """
    if not permissions.has_own_units(user):
        return
    awaited = awaited_year(localdate())
    reported = ParkYear.objects.filter(park=OuterRef("pk"), **({"year": awaited} if awaited else {}))
    units = Organization.objects.members_on(localdate()).filter(
        pk__in=ContactRole.objects.current()
        .filter(contact__user=user, duty__in=permissions.REPORTING_DUTIES)
        .values("organization")
    )
    parks = Park.objects.filter(~Exists(reported), organization__in=units).order_by(
        "organization", "-is_main", "pk"
    )
    for park in parks[:5]:
        yield desk.Todo(
            title=f"填报“{park.name}”" + (f"{awaited} 年度数据" if awaited else "年度数据"),
            detail="出租、入驻企业、收入与租金，约十分钟"
            if awaited
            else "还没有填过；出租、入驻企业、收入与租金，约十分钟",
            url=reverse("members:park_year", args=[park.pk]),
            action="去填报",
            due=date(awaited + 1, 3, 31) if awaited else None,
        )


@desk.todo
def own_profile_to_complete(user):
    """One for each unit whose own page lacks something, for those who keep it."""
    if not permissions.has_own_units(user):
        return
    keeping = ContactRole.objects.current().filter(contact__user=user, duty=ContactDuty.MANAGER)
    units = Organization.objects.members_on(localdate()).filter(pk__in=keeping.values("organization"))
    for unit in units.order_by("pk")[:5]:
        percent = stamps.counted(f"members.complete.{unit.pk}", lambda unit=unit: _percent_complete(unit))
        if percent < 100:
            yield desk.Todo(
                title=f"补全“{unit.name}”的资料",
                detail=f"已完成 {percent}%，页面上写着下一项",
                url=unit.get_absolute_url(),
                action="去补全",
            )


def _percent_complete(unit) -> int:
    return measure(completeness_facts(unit, unit.parks.filter(is_main=True).first())).percent


@desk.todo
def merges_to_confirm(user):
    """One for each merge, or its undoing, that a colleague proposed and that waits for a second person."""
    if not permissions.can_propose_merge(user):
        return
    if not waiting.of("members.merges"):
        return
    for merge in Merge.objects.pending().defer("effects").select_related("kept", "merged")[:20]:
        if permissions.can_confirm_merge(user, merge):
            undoing = merge.undo_asked_by_id is not None
            yield desk.Todo(
                title=f"{'撤销合并' if undoing else '合并'}待确认：{merge.merged.name}",
                detail=f"与{merge.kept.name}{'重新分开' if undoing else '合为一份档案'}，由另一位同事提出",
                url=reverse("members:merge", args=[merge.pk]),
                action="去确认",
            )


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

desk.figure(
    "members.founding",
    "首批会员（2022-01-26）",
    founding,
    COLUMNS,
    "核准成立之日在籍的会员单位。",
    settled=FOUNDED.year,
)
desk.figure(
    "members.founding_municipal_2020",
    "首批会员中的2020年度市级园区",
    founding_on_municipal_list,
    (*COLUMNS, LEVEL),
    "首批会员中，至少有一个园区列入2020年度北京市级名单的单位；有几个园区的也只计一家。",
    settled=FOUNDED.year,
)
desk.figure(
    "members.at_year_end", "年末会员", at_year_end, COLUMNS, "12月31日在籍的会员单位；本年度按今天计。"
)
