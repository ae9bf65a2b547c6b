"""The steps that may be taken on a case: who, when, with which form and verb. Pages and buttons are made from these."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.timezone import localdate

from association.formats import chinese_date
from members import permissions
from members.choices import OPEN_CASES, CaseKind, CaseState
from members.domain import case_decisions, case_letters, cases, casework, hearings
from members.forms import cases as forms

ALL = tuple(CaseKind)
ARREARS, EXPULSION, WITHDRAWAL = (CaseKind.DEEMED,), (CaseKind.EXPULSION,), (CaseKind.WITHDRAWAL,)


@dataclass(frozen=True)
class Move:
    """One step: `verb(case, by=…, **cleaned data)`; `waits` while a period of the case runs; `when` says more."""

    label: str
    explain: str
    done: str
    form: type | None
    verb: Callable
    who: Callable
    kinds: tuple = ALL
    states: tuple = OPEN_CASES
    waits: bool = False
    when: Callable = lambda case: True
    initial: Callable = lambda case: {}
    tone: str = ""
    cleaned: Callable = field(default=lambda data: data)

    def fits(self, case) -> bool:
        """Whether the case stands where the step is taken, periods aside."""
        return case.kind in self.kinds and case.state in self.states and self.when(case)

    def opens_on(self, case):
        """The day from which the step may be taken, where that is still to come."""
        return case.due_on if self.waits and case.must_wait else None


def _speaks(user, case):
    return permissions.can_speak_for(user, case.organization)


def _appeals(user, case):
    return permissions.can_appeal_for(user, case.organization) or permissions.handles_case(user, case)


def _asks(user, case):
    return permissions.can_ask_to_leave(user, case.organization)


def _may_appeal(case):
    return case.decided_on is not None and localdate() <= case_decisions.last_day_to_appeal(case)


def _council(case):
    wanted = case.wanted_on
    return {"left_on": wanted} if wanted and wanted > localdate() else {}


def _urging(case):
    number = case.urged + 1
    return {"number": number, "text": case_letters.urging(case, number)}


MOVES = {
    "to_council": Move(
        "提交理事会",
        "核对的结果连同说明写进卷宗，秘书长会收到通知。欠费不妨碍退会：仍记在账上，应当补缴。",
        "已提交理事会。", forms.NoteForm, cases.to_council, permissions.handles_case,
        states=(CaseState.FILED, CaseState.PUBLISHED, CaseState.HEARING), waits=True, tone="primary",
        when=lambda case: case.state == cases.BEFORE_COUNCIL[case.kind],
    ),
    "urge": Move(
        "发出催告",
        "共催告三次，每次至少间隔 30 天。单位全部联系人会收到站内信和邮件，验证过手机的另收短信；函件可以打印盖章寄送。",
        "已催告，函件在卷宗里，可以打印。", forms.UrgeForm, hearings.urge, permissions.handles_case, ARREARS,
        (CaseState.FILED, CaseState.URGING), waits=True, tone="primary", when=lambda case: case.urged < hearings.URGINGS,
        initial=_urging,
    ),
    "publish": Move(
        "向会员公示",
        "公示 15 天，会员单位的人登录后可以看到单位名称和下面的文字，可以提出异议。公示期间缴清会费的，事项自行终结。",
        "已公示。", forms.LetterForm, hearings.publish, permissions.handles_case, ARREARS, (CaseState.URGING,), waits=True,
        tone="primary", when=lambda case: case.urged >= hearings.URGINGS,
        initial=lambda case: {"text": case_letters.publication(case)},
    ),
    "hear": Move(
        "告知申辩权利",
        "单位全部联系人会收到通知，自明天起 15 天内可以申辩；期满之前不能登记理事会的决定。请同时打印盖章寄送。",
        "已告知，函件在卷宗里，可以打印。", forms.LetterForm, hearings.hear, permissions.handles_case, EXPULSION,
        (CaseState.FILED,), tone="primary", initial=lambda case: {"text": case_letters.hearing(case)},
    ),
    "decide": Move(
        "登记理事会的决定",
        "须三分之二以上理事到会、到会理事三分之二以上同意。通过的，会籍、权利与职务自所填日期起终止，之前各日的名册和统计不变；"
        "未通过的，事项办结，单位仍是会员。登记后不能更改。",
        "已登记理事会的决定，结果已通知单位。", forms.CouncilForm, case_decisions.decide, permissions.decides_case,
        states=(CaseState.COUNCIL,), initial=_council, tone="danger",
    ),
    "state": Move(
        "提交说明或申辩",
        "由负责人、会员代表或会员管理员提交，理事会表决之前都收；提交后不能更改，可以再补充。",
        "已提交，秘书处已收到。", forms.WordsForm, hearings.state_case, _speaks, (CaseKind.DEEMED, CaseKind.EXPULSION),
        when=lambda case: case.state in hearings.HEARD[case.kind], tone="primary",
    ),
    "take_back": Move(
        "撤回退会申请", "撤回后仍是会员，以后可以重新申请。", "已撤回退会申请。", None, cases.take_back, _asks, WITHDRAWAL,
        (CaseState.FILED, CaseState.COUNCIL),
    ),
    "close": Move(
        "撤销事项", "撤销后单位仍是会员，理由写进卷宗。同样的账单不会再次列入。", "已撤销。", forms.ReasonForm, cases.close,
        permissions.handles_case, (CaseKind.DEEMED, CaseKind.EXPULSION),
    ),
    "appeal": Move(
        "向会员大会申诉",
        "单位在会籍终止后 90 天内可以申诉；书面寄来的由秘书处代为登记。申诉期间除名决定仍然有效。",
        "已登记申诉。", forms.WordsForm, case_decisions.appeal, _appeals, EXPULSION, (CaseState.DONE,), when=_may_appeal,
    ),
    "decide_appeal": Move(
        "登记会员大会的决定",
        "申诉成立的，会籍从终止那天起恢复，中间不断，职务一并恢复，会员证重新签发；维持的，除名决定不变。登记后不能更改。",
        "已登记会员大会的决定，结果已通知单位。", forms.AppealDecisionForm, case_decisions.decide_appeal,
        permissions.decides_case, EXPULSION, (CaseState.APPEALED,), tone="danger",
        cleaned=lambda data: {"overturned": data["result"] == "overturned", "decided_on": data["decided_on"], "basis": data["basis"]},
    ),
    "settle_posts": Move(
        "登记空缺职务的处理", "补选本身在当选单位的“会籍”页登记任职；这里记下结果，待办随之消去。", "已登记。", forms.PostsForm,
        case_decisions.settle_posts, permissions.handles_case, states=(CaseState.DONE, CaseState.APPEALED),
        when=lambda case: bool(case.ended_posts) and case.posts_settled_on is None,
    ),
}  # fmt: skip


def open_to(user, case) -> tuple[list, list]:
    """(moves that the person may make now, sentences on those that must wait), each move with its name."""
    now, later = [], []
    for name, move in MOVES.items():
        if not move.fits(case) or not move.who(user, case):
            continue
        day = move.opens_on(case)
        if day:
            later.append(f"{chinese_date(day)}起可以{move.label}。")
        else:
            now.append((f"members:case_{name}", move))
    return now, later


def found(case) -> dict:
    """Bills, certificate and posts: as they are now while the case is open, afterwards as they were when it was decided."""
    return casework.findings(case.organization) if case.is_open else case.checks
