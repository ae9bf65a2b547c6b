"""Events on the workbench: menu, to-dos, search, yearly figures."""

from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.formats import chinese_date
from association.stocks import waiting
from association.workdays import add_workdays_or_weekdays
from events import permissions
from events.models import Event

ARCHIVE_WITHIN = 10  # working days (domain 10.6)


# --- menu ---------------------------------------------------------------------------------------------------
def _ended():
    return Event.objects.standing().filter(archived_at__isnull=True, ends_at__date__lt=localdate())


waiting.add("events.submitted", Event.objects.awaiting_approval)
waiting.add("events.ended", _ended, due="ends_at__date")

desk.menu("活动", "活动", "events:events", allowed=lambda user: user.is_authenticated, order=10)
desk.menu("活动", "活动日历", "events:month", allowed=lambda user: user.is_authenticated, order=20)
desk.menu("活动", "系列与年度", "events:series_list", allowed=permissions.can_see_events, order=30)


# --- to-dos -------------------------------------------------------------------------------------------------
@desk.todo
def events_to_approve(user):
    """One for each event that a colleague submitted and that the person may approve."""
    if not permissions.can_approve_events(user) or not waiting.of("events.submitted"):
        return
    for event in Event.objects.awaiting_approval().exclude(submitted_by=user).select_related("series")[:20]:
        yield desk.Todo(
            title=f"活动待审批：{event.numbered}",
            detail=f"{event.topic}，{chinese_date(localdate(event.starts_at))}",
            url=event.get_absolute_url(),
            action="去审批",
            due=localdate(event.starts_at),
        )


@desk.todo
def events_to_archive(user):
    """One for the secretariat when events are over and not yet archived, with the earliest deadline."""
    if not permissions.can_keep_events(user):
        return
    if stock := waiting.of("events.ended"):
        yield desk.Todo(
            title=f"{stock.number:,} 场活动待归档",
            detail="结束后十个工作日内传齐讲稿、照片与纪要，再归档",
            url=f"{reverse('events:events')}?tab=all&state=ended",
            action="去归档",
            due=add_workdays_or_weekdays(stock.due, ARCHIVE_WITHIN)[0],
        )


# --- search -------------------------------------------------------------------------------------------------
@desk.search
def found(user, text, limit):
    """Events by any part of topic or series, or by number."""
    events = (
        Event.objects.visible_to(user).matching(text).select_related("series").order_by("-starts_at", "-pk")
    )
    for event in events[:limit]:
        yield desk.Hit(
            title=str(event),
            url=event.get_absolute_url(),
            kind="活动",
            detail=f"{chinese_date(localdate(event.starts_at))}，{event.state.label}",
        )


# --- yearly figures -----------------------------------------------------------------------------------------
COLUMNS = (
    ("活动", str),
    ("日期", lambda event: chinese_date(localdate(event.starts_at))),
    ("形式", lambda event: event.get_mode_display()),
    ("状态", lambda event: event.state.label),
)


def _held(year):
    events = Event.objects.held().of_year(year).select_related("series")
    return events.order_by("starts_at", "pk")


def _of_series(code):
    return lambda year: _held(year).filter(series__code=code)


desk.figure(
    "events.show",
    "北京文化园区SHOW 主题活动",
    lambda year: _held(year).filter(series__counts_in_brand=True),
    COLUMNS,
    "当年开始、已经办过的活动，只数计入品牌的系列；草案、取消和没有开成的不数，承揽的“文科汇”另计。",
)
for _code, _name, _unit in (
    ("government_dialogue", "政企沟通会", "场"),
    ("matchmaking", "合作对对碰", "期"),
    ("park_talks", "园区有话说", "期"),
    ("forum", "高质量发展论坛", "场"),
    ("wenke", "文科汇", "期"),
):
    desk.figure(f"events.{_code}", _name, _of_series(_code), COLUMNS, f"当年办过的{_name}，单位：{_unit}。")
