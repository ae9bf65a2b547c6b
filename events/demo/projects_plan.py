"""Which projects and deals the demonstration consists of, as plain data; nothing here touches the database.

The numbers to reproduce stand in domain 1.3: by event of 文科汇 published 11/13/12/14/14, pitched 5/6/5/6/5, landed and
verified deals 6/8/7/9/7. All names, units, marks and amounts are invented.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from events.choices import Maturity, Need, ProjectKind, Stage

PUBLISHED, PITCHED, DEALS = (11, 13, 12, 14, 14), (5, 6, 5, 6, 5), (6, 8, 7, 9, 7)
REJECTED, ONLY_COLLECTED = (5, 6, 6, 7, 6), (0, 0, 0, 0, 3)
LAST_DAY = date(2022, 12, 30)
# Days before or after the event on which a step is taken.
DAYS = {
    Stage.COLLECTED: -45, Stage.SCREENING: -34, Stage.REJECTED: -24, Stage.SELECTED: -24, Stage.PUBLISHED: -16,
    Stage.TO_PITCH: -10, Stage.PITCHED: 0, Stage.TALKING: 4, Stage.SUCCEEDED: 20, Stage.UNSUCCESSFUL: 20,
}  # fmt: skip
WAY = (
    Stage.COLLECTED,
    Stage.SCREENING,
    Stage.SELECTED,
    Stage.PUBLISHED,
    Stage.TO_PITCH,
    Stage.PITCHED,
    Stage.TALKING,
)
SUBJECTS = (
    ("光影导览", ProjectKind.TECHNOLOGY, "园区夜间公共空间", (Need.SCENE, Need.FUNDING)),
    ("数字展厅", ProjectKind.SCENE, "园区展厅与会客厅", (Need.TECHNOLOGY,)),
    ("沉浸剧场", ProjectKind.CONTENT, "老厂房演艺空间", (Need.SPACE, Need.FUNDING)),
    ("云上工坊", ProjectKind.TECHNOLOGY, "园区企业协同办公", (Need.SCENE,)),
    ("非遗数字化", ProjectKind.CONTENT, "园区市集与研学", (Need.TECHNOLOGY, Need.SCENE)),
    ("虚拟主播", ProjectKind.TECHNOLOGY, "园区直播与推介", (Need.SCENE, Need.FUNDING)),
    ("能耗管家", ProjectKind.TECHNOLOGY, "园区绿色改造", (Need.SCENE,)),
    ("城市书房", ProjectKind.SCENE, "园区公共阅读", (Need.SPACE, Need.TECHNOLOGY)),
)
MATURITY = (Maturity.TRIAL, Maturity.PROVEN, Maturity.PROTOTYPE, Maturity.CONCEPT)
EXPERTS = ("演示专家甲", "演示专家乙", "演示专家丙")
COMMENT = "演示意见：场景清楚，落地条件待补充。"
REJECTED_BECAUSE = "演示：与本期场景不符，建议补充落地条件。"
NO_DEAL_BECAUSE = "演示：供需双方对接后没有谈成。"


@dataclass(frozen=True)
class ProjectPlan:
    """`stage` is where it stands; `unit` is a place among the demonstration's units."""

    name: str
    subject: tuple
    unit: int
    stage: str
    marks: tuple = ()

    @property
    def steps(self) -> tuple:
        """The stages that it went through, in their order."""
        if self.stage == Stage.REJECTED:
            return (*WAY[:2], Stage.REJECTED)
        if self.stage in (Stage.SUCCEEDED, Stage.UNSUCCESSFUL):
            return (*WAY, self.stage)
        return WAY[: WAY.index(self.stage) + 1]


@dataclass(frozen=True)
class DealPlan:
    """`project` is a place among the event's projects; None for a deal without one."""

    title: str
    project: int | None
    amount: int | None
    is_confidential: bool = False
    days: tuple = field(default=(6, 18))


def day_of(event_day: date, stage: str) -> date:
    return event_day + timedelta(days=DAYS[stage])


def _stages(issue: int) -> list:
    """Where the projects of an event stand: those that pitched first, then published, rejected, only collected."""
    pitched = PITCHED[issue]
    return (
        [Stage.SUCCEEDED] * (pitched - 2) + [Stage.UNSUCCESSFUL, Stage.TALKING]
        + [Stage.PUBLISHED] * (PUBLISHED[issue] - pitched) + [Stage.REJECTED] * REJECTED[issue]
        + [Stage.COLLECTED] * ONLY_COLLECTED[issue]
    )  # fmt: skip


def _marks(place: int, is_good: bool) -> tuple:
    """Three reviewers' marks by criterion."""
    low = 78 if is_good else 52
    return tuple(
        tuple(low + (place * 7 + reviewer * 5 + n * 3) % 15 for n in range(4)) for reviewer in range(3)
    )


def projects(issue: int) -> list[ProjectPlan]:
    """The projects of the event with this place among the five."""
    found = []
    for place, stage in enumerate(_stages(issue)):
        subject = SUBJECTS[(place + issue) % len(SUBJECTS)]
        name = f"演示项目{issue + 1}-{place + 1:02d}：{subject[0]}"
        marks = () if stage == Stage.COLLECTED else _marks(place + issue, stage != Stage.REJECTED)
        found.append(ProjectPlan(name, subject, issue * 20 + place, stage, marks))
    return found


def deals(issue: int) -> list[DealPlan]:
    """The deals of the event: one of each project that came to something, a second of the first, one of a project that
    did not pitch, the rest without a project."""
    succeeded = PITCHED[issue] - 2
    places = [*range(succeeded), 0, PITCHED[issue]]
    places += [None] * (DEALS[issue] - len(places))
    return [
        DealPlan(
            title=f"演示合作{issue + 1}-{n + 1:02d}", project=place, days=(6 + n % 4, 17 + n % 3),
            amount=None if n % 5 == 4 else (8 + 7 * n + 3 * issue) * 1_000_000, is_confidential=n % 4 == 2,
        )
        for n, place in enumerate(places)
    ]  # fmt: skip
