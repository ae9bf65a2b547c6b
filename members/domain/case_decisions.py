"""Verbs that record what council and assembly decided on a case, and what follows from it (domain 2.2, 10.12)."""

from datetime import date, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.timezone import localdate

from association.domain.activities import verb
from association.domain.editing import store
from association.errors import Refused
from association.formats import chinese_date
from members import permissions, votes
from members.choices import CaseKind, CaseState, Grade, StepKind
from members.domain import case_letters, casework, certificates, memberships
from members.models import ExitCase, Organization, Post

# 监事 sit in no council (domain 2.2).
COUNCIL_GRADES = (Grade.PRESIDENT, Grade.VICE_PRESIDENT, Grade.STANDING_COUNCIL, Grade.COUNCIL)
# A day of leaving may be chosen so far ahead.
MOST_AHEAD = timedelta(days=366)


def council_size(day: date) -> int:
    """How many units have a seat in the council on `day`, known from the posts of members; 0 when none is registered."""
    members = Organization.objects.members_on(day).values("pk")
    posts = Post.objects.on(day).filter(grade__in=COUNCIL_GRADES, organization__in=members)
    return posts.values("organization").distinct().count()


def earliest_decision(case) -> date:
    """The first day on which the council may have decided: filed by then, and every period over."""
    until = case.steps.filter(kind__in=[StepKind.NOTIFIED, StepKind.PUBLISHED]).aggregate(last=Max("until"))[
        "last"
    ]
    return max(filter(None, [localdate(case.filed_at), until]))


@verb
def decide(
    case, *, by, decided_on: date, basis: str, present: int, in_favour: int, left_on: date | None = None
) -> ExitCase:
    """Record the council's vote: two thirds of its seats present, two thirds of those present in favour (domain 2.2).

    Where it passes, the membership ends on `left_on` with rights and posts, and past rosters stay as they were; where
    it does not, the case is closed and the unit stays. Doing it twice changes nothing. Raises Refused without a quorum,
    for a day before the periods are over, for whoever filed the case or serves the unit.
    """
    case = casework.locked(case)
    if case.decided_on == decided_on and case.basis == basis:
        return case
    _refuse_decider(case, by)
    casework.expect(case, CaseState.COUNCIL, doing="登记理事会的决定")
    _refuse_vote(case, decided_on, basis, present, in_favour)
    facts = {"decided_on": decided_on, "basis": basis, "present": present, "in_favour": in_favour}
    if votes.COUNCIL.passes(in_favour, present):
        return _carry_out(case, facts, left_on, by=by)
    return _drop(case, facts, by=by)


def _refuse_decider(case, by):
    if not permissions.decides_case(by, case):
        raise Refused("这项决定不由你登记：自己立案的、自己任职单位的，由别人登记。")


def _refuse_vote(case, decided_on, basis, present, in_favour):
    if not basis:
        raise Refused("请写明理事会决议。", status=422)
    if decided_on > localdate():
        raise Refused("理事会决定的日期不能晚于今天。", status=422)
    if decided_on < (earliest := earliest_decision(case)):
        raise Refused(f"期限未满，理事会最早在{chinese_date(earliest)}作出决定。", status=422)
    if not present > 0 or not 0 <= in_favour <= present:
        raise Refused("请核对人数：至少一人到会，同意的人数不多于到会人数。", status=422)
    _refuse_quorum(council_size(decided_on), present)


def _refuse_quorum(seats, present):
    """Where no seats are registered the quorum cannot be computed, and whoever records answers for it."""
    if not seats:
        return
    if present > seats:
        raise Refused(f"到会 {present} 人，多于登记的理事 {seats} 人，请核对。", status=422)
    if not votes.COUNCIL.may_decide(present, seats):
        need = votes.COUNCIL.quorum.least(seats)
        raise Refused(
            f"理事 {seats} 人，到会 {present} 人，不足三分之二（{need} 人），不能作出决定。", status=422
        )


def _carry_out(case, facts, left_on, *, by):
    unit, decided_on = case.organization, facts["decided_on"]
    if left_on is None or not decided_on <= left_on <= decided_on + MOST_AHEAD:
        # A day before the decision would change rosters and figures that were true when they were told.
        raise Refused("会籍终止的日期应在理事会决定当天或之后一年以内。", status=422)
    facts |= {
        "state": CaseState.DONE, "left_on": left_on, "ended_at": timezone.now(), "due_on": None,
        "checks": casework.findings(unit), "ended_posts": memberships.posts_after(unit, left_on),
        "outcome": f"自{chinese_date(left_on)}起不再是会员",
    }  # fmt: skip
    store(case, facts)
    memberships.leave(unit, by=by, on=left_on, reason=case.kind, basis=case.basis)
    casework.step(case, StepKind.DECIDED, by=by, text=case_letters.decision(case), until=left_on)
    sentence = f"理事会通过{case.get_kind_display()}：到会 {case.present} 人，同意 {case.in_favour} 人（{case.number}）"
    casework.note(case, "decided", by=by, sentence=sentence, basis=case.basis)
    appeals = case.kind == CaseKind.EXPULSION
    casework.tell_unit(
        case, "members.case_decided", by=by, left_on=left_on, basis=case.basis, appeals=appeals
    )
    return case


def _drop(case, facts, *, by):
    need = votes.COUNCIL.passing.least(facts["present"])
    outcome = f"理事会未通过：到会 {facts['present']} 人，同意 {facts['in_favour']} 人，须 {need} 人同意"
    casework.close(case, by=by, outcome=outcome, **facts)
    casework.step(case, StepKind.DECIDED, by=by, text=f"{outcome}。依据：{case.basis}")
    sentence = f"理事会未通过{case.get_kind_display()}（{case.number}）"
    casework.note(case, "decided", by=by, sentence=sentence, basis=case.basis)
    casework.tell_unit(case, "members.case_closed", by=by, outcome=outcome)
    return case


# --- appeal ---------------------------------------------------------------------------------------------------


def last_day_to_appeal(case) -> date:
    """The last day of the time in which the unit's people may still read its page."""
    return case.left_on + permissions.READABLE_AFTER_LEAVING - timedelta(days=1)


@verb
def appeal(case, *, by, text: str, files=()) -> ExitCase:
    """The expelled unit appeals to the assembly, itself or through the secretariat that received it on paper, within
    the time in which its people may read its page. Doing it twice changes nothing."""
    case = casework.locked(case)
    if case.state == CaseState.APPEALED:
        return case
    if not (permissions.can_appeal_for(by, case.organization) or permissions.handles_case(by, case)):
        raise Refused("申诉由单位的负责人、会员代表或会员管理员提出，或由秘书处代为登记。")
    casework.expect(case, CaseState.DONE, doing="申诉")
    if case.kind != CaseKind.EXPULSION:
        raise Refused("只有除名可以向会员大会申诉。")
    if case.steps.filter(kind=StepKind.APPEAL_DECIDED).exists():
        raise Refused("会员大会已经对申诉作出决定。")
    if localdate() > last_day_to_appeal(case):
        raise Refused(f"申诉应在{chinese_date(last_day_to_appeal(case))}以前提出，现在已经过期。")
    store(case, {"state": CaseState.APPEALED})
    casework.step(case, StepKind.APPEALED, by=by, text=text)
    casework.attach(case, files, by=by, kind=casework.APPEAL)
    casework.note(case, "appealed", by=by, sentence=f"就除名向会员大会申诉（{case.number}）")
    casework.tell_staff(
        case, "members.case_words", permissions.CASE_HANDLERS, by=by, words="向会员大会的申诉"
    )
    return case


@verb
def decide_appeal(case, *, by, overturned: bool, decided_on: date, basis: str) -> ExitCase:
    """Record what the assembly decided on the appeal. Where it overturned the expulsion, the membership is restored
    without a gap, with the posts, and a certificate is issued anew; else the expulsion stands.

    Doing it twice changes nothing. Raises Refused for whoever filed the case or serves the unit.
    """
    case = casework.locked(case)
    result = CaseState.OVERTURNED if overturned else CaseState.DONE
    if case.state == result and case.steps.filter(kind=StepKind.APPEAL_DECIDED).exists():
        return case
    _refuse_decider(case, by)
    casework.expect(case, CaseState.APPEALED, doing="登记会员大会的决定")
    appealed_on = localdate(case.steps.filter(kind=StepKind.APPEALED).latest("pk").at)
    if not appealed_on <= decided_on <= localdate():
        raise Refused("会员大会决定的日期应在申诉之后，不晚于今天。", status=422)
    if not basis:
        raise Refused("请写明会员大会决议。", status=422)
    outcome = "会员大会认定申诉成立，会籍恢复，不中断" if overturned else "会员大会维持除名决定"
    store(case, {"state": result, "outcome": outcome})
    casework.step(case, StepKind.APPEAL_DECIDED, by=by, text=f"{outcome}。依据：{basis}", until=decided_on)
    casework.note(case, "appeal_decided", by=by, sentence=f"{outcome}（{case.number}）", basis=basis)
    if overturned:
        _restore(case, by=by, basis=basis)
    casework.tell_unit(case, "members.case_appeal_decided", by=by, outcome=outcome, basis=basis)
    return case


def _restore(case, *, by, basis):
    unit = case.organization
    memberships.restore(unit, by=by, left_on=case.left_on, basis=basis, posts=case.ended_posts)
    if case.checks.get("certificate"):
        certificates.issue(unit, by=by, reason="除名撤销，恢复会籍")


# --- what is left to do ------------------------------------------------------------------------------------------


@verb
def settle_posts(case, *, by, text: str) -> ExitCase:
    """Note what became of the posts that fell vacant: filled by election, or left open. Doing it twice changes nothing."""
    case = casework.locked(case)
    if case.posts_settled_on:
        return case
    casework.refuse_own(case, by)
    casework.expect(case, CaseState.DONE, CaseState.APPEALED, doing="登记空缺职务的处理")
    if not case.ended_posts:
        raise Refused("这家单位退会时没有任职，不必处理。")
    store(case, {"posts_settled_on": localdate()})
    casework.step(case, StepKind.REPLACED, by=by, text=text)
    casework.note(
        case, "posts_settled", by=by, sentence=f"登记空缺职务的处理（{case.number}）", basis=text[:500]
    )
    return case


def vacant(case) -> list[str]:
    """The posts that fell vacant, in words, the highest first."""
    return [Grade(post["grade"]).label.removesuffix("单位") for post in case.ended_posts]
