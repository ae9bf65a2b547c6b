"""Leaving on the workbench: what waits for the secretariat, for who records the council's word, for the unit."""

from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.stocks import waiting
from members import permissions
from members.choices import CaseKind, CaseState
from members.domain.case_decisions import vacant
from members.models import ContactRole, ExitCase

LISTED = 5


def _ready():
    """Unfinished cases whose period, if any runs, is over."""
    return ExitCase.objects.unfinished().filter(Q(due_on__isnull=True) | Q(due_on__lte=localdate()))


waiting.add("members.cases", ExitCase.objects.unfinished, by=("kind", "state"), due="due_on")
waiting.add("members.cases.ready", _ready, by=("kind", "state"))
waiting.add("members.vacant", ExitCase.objects.with_vacant_posts)


def cases_at_hand(user) -> int:
    """How many cases are not finished; the same for everybody who sees them."""
    return waiting.total("members.cases")


def _number_in(state) -> int:
    """How many cases are in the state, whatever their kind."""
    return sum(waiting.of("members.cases", kind, state).number for kind in CaseKind.values)


def published_today() -> int:
    return _number_in(CaseState.PUBLISHED)


def _reads_publication(user) -> bool:
    return (
        permissions.has_own_units(user)
        and permissions.can_see_published_cases(user)
        and published_today() > 0
    )


desk.menu(
    "会员",
    "退会",
    "members:cases",
    allowed=permissions.can_see_cases,
    order=18,
    count=cases_at_hand,
    due=True,
)
desk.menu("", "退会公示", "members:cases_published", allowed=_reads_publication, order=40)

# (kind, state) → what the secretariat has to do once the period, if any, is over.
HANDLING = {
    (CaseKind.WITHDRAWAL, CaseState.FILED): ("项退会申请待核对", "核对欠费、会员证与职务，提交理事会"),
    (CaseKind.DEEMED, CaseState.FILED): (
        "家单位欠费满期待核对",
        "核对后决定是否催告；系统不会自行催告或终止会籍",
    ),
    (CaseKind.EXPULSION, CaseState.FILED): ("项除名待告知申辩", "把事由和申辩权利书面告知单位"),
    (CaseKind.DEEMED, CaseState.URGING): ("项催告已满 30 天", "再次催告，催告三次后公示"),
    (CaseKind.DEEMED, CaseState.PUBLISHED): ("项公示期满", "看过异议后提交理事会"),
    (CaseKind.EXPULSION, CaseState.HEARING): ("项申辩期满", "看过申辩意见后提交理事会"),
}


@desk.todo
def cases_to_handle(user):
    """One for each kind of step that the secretariat may take now, with the earliest deadline."""
    if not permissions.can_handle_cases(user):
        return
    for key, (title, detail) in HANDLING.items():
        stock = waiting.of("members.cases", *key)
        number = stock.number if key[1] == CaseState.FILED else waiting.of("members.cases.ready", *key).number
        if number:
            url = f"{reverse('members:cases')}?kind={key[0]}"
            yield desk.Todo(title=f"{number} {title}", detail=detail, url=url, action="去办理", due=stock.due)


@desk.todo
def cases_to_decide(user):
    """One when the word of council or assembly waits to be recorded."""
    if not permissions.can_decide_cases(user):
        return
    for state, title in (
        (CaseState.COUNCIL, "退会事项待理事会决定"),
        (CaseState.APPEALED, "除名申诉待会员大会决定"),
    ):
        if number := _number_in(state):
            yield desk.Todo(
                title=f"{number} 项{title}",
                detail="表决后登记决议、到会与同意人数"
                if state == CaseState.COUNCIL
                else "大会后登记维持或者成立",
                url=f"{reverse('members:cases')}?state={state}",
                action="去登记",
            )


@desk.todo
def posts_to_fill(user):
    """One for each unit that left a post empty, until somebody notes what became of it."""
    if not permissions.can_handle_cases(user) or not waiting.of("members.vacant"):
        return
    for case in (
        ExitCase.objects.with_vacant_posts().select_related("organization").order_by("left_on")[:LISTED]
    ):
        yield desk.Todo(
            title=f"补选：{case.organization.name}退出，空缺{'、'.join(vacant(case))}",
            detail="补选或决定暂缺以后，在退会事项里登记",
            url=reverse("members:case", args=[case.pk]),
            action="去登记",
        )


@desk.todo
def own_case(user):
    """For those who speak for a unit: what its case asks of them, with the last day."""
    if not permissions.has_own_units(user) or not waiting.piles("members.cases"):
        return
    duties = ContactRole.objects.current().filter(contact__user=user, duty__in=permissions.SPEAKERS)
    cases = ExitCase.objects.open().exclude(kind=CaseKind.WITHDRAWAL).exclude(state=CaseState.FILED)
    for case in cases.filter(organization__in=duties.values("organization")).select_related("organization")[
        :LISTED
    ]:
        yield desk.Todo(
            title=f"{case.organization.name}：{ASKED[case.kind]}",
            detail=f"{case.get_kind_display()}事项 {case.number}，{case.get_state_display()}",
            url=reverse("members:case", args=[case.pk]),
            action="去看看",
            due=_last_day(case),
        )


ASKED = {CaseKind.DEEMED: "会费逾期满期，请尽快缴清", CaseKind.EXPULSION: "可以陈述意见、提出申辩"}


def _last_day(case) -> date | None:
    return case.due_on - timedelta(days=1) if case.must_wait else None
