"""Verbs of what must precede the council's decision: urging, publication, and hearing the unit (domain 10.12).

Every period is counted from the day after the step was taken, so that its last day is whole; `ExitCase.due_on` is the
first day after it.
"""

from datetime import timedelta

from django.utils.timezone import localdate

from association.domain.activities import verb
from association.domain.editing import store
from association.errors import Refused
from association.formats import chinese_date
from association.models import Attachment
from members import permissions
from members.choices import CaseKind, CaseState, StepKind
from members.domain import casework
from members.models import ExitCase

URGINGS = 3
DAYS_BETWEEN_URGINGS = 30
DAYS_TO_BE_HEARD = 15
DAYS_PUBLISHED = 15


def _first_day_after(days: int):
    return localdate() + timedelta(days=days + 1)


def last_day(first_after):
    """The last day of a period, from the first one after it."""
    return first_after - timedelta(days=1)


@verb
def urge(case, *, by, text: str, number: int) -> ExitCase:
    """Urge the unit to pay, for the `number`th time, at least thirty days after the last; everybody with a duty there
    is told, and `text` is the letter. Doing it twice urges once."""
    case = casework.locked(case)
    if case.kind == CaseKind.DEEMED and number <= case.urged:
        return case
    casework.refuse_own(case, by)
    if case.kind != CaseKind.DEEMED:
        raise Refused("只有因欠费视为退会的事项才催告。")
    casework.expect(case, CaseState.FILED, CaseState.URGING, doing="催告")
    if case.urged >= URGINGS or number != case.urged + 1:
        raise Refused(f"已催告 {case.urged} 次，最多 {URGINGS} 次，请刷新页面看下一步。")
    casework.expect_period_over(case, "再次催告" if number < URGINGS else "第三次催告")
    if not casework.overdue_dues(case.organization).exists():
        raise Refused("这家单位现在没有逾期的会费，不必催告，请撤销这项事项。")
    due_on = localdate() + timedelta(days=DAYS_BETWEEN_URGINGS)
    store(case, {"state": CaseState.URGING, "urged": number, "due_on": due_on})
    casework.step(case, StepKind.URGED, by=by, text=text, until=due_on)
    casework.note(case, "urged", by=by, sentence=f"第 {number} 次催告缴纳会费（{case.number}）")
    casework.tell_unit(case, "members.case_urged", by=by, times=str(number), text=text, due_on=due_on)
    return case


@verb
def publish(case, *, by, text: str) -> ExitCase:
    """Publish to the members for fifteen days that the unit is to be deemed to have left, thirty days after the third
    urging. Doing it twice changes nothing."""
    case = casework.locked(case)
    if case.state == CaseState.PUBLISHED:
        return case
    casework.refuse_own(case, by)
    casework.expect(case, CaseState.URGING, doing="公示")
    if case.urged < URGINGS:
        raise Refused(f"催告满 {URGINGS} 次以后才能公示，现在是 {case.urged} 次。")
    casework.expect_period_over(case, "公示")
    due_on = _first_day_after(DAYS_PUBLISHED)
    store(case, {"state": CaseState.PUBLISHED, "due_on": due_on})
    casework.step(case, StepKind.PUBLISHED, by=by, text=text, until=due_on)
    casework.note(
        case, "published", by=by, sentence=f"拟视为退会，向会员公示 {DAYS_PUBLISHED} 天（{case.number}）"
    )
    casework.tell_unit(case, "members.case_published", by=by, last_day=last_day(due_on))
    return case


@verb
def object_to(case, *, by, text: str) -> ExitCase:
    """Put an objection into the file while the case is published. The same person's same words stand once."""
    case = casework.locked(case)
    casework.expect(case, CaseState.PUBLISHED, doing="再提异议")
    if not permissions.can_object_to_cases(by):
        raise Refused("异议由会员单位的人提出，或由秘书处登记。")
    if case.steps.filter(kind=StepKind.OBJECTION, by=by, text=text[:2000]).exists():
        return case
    casework.step(case, StepKind.OBJECTION, by=by, text=text)
    casework.note(case, "objected", by=by, sentence=f"公示期收到异议（{case.number}）")
    casework.tell_staff(case, "members.case_words", permissions.CASE_HANDLERS, by=by, words="公示期异议")
    return case


@verb
def hear(case, *, by, text: str) -> ExitCase:
    """Tell the unit what it is to be expelled for, and that it may state its case within fifteen days; `text` is the
    letter. Doing it twice changes nothing."""
    case = casework.locked(case)
    if case.state == CaseState.HEARING:
        return case
    casework.refuse_own(case, by)
    if case.kind != CaseKind.EXPULSION:
        raise Refused("只有除名事项才告知申辩。")
    casework.expect(case, CaseState.FILED, doing="告知")
    due_on = _first_day_after(DAYS_TO_BE_HEARD)
    store(case, {"state": CaseState.HEARING, "due_on": due_on})
    casework.step(case, StepKind.NOTIFIED, by=by, text=text, until=due_on)
    casework.note(case, "hearing", by=by, sentence=f"告知申辩权利（{case.number}）")
    casework.tell_unit(case, "members.case_hearing", by=by, last_day=last_day(due_on), text=text)
    return case


# In which states a unit is heard: late words count until the council has decided.
HEARD = {
    CaseKind.EXPULSION: (CaseState.HEARING, CaseState.COUNCIL),
    CaseKind.DEEMED: (CaseState.URGING, CaseState.PUBLISHED, CaseState.COUNCIL),
    CaseKind.WITHDRAWAL: (),
}


@verb
def state_case(case, *, by, text: str, files=()) -> ExitCase:
    """Put what the unit says for itself into the file, with uploaded files; accepted until the council has decided.

    The same words stand once. Raises Refused for who does not speak for the unit.
    """
    case = casework.locked(case)
    if not permissions.can_speak_for(by, case.organization):
        raise Refused("说明与申辩由单位的负责人、会员代表或会员管理员提交。")
    casework.expect(case, *HEARD[case.kind], doing="再提交申辩")
    late = case.kind == CaseKind.EXPULSION and not case.must_wait
    text = ("（期限届满后提交）" if late else "") + text
    if case.steps.filter(kind=StepKind.STATEMENT, by=by, text=text[:2000]).exists():
        return case
    casework.step(case, StepKind.STATEMENT, by=by, text=text)
    casework.attach(case, files, by=by, kind=casework.STATEMENT)
    casework.note(case, "stated", by=by, sentence=f"提交申辩意见（{case.number}）")
    casework.tell_staff(case, "members.case_words", permissions.CASE_HANDLERS, by=by, words="单位的申辩意见")
    return case


def heard_on(case) -> str:
    """In words when the unit was told of its right and what came of it, for the council's paper."""
    told = case.steps.filter(kind=StepKind.NOTIFIED).order_by("pk").last()
    if told is None:
        return ""
    said = case.steps.filter(kind=StepKind.STATEMENT).count()
    files = Attachment.objects.about(case).filter(kind=casework.STATEMENT).count()
    came = f"提交申辩意见 {said} 份、材料 {files} 件" if said else "没有提交申辩意见"
    return f"{chinese_date(localdate(told.at))}告知，单位{came}。"
