"""Cases prepared for their pages: who sees which step of the file, what may be done, letters for paper."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.timezone import localdate

from association.formats import chinese_date
from association.models import Attachment
from association.money import yuan_of
from members import permissions, votes
from members.choices import CaseKind, CaseState, StepKind
from members.domain import case_decisions, case_letters, hearings
from members.models import CaseStep, ExitCase
from members.views import case_moves

TONES = {
    CaseState.DONE: "off", CaseState.CLOSED: "off", CaseState.OVERTURNED: "good", CaseState.COUNCIL: "warn",
    CaseState.APPEALED: "warn",
}  # fmt: skip
# Who objected, and how, is for those who decide.
HIDDEN_FROM_UNIT = (StepKind.OBJECTION,)


def tone(case) -> str:
    return "late" if case.is_late else TONES.get(case.state, "info")


# --- lists ------------------------------------------------------------------------------------------------------


def listed(*, finished: bool, kind: str, state: str):
    """Cases with unit and filer: those at hand by deadline, or the finished ones, the latest first."""
    found = ExitCase.objects.select_related("organization", "filed_by")
    if kind in CaseKind.values:
        found = found.filter(kind=kind)
    if state in CaseState.values:
        found = found.filter(state=state)
    if finished:
        return found.exclude(pk__in=ExitCase.objects.unfinished().values("pk")).order_by("-ended_at", "-pk")
    return found.filter(pk__in=ExitCase.objects.unfinished().values("pk")).order_by("due_on", "pk")


def tabs(finished: bool, kind: str, state: str) -> list[dict]:
    """The tabs above the list: at hand, of each kind, finished."""
    choices = [
        ("在办", {}),
        *((label, {"kind": value}) for value, label in CaseKind.choices),
        ("已办结", {"finished": "1"}),
    ]
    now = {"finished": "1"} if finished else {"kind": kind} if kind else {"state": state} if state else {}
    address = reverse("members:cases")
    return [
        {
            "label": label,
            "url": f"{address}?{urlencode(query)}" if query else address,
            "current": query == now,
        }
        for label, query in choices
    ]


def published(page) -> list[tuple]:
    """(case, words that were published, last day) of each case on the page."""
    steps = CaseStep.objects.filter(case__in=list(page), kind=StepKind.PUBLISHED).order_by("pk")
    text = {step.case_id: step.text for step in steps}
    return [(case, text.get(case.pk, ""), last_day(case)) for case in page]


def last_day(case):
    """The last day of the period that runs, as people say it."""
    runs = case.state in (CaseState.HEARING, CaseState.PUBLISHED)
    return hearings.last_day(case.due_on) if case.due_on and runs else case.due_on


def of_unit(user, organization) -> dict:
    """Cases and suspensions of a unit for its own page, and what the person may begin there."""
    cases = list(organization.exit_cases.visible_to(user).order_by("-pk"))
    # What the person may not see does not bar the button: the verb has a word for it.
    is_free = organization.memberships.current().exists() and not any(case.is_open for case in cases)
    may_suspend = permissions.suspends_rights_of(user, organization)
    return {
        "cases": [(case, tone(case)) for case in cases],
        "suspensions": organization.suspensions.all(),
        "may_ask": is_free and permissions.can_ask_to_leave(user, organization),
        "may_expel": is_free and permissions.handles_case(user, ExitCase(organization=organization)),
        "may_suspend": may_suspend,
    }


# --- one case ---------------------------------------------------------------------------------------------------


@dataclass
class Entry:
    """One step as the file shows it, with the letter that it is."""

    step: CaseStep
    title: str
    letter: str = ""
    address: str = ""
    by: object = field(default=None)

    @property
    def happened_at(self):
        return self.step.at


def detail(user, case) -> dict:
    """Everything that the page of a case shows to this person."""
    sees_all = permissions.can_see_cases(user)
    now, later = case_moves.open_to(user, case)
    found = case_moves.found(case)
    return {
        "tone": tone(case),
        "facts": _facts(case),
        "found": _found(case, found) if found else [],
        "owed": case.is_open and bool(found.get("bills")),
        "entries": entries(case, sees_all),
        "files": list(Attachment.objects.about(case).prefetch_related("files")),
        "moves": [m for m in now if m[0] != "members:case_take_back"],
        "takes_back": any(name == "members:case_take_back" for name, _ in now),
        "later": later,
        "sees_all": sees_all,
        "vote": _vote(case) if sees_all and case.state == CaseState.COUNCIL else "",
        "heard": hearings.heard_on(case) if sees_all else "",
        "steps": STEPS[case.kind],
        "at": _place(case),
    }


def _facts(case) -> list[tuple]:
    pairs = [
        ("编号", case.number),
        ("事由", case.reason),
        ("提出", str(case.filed_by or "系统列出")),
        ("希望退会", chinese_date(case.wanted_on) if case.wanted_on else None),
        ("已催告", f"{case.urged} 次" if case.kind == CaseKind.DEEMED else None),
        ("本步期限", chinese_date(last_day(case)) if case.due_on else None),
        ("理事会", _council(case)),
        ("会籍终止", chinese_date(case.left_on) if case.left_on else None),
        ("结果", case.outcome or None),
    ]
    return [(label, value) for label, value in pairs if value is not None]


def _council(case):
    if case.decided_on is None:
        return None
    return f"{chinese_date(case.decided_on)}，到会 {case.present} 人，同意 {case.in_favour} 人；{case.basis}"


def _found(case, found) -> list[tuple]:
    """The three findings with what becomes of each when the unit leaves."""
    bills = "；".join(f"{b['title']} {yuan_of(b['owed'])}" for b in found["bills"]) or "没有欠费"
    stays = "（退会后仍应补缴）" if found["bills"] else ""
    certificate = (
        f"{found['certificate']}（退会当天作废，请交回）" if found["certificate"] else "没有有效的会员证"
    )
    posts = "、".join(found["posts"]) + "（退会当天终止，另行补选）" if found["posts"] else "没有任职"
    return [("欠费", bills + stays), ("会员证", certificate), ("职务", posts)]


def _vote(case) -> str:
    seats = case_decisions.council_size(localdate())
    if not seats:
        return "系统里没有登记理事，到会是否够三分之二由登记人负责核对。"
    return f"现任理事 {seats} 人，到会须 {votes.COUNCIL.quorum.least(seats)} 人以上；同意须达到会人数的三分之二。"


def entries(case, sees_all: bool) -> list[Entry]:
    """The steps of the file, the oldest first, as far as the person may read them."""
    found, number = [], 0
    for step in case.steps.select_related("by").order_by("pk"):
        number += 1
        if step.kind in HIDDEN_FROM_UNIT and not sees_all:
            continue
        letter = case_letters.title_of(case, step)
        address = reverse("members:case_letter", args=[case.pk, step.pk]) if letter else ""
        found.append(Entry(step, step.get_kind_display(), letter, address, step.by))
    return found


# The way that each kind takes, for the line on top of the page.
STEPS = {
    CaseKind.WITHDRAWAL: ["单位申请", "秘书处核对", "理事会确认", "办结"],
    CaseKind.DEEMED: ["核对", "催告三次", "公示 15 天", "理事会确认", "办结"],
    CaseKind.EXPULSION: ["立案", "告知与申辩", "理事会表决", "办结"],
}
PLACES = {
    CaseKind.WITHDRAWAL: {CaseState.FILED: 2, CaseState.COUNCIL: 3},
    CaseKind.DEEMED: {CaseState.FILED: 1, CaseState.URGING: 2, CaseState.PUBLISHED: 3, CaseState.COUNCIL: 4},
    CaseKind.EXPULSION: {CaseState.FILED: 1, CaseState.HEARING: 2, CaseState.COUNCIL: 3},
}


def _place(case) -> int:
    return PLACES[case.kind].get(case.state, len(STEPS[case.kind]))


def letter(case, pk) -> dict:
    """The letter that step `pk` is, for paper; its number counts the steps of the case. 404 when it is none."""
    for place, step in enumerate(case.steps.order_by("pk"), 1):
        if step.pk == pk and (title := case_letters.title_of(case, step)):
            return {
                "title": title,
                "number": f"{case.number}-{place:02d}",
                "step": step,
                "lines": step.text.splitlines(),
            }
    raise Http404
