"""Check-in and attendance on the workbench: the door of today's events, rows to match, who takes part, figures of 文科汇."""

from django.db.models import Count
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from association import desk
from association.formats import chinese_date
from association.stocks import waiting
from events import permissions, turnout
from events.choices import Mode
from events.models import Attendance, Event, OnlineRow
from members.value import Line, value_line

waiting.add("events.online_rows", OnlineRow.objects.open, first="event")
waiting.add("events.today", lambda: Event.objects.standing().filter(starts_at__date=localdate()))

desk.menu("活动", "参加情况", "events:turnout", allowed=permissions.can_see_turnout, order=60)


@desk.todo
def events_of_today(user):
    """One for each event of today: open its door."""
    if not permissions.can_take_attendance(user) or not waiting.of("events.today"):
        return
    today = Event.objects.standing().filter(starts_at__date=localdate()).select_related("series")
    for event in today.order_by("starts_at", "pk")[:10]:
        if not event.is_over:
            yield desk.Todo(
                title=f"今天的活动：{event.numbered}",
                detail=f"{event.topic}，{localtime(event.starts_at):%H:%M} 开始，提前 60 分钟签到",
                url=reverse("events:attendance", args=[event.pk]),
                action="去签到",
                due=localdate(),
            )


@desk.todo
def online_rows_to_match(user):
    """One when people of online lists fitted nobody."""
    if not permissions.can_take_attendance(user):
        return
    if stock := waiting.of("events.online_rows"):
        yield desk.Todo(
            title=f"线上名单里有 {stock.number:,} 人待核对",
            detail="没有自动对上报名的人，逐个对上，或登记为新参加者",
            url=reverse("events:online", args=[stock.first]),
            action="去核对",
        )


@value_line(order=25)
def events_attended(organization, year):
    """How many events of the year people of the unit took part in."""
    came = turnout.attended(year).filter(organization=organization)
    found = came.aggregate(events=Count("event", distinct=True), people=Count("pk"))
    if not found["events"]:
        return None
    return Line("参加活动", f"{found['events']} 场", f"{found['people']} 人次，只计签到和够时间的线上参加")


# --- yearly figures -----------------------------------------------------------------------------------------


def _wenke(year):
    events = Event.objects.held().of_year(year).filter(series__code="wenke").order_by().values("pk")
    return (
        Attendance.objects.counted().filter(event__in=events).select_related("event__series", "organization")
    )


def _mode(mode):
    return lambda year: _wenke(year).filter(mode=mode).order_by("event__starts_at", "unit_name", "pk")


COLUMNS = (
    ("姓名", lambda row: row.full_name),
    ("单位", lambda row: row.unit_name),
    ("活动", lambda row: row.event.numbered),
    ("日期", lambda row: chinese_date(localdate(row.event.starts_at))),
    ("参加形式", lambda row: row.get_mode_display()),
)
COMPANIES = (
    ("单位", lambda row: row.organization.name if row.organization else row.unit_name),
    ("是否名册中的单位", lambda row: "是" if row.organization_id else "否"),
    ("最早见于", lambda row: row.event.numbered),
)
ONCE = "一人一场只计一次，到过现场的算线下；线上不足规定分钟的不计。"
desk.figure(
    "events.wenke_companies",
    "文科汇 参会企业（家）",
    lambda year: _wenke(year).one_a_company(),
    COMPANIES,
    "当年各期文科汇有人参加的单位，同一单位只数一次：名册中的单位按单位，其余按单位名称。按期数的见“参会企业（家次）”。",
)
desk.figure(
    "events.wenke_company_visits",
    "文科汇 参会企业（家次）",
    lambda year: _wenke(year).one_a_company_and_event(),
    (("单位", COMPANIES[0][1]), ("活动", COLUMNS[2][1]), ("日期", COLUMNS[3][1])),
    "当年各期文科汇有人参加的单位，每期各数一次。",
)
desk.figure("events.wenke_online", "文科汇 线上参会（人次）", _mode(Mode.ONLINE), COLUMNS, ONCE)
desk.figure("events.wenke_onsite", "文科汇 线下参会（人次）", _mode(Mode.ONSITE), COLUMNS, ONCE)
