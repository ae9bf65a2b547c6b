"""Applications on the workbench: the menu's entry, and what waits for whom."""

from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.stocks import waiting
from members import permissions
from members.choices import OPEN_APPLICATIONS, ApplicationState
from members.domain.application_deadlines import may_expire
from members.models import Application

waiting.add("members.applications", Application.objects.open, by=("state",), due="due_on")


def _of(state) -> tuple:
    """How many applications are in the state, and the earliest last day of theirs."""
    stock = waiting.of("members.applications", state)
    return stock.number, stock.due


def open_applications(user) -> int:
    """How many applications wait for the association; those that applicants are mending do not."""
    return sum(_of(s)[0] for s in OPEN_APPLICATIONS if s != ApplicationState.MENDING)


desk.menu(
    "会员", "入会申请", "members:applications", allowed=permissions.can_see_applications, order=12,
    count=open_applications, due=True,
)  # fmt: skip


def _todo(state, title, detail, action, due=None):
    address = f"{reverse('members:applications')}?state={state}"
    return desk.Todo(title=title, detail=detail, url=address, action=action, due=due)


@desk.todo
def applications_to_check(user):
    """One when applications wait to be checked: five working days each."""
    number, due = _of(ApplicationState.CHECKING) if permissions.can_check_applications(user) else (0, None)
    if number:
        late = "，其中有超期的" if due and due < localdate() else ""
        action = "去初审" if permissions.can_pass_applications(user) else "去核对"
        detail = "缺材料的要求补正，齐全的由秘书长提交理事会，五个工作日内答复"
        yield _todo(ApplicationState.CHECKING, f"{number} 份入会申请待初审{late}", detail, action, due)


@desk.todo
def applications_mending_late(user):
    """One when applicants were asked to mend and their time is over; the schedule ends these after a reminder."""
    number, due = _of(ApplicationState.MENDING) if permissions.can_check_applications(user) else (0, None)
    if number and due and due < localdate():
        detail = "提醒过申请人，三天后自动失效；需要时可以打电话问一问"
        yield _todo(ApplicationState.MENDING, "有入会申请的补正期限已过", detail, "去看看", due)


@desk.todo
def applications_for_council(user):
    """One when applications wait for the council's decision to be entered."""
    number, _ = _of(ApplicationState.COUNCIL) if permissions.can_decide_applications(user) else (0, None)
    if number:
        detail = "列入下次理事会；会后登记决议编号和结果"
        yield _todo(ApplicationState.COUNCIL, f"{number} 份入会申请待理事会审议", detail, "登记决定")


@desk.todo
def applications_unpaid(user):
    """One for each admitted applicant who has not paid in sixty days, for the secretary-general to confirm the end."""
    if not permissions.can_expire_applications(user) or not _of(ApplicationState.ADMITTED)[0]:
        return
    late = Application.objects.filter(state=ApplicationState.ADMITTED, due_on__lt=localdate())
    for application in late.select_related("bill").order_by("due_on", "pk")[:10]:
        if may_expire(application):
            yield desk.Todo(
                title=f"{application.name}入会通过后满 60 天没有缴费",
                detail="提醒过两次；核实后确认失效，账单随之作废",
                url=reverse("members:application", args=[application.pk]),
                action="去确认",
                due=application.due_on,
            )
