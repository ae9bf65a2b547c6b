"""Cases of leaving in the demonstration: one in every state, a unit whose rights are suspended; invented units only.

What happened in the past is written with its days; nobody left before 2024, so the figures of 2022 and of the assembly
of 2023 stay what they are.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_current_timezone, localdate

from association.domain.activities import record, verb
from members.choices import BillKind, CaseKind, CaseState, Grade, StepKind
from members.domain import bills, casework, memberships
from members.domain.case_letters import decision, hearing, publication, urging
from members.models import Bill, CaseStep, ExitCase, FeeStandard, Organization, Suspension

COUNCIL, ASSEMBLY = "理事会会议决议（演示）", "会员大会决议（演示）"
ARREARS = "演示：年度会费逾期已满 12 个月。"
BREACH = "演示：多次冒用协会名义对外签约，违反章程关于会员义务的规定。"
WISH = "演示：业务调整，不再运营园区。"
WITHDRAWAL, DEEMED, EXPULSION = CaseKind.WITHDRAWAL, CaseKind.DEEMED, CaseKind.EXPULSION
SUSPENDED = "演示资产管理公司04"
# How long before the end a case of the past began.
BEFORE = {WITHDRAWAL: timedelta(40), DEEMED: timedelta(140), EXPULSION: timedelta(40)}


@dataclass(frozen=True)
class Plan:
    """One case: `began` and the days of `steps` are counted back from today; `left_on` is the day of leaving."""

    unit: str
    kind: str
    state: str
    began: int
    steps: tuple = ()
    due: int | None = None
    urged: int = 0
    left_on: date | None = None
    outcome: str = ""


def _recently(days: int) -> date:
    return localdate() - timedelta(days=days)


def plans() -> list[Plan]:
    """One case in every state of every kind of way out."""
    checked = ((StepKind.CHECKED, 3), (StepKind.TO_COUNCIL, 3))
    three = ((StepKind.URGED, 130), (StepKind.URGED, 95), (StepKind.URGED, 60))
    return [
        Plan("演示文化科技公司01", WITHDRAWAL, CaseState.FILED, 2, due=-5),
        Plan("演示文化科技公司02", WITHDRAWAL, CaseState.COUNCIL, 9, checked),
        Plan("演示文化投资公司01", WITHDRAWAL, CaseState.DONE, 0, left_on=date(2024, 6, 28)),
        Plan("演示文化投资公司02", WITHDRAWAL, CaseState.CLOSED, 60, ((StepKind.CLOSED, 52),), outcome="单位撤回申请"),
        Plan("演示文化科技公司04", DEEMED, CaseState.FILED, 1, due=-5),
        Plan("演示文化科技公司05", DEEMED, CaseState.URGING, 50, ((StepKind.URGED, 45), (StepKind.URGED, 10)), -20, 2),
        Plan("演示文化投资公司03", DEEMED, CaseState.PUBLISHED, 140, (*three, (StepKind.PUBLISHED, 5)), -11, 3),
        Plan("演示资产管理公司02", DEEMED, CaseState.COUNCIL, 140, (*three, (StepKind.PUBLISHED, 25), *checked), urged=3),
        Plan("演示文化投资公司04", DEEMED, CaseState.DONE, 0, left_on=date(2024, 12, 20)),
        Plan("演示文化科技公司06", EXPULSION, CaseState.FILED, 1, due=-5),
        Plan("演示文化投资公司05", EXPULSION, CaseState.HEARING, 7, ((StepKind.NOTIFIED, 6), (StepKind.STATEMENT, 2)), -10),
        Plan("演示资产管理公司03", EXPULSION, CaseState.COUNCIL, 30, ((StepKind.NOTIFIED, 28), *checked)),
        Plan("演示文化投资公司06", EXPULSION, CaseState.DONE, 0, left_on=date(2025, 9, 18)),
        Plan("演示文化科技公司07", EXPULSION, CaseState.APPEALED, 60, ((StepKind.NOTIFIED, 55),), left_on=_recently(20)),
        Plan("演示运营公司71", EXPULSION, CaseState.OVERTURNED, 0, left_on=date(2025, 3, 20)),
    ]  # fmt: skip


def load(by) -> None:
    """Write every planned case once; a unit that has a case already, or is no member, is passed over."""
    for plan in plans():
        unit = Organization.objects.filter(name=plan.unit, is_demo=True).first()
        if unit and not unit.exit_cases.exists() and unit.memberships.current().exists():
            _write(unit, plan, by=by)
    _suspend(by=by)


@verb
def _write(unit, plan, *, by):
    began = plan.left_on - BEFORE[plan.kind] if plan.left_on and not plan.began else _recently(plan.began)
    if plan.kind == DEEMED:
        _owe(unit, began)
    reason = {WITHDRAWAL: WISH, DEEMED: ARREARS, EXPULSION: BREACH}[plan.kind]
    case = ExitCase.objects.create(
        number=casework.next_number(began.year), organization=unit, kind=plan.kind, state=CaseState.COUNCIL if plan.left_on else plan.state, reason=reason,
        filed_by=None if plan.kind == DEEMED else by, filed_at=_at(began), urged=plan.urged, outcome=plan.outcome,
        due_on=_recently(plan.due) if plan.due is not None else None, checks=casework.findings(unit), is_demo=True,
        wanted_on=began + timedelta(days=60) if plan.kind == WITHDRAWAL else None,
        ended_at=_at(_recently(52)) if plan.state == CaseState.CLOSED else None,
    )  # fmt: skip
    _step(case, StepKind.FILED, began, reason, by)
    for kind, days in plan.steps:
        _step(case, kind, _recently(days), _words(case, kind, _recently(days)), by)
    if plan.left_on:
        _leave(case, plan, by=by)
    sentence = f"{case.get_kind_display()}事项：{case.get_state_display()}（演示，{case.number}）"
    record("members.case.demo", unit, case, by=by, sentence=sentence)


def _at(day) -> datetime:
    return datetime.combine(day, time(10), get_current_timezone())


def _step(case, kind, day, text, by):
    periods = {StepKind.URGED: 30, StepKind.NOTIFIED: 16, StepKind.PUBLISHED: 16}
    until = day + timedelta(days=periods[kind]) if kind in periods else None
    if kind == StepKind.FILED and case.kind == DEEMED:
        by = None
    CaseStep.objects.create(case=case, kind=kind, text=text, by=by, at=_at(day), until=until)


def _words(case, kind, day) -> str:
    """The words of a step as the house would write them."""
    if kind == StepKind.URGED:
        return urging(case, case.steps.filter(kind=kind).count() + 1, day)
    words = {
        StepKind.PUBLISHED: publication, StepKind.NOTIFIED: hearing,
        StepKind.CHECKED: lambda case: casework.checked_in_words(case.checks),
        StepKind.STATEMENT: lambda case: "演示：我公司未曾以协会名义签约，请核实，附合同复印件。",
        StepKind.CLOSED: lambda case: "单位撤回退会申请。",
    }  # fmt: skip
    return words[kind](case) if kind in words else ""


def _leave(case, plan, *, by):
    """What council and assembly decided, and the end of the membership that follows."""
    unit, day = case.organization, plan.left_on
    case.state = plan.state
    case.decided_on, case.left_on, case.basis, case.present, case.in_favour = day, day, COUNCIL, 24, 20
    case.ended_at, case.outcome = _at(day), "会籍终止（演示）"
    case.ended_posts = memberships.posts_after(unit, day)
    if plan.urged == 0 and plan.kind == DEEMED:
        case.urged = 3
        for days in (130, 95, 60):
            _step(case, StepKind.URGED, day - timedelta(days=days), "演示：催告函正文。", by)
    if plan.kind == EXPULSION and not plan.steps:
        _step(case, StepKind.NOTIFIED, day - timedelta(days=30), hearing(case), by)
    _step(case, StepKind.DECIDED, day, decision(case), by)
    if plan.state == CaseState.OVERTURNED:
        case.outcome = "会员大会认定申诉成立，会籍恢复，不中断"
        _step(case, StepKind.APPEALED, day + timedelta(days=10), "演示：请会员大会复议。", by)
        _step(
            case, StepKind.APPEAL_DECIDED, day + timedelta(days=60), f"{case.outcome}。依据：{ASSEMBLY}", by
        )
    elif plan.state == CaseState.APPEALED:
        _step(case, StepKind.APPEALED, _recently(6), "演示：请会员大会复议。", by)
    case.save()
    if plan.state != CaseState.OVERTURNED:
        memberships.leave(unit, by=by, on=day, reason=plan.kind, basis=COUNCIL)


def _owe(unit, began):
    """Dues that went unpaid for more than a year before the case began, in a year in which the unit has no bill."""
    billed = set(unit.bills.standing().filter(kind=BillKind.DUES).values_list("year", flat=True))
    year = next(y for y in range(began.year - 2, began.year - 6, -1) if y not in billed)
    Bill.objects.create(
        organization=unit, year=year, number=bills.next_number(year), standard=FeeStandard.objects.for_year(year),
        grade=Grade.MEMBER, rule="演示", payer_name=unit.name, payer_code=unit.credit_code, amount=500_000,
        issued_on=date(year, 2, 1), due_on=date(year, 3, 31), is_demo=True,
    )  # fmt: skip


@verb
def _suspend(*, by):
    """Written as it stands, because what is told of a suspension is for the living."""
    unit = Organization.objects.filter(name=SUSPENDED, is_demo=True).first()
    if unit is None or unit.suspensions.exists():
        return
    Suspension.objects.create(
        organization=unit, since=_recently(30), reason="演示：连续三次无故缺席会员大会。", basis=COUNCIL
    )
    record("members.rights.suspended", unit, by=by, sentence="暂停会员权利（演示）", basis=COUNCIL)
