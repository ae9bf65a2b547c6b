"""Demand, supply and matches of the demonstration, as plain data; nothing here touches the database.

All of it is invented and says so; units that something came to nothing with are invented ones.
"""

from dataclasses import dataclass

from events.choices import MatchState, PostingCategory, PostingKind

UNIT = "演示运营公司{:02d}"
# category → (what a unit looks for, what another offers)
TITLES = {
    PostingCategory.FINANCE: ("园区小微企业融资服务", "文化企业信用贷款服务"),
    PostingCategory.BRANDING: ("园区五周年品牌策划", "园区品牌与公众号代运营"),
    PostingCategory.TALENT: ("园区运营团队培训", "园区招商实务课程"),
    PostingCategory.PROPERTY: ("入驻企业版权登记辅导", "版权登记与维权服务"),
    PostingCategory.SMART_PARK: ("停车与门禁系统改造", "智慧园区管理平台"),
    PostingCategory.CONSULTING: ("园区五年规划咨询", "园区定位与招商咨询"),
    PostingCategory.SPACE: ("寻找三百平方米排练场地", "老厂房展厅出租"),
    PostingCategory.CONTENT: ("园区艺术节内容合作", "驻场戏剧与市集内容"),
    PostingCategory.TECHNOLOGY: ("寻找沉浸式展览技术团队", "投影与互动展示技术"),
    PostingCategory.OTHER: ("园区绿化养护合作", "活动物资共享"),
}
CATEGORIES = tuple(TITLES)
# How the three pairs of each event of 2022 ended; the first of each came to a deal.
SECOND = (MatchState.FAILED, MatchState.FAILED, MatchState.TERMINATED)
THIRD = ("declined", "lapsed", "withdrawn")
DEALS = ("landed", "landed", "landed", "landed", "landed", "signed", "ended")


@dataclass(frozen=True)
class Pair:
    """A demand and a supply of one event of 2022 and how their match ended: landed, signed, ended, failed, terminated,
    declined, lapsed or withdrawn."""

    category: str
    demander: str
    supplier: str
    ending: str


def of_event(place: int) -> list[Pair]:
    """The pairs of the event with this place in the year, from nought."""
    found = []
    for k, ending in enumerate((DEALS[place % 7], SECOND[place % 3].value, THIRD[place % 3])):
        n = 3 * place + k
        found.append(
            Pair(CATEGORIES[n % len(CATEGORIES)], UNIT.format(30 + n), UNIT.format(51 + n % 18), ending)
        )
    return found


@dataclass(frozen=True)
class Open:
    """A posting of these days. `stand`: draft, submitted, rejected, published, expired, closed; `match` how far the
    match with `partner` has come, the days being counted back from today."""

    unit: str
    kind: str
    category: str
    stand: str = "published"
    partner: str = ""
    match: str = ""
    days: int = 0
    visibility: str = "members"


# The unit of the demonstration's member account; only good comes to it.
MEMBER = "member"
D, S = PostingKind.DEMAND, PostingKind.SUPPLY
C = PostingCategory
OPEN = (
    Open(UNIT.format(22), D, C.TECHNOLOGY, visibility="public"),
    Open(UNIT.format(23), S, C.TECHNOLOGY, visibility="public"),
    Open(UNIT.format(24), D, C.SPACE, visibility="public"),
    Open(MEMBER, S, C.SPACE, partner=UNIT.format(24), match="waiting", days=3, visibility="public"),
    Open(UNIT.format(25), D, C.BRANDING),
    Open(UNIT.format(26), S, C.TALENT, partner=MEMBER, match="talking", days=12),
    Open(UNIT.format(27), D, C.FINANCE, partner=UNIT.format(28), match="agreed", days=4),
    Open(UNIT.format(28), S, C.CONTENT, partner=UNIT.format(22), match="talking", days=48),
    Open(UNIT.format(29), D, C.SMART_PARK, partner=UNIT.format(23), match="proposed", days=2),
    Open(UNIT.format(22), S, C.CONSULTING, partner=UNIT.format(29), match="signed", days=40),
    Open(UNIT.format(23), D, C.CONTENT, partner=UNIT.format(28), match="failed", days=50),
    Open(UNIT.format(24), S, C.OTHER, partner=UNIT.format(25), match="terminated", days=30),
    Open(UNIT.format(25), S, C.PROPERTY, stand="submitted"),
    Open(UNIT.format(26), D, C.CONSULTING, stand="submitted"),
    Open(UNIT.format(27), S, C.BRANDING, stand="rejected"),
    Open(MEMBER, D, C.TALENT, stand="draft"),
    Open(UNIT.format(28), D, C.TALENT, stand="expired"),
    Open(UNIT.format(29), S, C.FINANCE, stand="closed"),
)


def names() -> set[str]:
    """Every invented unit that takes part."""
    past = {name for place in range(7) for p in of_event(place) for name in (p.demander, p.supplier)}
    now = {name for one in OPEN for name in (one.unit, one.partner) if name and name != MEMBER}
    return past | now


def title_of(category, kind) -> str:
    return TITLES[category][0 if kind == PostingKind.DEMAND else 1]
