"""Verbs that open, check and end cases of leaving: by the unit's own wish, for arrears, by expulsion (domain 10.12)."""

from collections import defaultdict
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from association.domain.activities import verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.models import User
from association.models.account import RoleAssignment
from association.workdays import add_workdays_or_weekdays
from members import permissions
from members.choices import OPEN_CASES, BillKind, CaseKind, CaseState, FiledState, StepKind
from members.domain import casework
from members.models import Bill, ExitCase, FeeStandard, Organization

WORKDAYS_TO_CHECK = 5


def _to_check() -> date:
    return add_workdays_or_weekdays(localdate(), WORKDAYS_TO_CHECK)[0]


# --- withdrawal -----------------------------------------------------------------------------------------------


@verb
def ask_to_leave(organization, *, by, reason: str, wanted_on: date, letter) -> ExitCase:
    """The unit's manager asks to leave on `wanted_on`, with the stamped letter as an uploaded file.

    Doing it twice gives the same case. Raises Refused for a unit that is no member or has another open case, and for a
    file that may not come in.
    """
    organization = casework.locked_unit(organization)
    same = organization.exit_cases.open().filter(kind=CaseKind.WITHDRAWAL).first()
    if same:
        return same
    if wanted_on < localdate():
        raise Refused("希望退会的日期不能早于今天。", status=422)
    _make_way(organization, by=by)
    case = casework.open_case(
        organization, kind=CaseKind.WITHDRAWAL, by=by, reason=reason, due_on=_to_check(), wanted_on=wanted_on,
        checks=casework.findings(organization),
    )  # fmt: skip
    casework.step(case, StepKind.FILED, by=by, text=reason)
    casework.attach(case, [letter], by=by, kind=casework.LETTER)
    casework.note(case, "filed", by=by, sentence=f"申请退会（{case.number}）")
    casework.tell_staff(
        case, "members.case_filed", permissions.CASE_HANDLERS, by=by, due_on=case.due_on, wanted_on=wanted_on
    )
    return case


def _make_way(organization, *, by):
    """What staff only weigh is not told to the unit by a refusal: listed arrears give way to its own wish."""
    weighed = organization.exit_cases.open().filter(state=CaseState.FILED).first()
    if weighed is None or weighed.kind == CaseKind.WITHDRAWAL:
        return
    if weighed.kind == CaseKind.EXPULSION:
        raise Refused("现在不能提交退会申请，请联系秘书处。")
    weighed.organization = organization
    casework.close(weighed, by=by, outcome="单位自行申请退会")
    casework.step(weighed, StepKind.CLOSED, by=by, text="单位自行申请退会，本事项终结。")
    casework.note(
        weighed, "closed", by=by, sentence=f"单位自行申请退会，事项终结（{weighed.number}）", known=False
    )


@verb
def take_back(case, *, by) -> ExitCase:
    """The unit takes its wish to leave back, until the council has decided. Doing it twice changes nothing."""
    case = casework.locked(case)
    if case.kind != CaseKind.WITHDRAWAL:
        raise Refused("只有单位自己提出的退会申请可以由单位撤回。")
    if case.state == CaseState.CLOSED:
        return case
    casework.expect(case, CaseState.FILED, CaseState.COUNCIL, doing="撤回")
    casework.close(case, by=by, outcome="单位撤回申请")
    casework.step(case, StepKind.CLOSED, by=by, text="单位撤回退会申请。")
    casework.note(case, "taken_back", by=by, sentence=f"撤回退会申请（{case.number}）")
    casework.tell_staff(case, "members.case_taken_back", permissions.CASE_HANDLERS, by=by)
    return case


# --- arrears --------------------------------------------------------------------------------------------------


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of that month."""
    index = day.year * 12 + day.month - 1 - months
    first = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def long_overdue(today: date) -> dict:
    """Member units without an open case, by key, with the dues that the standard's rule calls 视为退会: overdue as many
    months as it says. What the unit has sent a slip for or asked to have waived is left out until that is settled."""
    ripe = Q(pk__in=())
    for standard in FeeStandard.objects.adopted():
        ripe |= Q(standard=standard, due_on__lte=months_before(today, standard.arrears_months))
    bills = (
        Bill.objects.overdue(today)
        .filter(ripe, kind=BillKind.DUES, organization__in=Organization.objects.members_on(today))
        .exclude(slips__state=FiledState.PENDING)
        .exclude(waivers__state=FiledState.PENDING)
        .exclude(organization__exit_cases__state__in=OPEN_CASES)
        .order_by("organization", "due_on", "pk")
    )
    found = defaultdict(list)
    for bill in bills:
        found[bill.organization_id].append(bill)
    return dict(found)


def find_arrears(today: date | None = None) -> int:
    """Put units whose dues are long overdue before the secretariat, one case each in 待核对; gives how many.

    It urges nobody and ends no membership: every further step needs a person. What staff closed is not opened again for
    the same bills. Run twice, or by two schedulers at once, it opens nothing twice.
    """
    today = today or localdate()
    opened = sum(_open_deemed(pk, bills) for pk, bills in long_overdue(today).items())
    if opened:
        _tell_found(opened, today)
    return opened


@verb
def _open_deemed(pk, bills) -> bool:
    organization = Organization.objects.select_for_update().filter(pk=pk).first()
    if organization is None or organization.exit_cases.open().exists():
        return False
    before = organization.exit_cases.filter(kind=CaseKind.DEEMED).values_list("checks", flat=True)
    seen = {bill["pk"] for checks in before for bill in checks.get("bills", ())}
    if seen.issuperset(bill.pk for bill in bills):
        return False
    first = bills[0]
    reason = f"{first.title}应于 {first.due_on} 前缴纳，逾期已满 {first.standard.arrears_months} 个月。"
    case = casework.open_case(
        organization, kind=CaseKind.DEEMED, by=None, reason=reason, due_on=_to_check(),
        checks=casework.findings(organization),
    )  # fmt: skip
    casework.step(case, StepKind.FILED, by=None, text=f"{reason}由系统列出，待秘书处核对。")
    casework.note(
        case, "found", by=None, sentence=f"会费逾期满期，列入退会事项待核对（{case.number}）", known=False
    )
    return True


@verb
def _tell_found(number, today):
    held = RoleAssignment.objects.current().filter(role__in=permissions.CASE_HANDLERS).values("user")
    people = User.objects.filter(is_active=True, pk__in=held).order_by("pk")
    url = reverse("members:cases")
    notify(people, "members.case_arrears", url=url, key=f"arrears {today:%Y-%m-%d}", number=number)


@verb
def settle_if_paid(organization, *, by) -> ExitCase | None:
    """End the unit's open case of arrears when no dues are overdue any more; gives it, else None.

    To be called wherever a bill may have been settled: a payment confirmed, a waiver granted, a bill voided. Doing it
    twice changes nothing.
    """
    organization = casework.locked_unit(organization)
    case = organization.exit_cases.open().select_for_update(of=("self",)).filter(kind=CaseKind.DEEMED).first()
    if case is None or casework.overdue_dues(organization).exists():
        return None
    case.organization = organization
    known = case.is_known_to_unit
    casework.close(case, by=by, outcome="逾期会费已结清，事项终结")
    casework.step(case, StepKind.CLOSED, by=by, text="逾期会费已结清，事项自行终结。")
    casework.note(
        case, "settled", by=by, sentence=f"逾期会费已结清，退会事项终结（{case.number}）", known=known
    )
    if known:
        casework.tell_unit(case, "members.case_closed", by=by, outcome=case.outcome)
    return case


# --- expulsion ------------------------------------------------------------------------------------------------


@verb
def file_expulsion(organization, *, by, reason: str, evidence=()) -> ExitCase:
    """Open a case of expulsion with its reason and the evidence as uploaded files; the unit hears of it with the
    hearing. Doing it twice gives the same case; raises Refused as `ask_to_leave` does."""
    organization = casework.locked_unit(organization)
    same = organization.exit_cases.open().filter(kind=CaseKind.EXPULSION, filed_by=by).first()
    if same:
        return same
    casework.refuse_own(ExitCase(organization=organization), by)
    case = casework.open_case(
        organization, kind=CaseKind.EXPULSION, by=by, reason=reason, due_on=_to_check(),
        checks=casework.findings(organization),
    )  # fmt: skip
    casework.step(case, StepKind.FILED, by=by, text=reason)
    casework.attach(case, evidence, by=by, kind=casework.EVIDENCE)
    casework.note(case, "filed", by=by, sentence=f"除名立案（{case.number}）", known=False)
    return case


# --- on the way to the council ----------------------------------------------------------------------------------

# From which state each kind goes before the council.
BEFORE_COUNCIL = {
    CaseKind.WITHDRAWAL: CaseState.FILED,
    CaseKind.DEEMED: CaseState.PUBLISHED,
    CaseKind.EXPULSION: CaseState.HEARING,
}


@verb
def to_council(case, *, by, note: str = "") -> ExitCase:
    """Put the case before the council, with bills, certificate and posts as they are found now.

    A withdrawal at once, deemed withdrawal when the publication has run out, expulsion when the time to be heard has.
    Doing it twice changes nothing.
    """
    case = casework.locked(case)
    if case.state == CaseState.COUNCIL:
        return case
    casework.refuse_own(case, by)
    casework.expect(case, BEFORE_COUNCIL[case.kind], doing="提交理事会")
    casework.expect_period_over(case, "提交理事会")
    found = casework.findings(case.organization)
    casework.step(case, StepKind.CHECKED, by=by, text=casework.checked_in_words(found) + note)
    casework.step(case, StepKind.TO_COUNCIL, by=by)
    store(case, {"state": CaseState.COUNCIL, "checks": found, "due_on": None})
    casework.note(case, "to_council", by=by, sentence=f"核对完毕，提交理事会（{case.number}）")
    casework.tell_staff(case, "members.case_to_council", permissions.CASE_DECIDERS, by=by)
    return case


@verb
def close(case, *, by, reason: str) -> ExitCase:
    """Drop a case of arrears or expulsion before the council has decided; a unit's own wish it takes back itself.

    Doing it twice changes nothing. Raises Refused without a reason.
    """
    case = casework.locked(case)
    if case.state == CaseState.CLOSED:
        return case
    casework.refuse_own(case, by)
    if case.kind == CaseKind.WITHDRAWAL:
        raise Refused("退会申请由单位自己撤回，或者由理事会决定。")
    casework.expect(case, *OPEN_CASES, doing="撤销")
    if not reason:
        raise Refused("请写明撤销的理由。", status=422)
    known = case.is_known_to_unit
    casework.close(case, by=by, outcome=reason)
    casework.step(case, StepKind.CLOSED, by=by, text=reason)
    casework.note(
        case, "closed", by=by, sentence=f"{case.get_kind_display()}事项撤销（{case.number}）", known=known
    )
    if known:
        casework.tell_unit(case, "members.case_closed", by=by, outcome=reason)
    return case
