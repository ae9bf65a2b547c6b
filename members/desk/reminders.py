"""The dues board and the reminders on the workbench, and who joined and left in a year."""

from django.db.models import OuterRef, Subquery, Sum
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk, stamps
from association.formats import chinese_date
from association.money import yuan_of
from association.stocks import waiting
from members import permissions
from members.choices import BillKind, LeaveReason
from members.desk.roster import COLUMNS
from members.dues_totals import LEFT
from members.models import Bill, Membership, Organization

desk.menu("会费", "会费看板", "members:dues_board", allowed=permissions.can_see_dues_totals, order=5)
desk.menu("会费", "会费提醒", "members:reminders", allowed=permissions.can_see_reminders, order=55)


def _overdue():
    return Bill.objects.overdue().filter(kind=BillKind.DUES)


waiting.add("members.overdue", _overdue, due="due_on")


def _overdue_total() -> int:
    """How much of the overdue membership fees is missing, in 分."""
    return _overdue().aggregate(total=Sum(LEFT))["total"]


@desk.todo
def overdue_dues(user):
    """One for the treasurer and the secretariat while membership fees are overdue."""
    if not permissions.can_see_reminders(user):
        return
    if overdue := waiting.of("members.overdue"):
        total = stamps.counted("members.overdue_total", _overdue_total)
        yield desk.Todo(
            title=f"{overdue.number:,} 笔会费逾期，合计 {yuan_of(total)}",
            detail=f"最早的一笔{chinese_date(overdue.due)}到期；提醒由系统按期发出",
            url=f"{reverse('members:dues_rows')}?measure=overdue",
            action="看名单",
        )


# --- yearly figures -----------------------------------------------------------------------------------------


def _with_period(units, periods):
    """The units with the day, and for leaving the reason, of the period that is counted."""
    first = periods.filter(organization=OuterRef("pk")).order_by("joined_on")
    return units.annotate(
        counted_joined=Subquery(first.values("joined_on")[:1]),
        counted_left=Subquery(first.values("left_on")[:1]),
        counted_reason=Subquery(first.values("leave_reason")[:1]),
    ).order_by("member_number", "pk")


def joined_in(year):
    """Units whose membership began in the year, also if it was not their first; later than today none."""
    periods = Membership.objects.filter(joined_on__year=year, joined_on__lte=localdate())
    return _with_period(Organization.objects.filter(pk__in=periods.values("organization")), periods)


def left_in(year):
    """Units whose membership ended in the year, whatever the reason, also if they have come back since."""
    periods = Membership.objects.filter(left_on__year=year, left_on__lte=localdate())
    return _with_period(Organization.objects.filter(pk__in=periods.values("organization")), periods)


UNIT = (COLUMNS[0], COLUMNS[2])
desk.figure(
    "members.joined",
    "本年入会",
    joined_in,
    (*UNIT, ("入会日期", lambda unit: chinese_date(unit.counted_joined))),
    "会籍在本年度开始的单位，重新入会的也计入。",
)
desk.figure(
    "members.left",
    "本年退会",
    left_in,
    (
        *UNIT,
        ("退会日期", lambda unit: chinese_date(unit.counted_left)),
        ("原因", lambda unit: LeaveReason(unit.counted_reason).label if unit.counted_reason else ""),
    ),
    "会籍在本年度结束的单位，不论原因。",
)
