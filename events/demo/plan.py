"""Which events the demonstration consists of, as plain data; nothing here touches the database.

The numbers to reproduce stand in domain 1.3: 123 events under the brand, 5 of 文科汇, 3 that must not count and 2 in
January 2023. Topics, places and days are invented.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from association.workdays import is_workday
from events.choices import Audience, HostRole, Mode, Unit

BRAND = "北京文化园区SHOW"
US = "北京文化产业园区协会"
# In the order of the calendar's first year: how many there were in 2022, what they were about.
FIRST, LAST = date(2022, 2, 15), date(2022, 12, 28)


@dataclass(frozen=True)
class SeriesPlan:
    code: str
    name: str
    unit: str
    count: int
    topics: tuple
    introduction: str
    mode: str = Mode.HYBRID
    audience: str = Audience.MEMBERS
    counts: bool = True
    hosts: tuple = ()
    minutes: int = 120


@dataclass(frozen=True)
class EventPlan:
    """`stand` says how far it came: held, off, failed, planned, submitted, announced."""

    number: int
    topic: str
    day: date
    stand: str = "held"
    hour: int = 14


C3 = ((HostRole.CO_ORGANIZER, "深圳园区协会", "深圳"), (HostRole.CO_ORGANIZER, "上海园区协会", "上海"))
SERIES = (
    SeriesPlan(
        "government_dialogue", "政企沟通会", Unit.SESSION, 16,
        ("园区更新改造政策解读", "房租减免政策落实", "消防与安全责任", "文化企业上市服务", "园区认定管理办法", "人才引进与落户",
         "税收优惠与退税", "低碳改造补贴"),
        "政府部门、专家智库与企业面对面，企业提出的问题会后逐项跟进。",
        hosts=((HostRole.SUPPORTER, "演示政府部门", "北京"),),
    ),
    SeriesPlan(
        "matchmaking", "合作对对碰", Unit.ISSUE, 7,
        ("园区与数字技术企业", "园区与文化金融机构", "园区与品牌服务商", "园区与演出内容方"),
        "供需双方当场见面，秘书处会后跟进到落地。",
    ),
    SeriesPlan(
        "park_talks", "园区有话说", Unit.ISSUE, 22,
        ("老厂房的第二次生长", "园区招商的变与不变", "夜间经济怎么做", "社区与园区共生", "数字展厅实践", "园区里的艺术节",
         "小微企业服务包", "三城园区圆桌"),
        "与深圳、上海园区协会合办，园区运营者轮流主讲。", mode=Mode.ONLINE, audience=Audience.PUBLIC, hosts=C3,
    ),
    SeriesPlan(
        "forum", "高质量发展论坛", Unit.SESSION, 2, ("高校与文化产业园区", "数字文化与园区转型"),
        "年度论坛，政产学研资共同讨论园区的新空间、新机遇、新模式。", audience=Audience.PUBLIC, minutes=240,
    ),
    SeriesPlan(
        "cloud_visits", "案例云参访", Unit.SESSION, 12, ("专业化园区案例", "特色化园区案例", "数字化园区案例"),
        "镜头走进会员园区，边看边讲。", mode=Mode.ONLINE, audience=Audience.PUBLIC, minutes=90,
    ),
    SeriesPlan(
        "parks_tour", "走进北京文化产业园", Unit.ISSUE, 20, ("媒体走进园区", "高校走进园区", "投资人走进园区", "街道走进园区"),
        "邀请媒体和合作方走进园区。", mode=Mode.ONSITE, audience=Audience.PUBLIC,
    ),
    SeriesPlan(
        "themes", "园区主题活动", Unit.SESSION, 44,
        ("数字文化年系列沙龙", "园区运营实务培训", "知识产权公开课", "品牌营销工作坊", "文化金融咨询日", "智慧园区体验日"),
        "沙龙、培训与咨询日。", mode=Mode.ONSITE,
    ),
    SeriesPlan(
        "wenke", "文科汇", Unit.ISSUE, 5,
        ("文化与科技应用场景对接", "沉浸式体验场景", "数字内容与园区", "虚拟现实场景", "人工智能与文化生产"),
        "受委托承办：公开征集项目，优选后路演、对接、跟进落地。", audience=Audience.PUBLIC, counts=False,
        hosts=((HostRole.COMMISSIONER, "演示委托单位", "北京"),), minutes=180,
    ),
)  # fmt: skip


def held(series: SeriesPlan) -> list[EventPlan]:
    """The events that the series held in 2022, spread evenly over the year's working days."""
    span = (LAST - FIRST).days
    place = SERIES.index(series)
    plans = []
    for n in range(series.count):
        day = FIRST + timedelta(days=(span * (2 * n + 1)) // (2 * series.count) + place)
        while not is_workday(day):
            day += timedelta(days=1)
        topic = series.topics[n % len(series.topics)]
        round_ = n // len(series.topics)
        plans.append(
            EventPlan(n + 1, f"{topic}（{round_ + 1}）" if round_ else topic, min(day, date(2022, 12, 30)))
        )
    return plans


# What was called off, did not convene or was only planned in 2022, and what came in January 2023: none of it counts.
UNCOUNTED = {
    "matchmaking": [EventPlan(8, "园区与出版机构", date(2022, 11, 24), "off")],
    "government_dialogue": [EventPlan(17, "年末政策问答", date(2022, 12, 22), "failed")],
    "themes": [
        EventPlan(45, "跨年市集筹备会", date(2022, 12, 29), "planned"),
        EventPlan(46, "数智服务年启动沙龙", date(2023, 1, 12)),
    ],
    "park_talks": [EventPlan(23, "新年第一讲", date(2023, 1, 5))],
}
# What is to come, in days from the day on which the demonstration is loaded.
COMING = (
    ("government_dialogue", 18, "数智服务与园区治理", 12, "announced"),
    ("park_talks", 24, "三城园区年度对话", 16, "announced"),
    ("matchmaking", 9, "园区与智能硬件企业", 23, "submitted"),
    ("cloud_visits", 13, "低碳园区案例", 30, "planned"),
)
# Registration of what is to come: seats, how many of them are taken, what is asked.
SEATS = {Mode.ONSITE: 6, Mode.ONLINE: 100}
QUESTIONS = [
    {"text": "是否开车前来", "kind": "yes_no", "options": [], "is_required": False, "mode": Mode.ONSITE, "after": None,
     "asked_when": ""},
    {"text": "车牌号", "kind": "text", "options": [], "is_required": False, "mode": Mode.ONSITE, "after": 1,
     "asked_when": "是"},
    {"text": "最关心的议题", "kind": "several", "options": ["政策", "融资", "招商", "技术"], "is_required": False, "mode": "",
     "after": None, "asked_when": ""},
]  # fmt: skip


def signed_up(modes) -> list[str]:
    """Who is signed up: in each mode a few, on site one more than there are seats."""
    return [mode for mode in modes for _ in range(SEATS[Mode.ONSITE] + 1 if mode == Mode.ONSITE else 5)]


THEMES = {2022: "数字文化年", 2023: "数智服务年"}


def moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))
