"""What fees and bills put on the workbench."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.money import yuan_of
from association.stocks import waiting
from members import permissions
from members.choices import BillKind, RunState
from members.domain.bill_runs import is_stuck
from members.domain.fees import publish_by
from members.ledger import PAYABLE
from members.models import Bill, BillRun, ContactRole, DuesPublication, FeeStandard, Organization

DUES = "会费"
desk.menu(DUES, "账单", "members:bills", allowed=permissions.can_see_dues, order=10)
desk.menu(DUES, "批量出账", "members:bill_runs", allowed=permissions.can_see_dues, order=20)
desk.menu("", "本单位会费", "members:own_dues", allowed=permissions.has_own_units, order=15)
desk.menu(DUES, "会费标准", "members:fee_standards", allowed=permissions.can_see_dues_publication, order=70)
desk.menu(
    DUES, "收支公示", "members:dues_publications", allowed=permissions.can_see_dues_publication, order=80
)


waiting.add("members.fees.unpublished", FeeStandard.objects.unpublished)


@desk.todo
def standards_to_publish(user):
    """One for each adopted standard that the members have not been told of, due thirty days after the vote."""
    if not permissions.can_keep_fee_standards(user):
        return
    if not waiting.of("members.fees.unpublished"):
        return
    for standard in FeeStandard.objects.unpublished():
        yield desk.Todo(
            title=f"向会员公布“{standard}”",
            detail="会员大会的决议三十日内向全体会员公布",
            url=reverse("members:fee_standard", args=[standard.pk]),
            action="去公布",
            due=publish_by(standard),
        )


def _open_runs():
    return BillRun.objects.filter(state__in=(RunState.PREVIEW, RunState.RUNNING, RunState.FAILED))


waiting.add("members.bill_runs", _open_runs)


@desk.todo
def runs_to_confirm(user):
    """One for each run that waits to be confirmed, or that stopped half way."""
    if not permissions.can_issue_bills(user) or not waiting.of("members.bill_runs"):
        return
    for run in _open_runs()[:5]:
        stuck = run.state != RunState.PREVIEW and is_stuck(run)
        if run.state == RunState.PREVIEW or stuck:
            yield desk.Todo(
                title=f"{run}没有出完，停在 {run.issued:,} 份" if stuck else f"{run}待确认出账",
                detail="继续即可，已出的账单不会重复"
                if stuck
                else f"预览 {run.expected:,} 份，{yuan_of(run.expected_total)}",
                url=reverse("members:bill_run", args=[run.pk]),
                action="去继续" if stuck else "去核对",
            )


def _unpublished_bills():
    """Last year's bills while nothing has been published of that year; else none."""
    year = localdate().year - 1
    published = DuesPublication.objects.filter(year=OuterRef("year"))
    return Bill.objects.standing().filter(~Exists(published), kind=BillKind.DUES, year=year)


waiting.add("members.dues_unpublished", _unpublished_bills)


@desk.todo
def year_to_publish(user):
    """One when last year's income of dues has not been published to the members."""
    if not permissions.can_publish_dues(user):
        return
    if waiting.of("members.dues_unpublished"):
        year = localdate().year - 1
        yield desk.Todo(
            title=f"公布 {year} 年度会费收支",
            detail="每年向会员公布会费收支情况",
            url=reverse("members:dues_publish", args=[year]),
            action="去公布",
        )


@desk.todo
def bills_to_pay(user):
    """One for each bill that waits for a payment of a unit that the person pays for."""
    if not permissions.has_own_units(user):
        return
    roles = ContactRole.objects.current().filter(contact__user=user, duty__in=permissions.PAYING)
    units = Organization.objects.visible_to(user).filter(pk__in=roles.values("organization"))
    open_bills = Bill.objects.outstanding().filter(organization__in=units.values("pk"))
    for bill in open_bills.with_status().filter(status__in=PAYABLE).order_by("due_on", "pk")[:5]:
        yield desk.Todo(
            title=f"缴纳{bill.title} {yuan_of(bill.outstanding)}",
            detail=f"{bill.payer_name}，账单号 {bill.number}",
            url=bill.get_absolute_url(),
            action="看账单",
            due=bill.due_on,
        )
