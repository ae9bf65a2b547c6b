"""Check-in and attendance prepared for their pages: counts, tabs, the rows behind each."""

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.timezone import now

from association.columns import masked
from events import permissions
from events.choices import Mode
from events.domain.attendance import clock
from events.models.attendance import ENOUGH, LIVE

TABS = {
    "expected": "还没到",
    "onsite": "线下已到",
    "online": "线上",
    "short": "线上时间不足",
    "waiting": "候补与待审",
    "undone": "已撤销",
}
EMPTY = {
    "expected": ("没有还没到的人", "报名已确认而没有签到的人列在这里。"),
    "onsite": ("现场还没有人签到", "扫码、自助或在签到台登记的人列在这里。"),
    "online": ("线上还没有人", "活动后导入线上会议平台的名单，计入的人列在这里。"),
    "short": ("没有线上时间不足的人", "在线上参加的时间不到规定分钟的人留在这里，不计入人数。"),
    "waiting": ("没有候补和待审的人", "他们到了现场，可以在这里准予入场。"),
    "undone": ("没有撤销过的签到", "撤销的签到连同原因留在这里。"),
}
OF_REGISTRATIONS = ("expected", "waiting")


def numbers(event) -> dict:
    """How many are registered, confirmed, there, and so on; two queries."""
    came = event.attendances.live().filter(registration__isnull=False).values("registration")
    confirmed = Q(confirmed_at__isnull=False)
    found = event.registrations.live().aggregate(
        registered=Count("pk"),
        confirmed=Count("pk", filter=confirmed),
        expected=Count("pk", filter=confirmed & ~Q(pk__in=came)),
        waiting=Count("pk", filter=~confirmed & ~Q(pk__in=came)),
    )
    return found | event.attendances.aggregate(
        onsite=Count("pk", filter=LIVE & Q(mode=Mode.ONSITE)),
        online=Count("pk", filter=LIVE & Q(mode=Mode.ONLINE) & ENOUGH),
        short=Count("pk", filter=LIVE & ~ENOUGH),
        undone=Count("pk", filter=~LIVE),
    )


def listed(event, tab: str, text: str):
    """The registrations or attendances of a tab, found by part of a name or unit."""
    if tab in OF_REGISTRATIONS:
        came = event.attendances.live().filter(registration__isnull=False).values("registration")
        rows = event.registrations.live().exclude(pk__in=came)
        rows = rows.filter(confirmed_at__isnull=tab == "waiting").order_by("unit_name", "full_name", "pk")
    else:
        every = event.attendances
        rows = {
            "onsite": every.live().onsite, "online": every.counted().online, "short": every.short,
            "undone": lambda: every.filter(undone_at__isnull=False),
        }[tab]()  # fmt: skip
        rows = rows.select_related("by", "door", "undone_by").order_by("-arrived_at", "-pk")
    if text:
        rows = rows.filter(Q(full_name__icontains=text) | Q(unit_name__icontains=text))
    return rows


def chosen_tab(asked, event, found) -> str:
    """The tab that was asked for, else who is still awaited, after the event who was there."""
    if asked in TABS:
        return asked
    return "expected" if found["expected"] and not event.is_over else "onsite"


def tabs(event, found, current) -> list[dict]:
    address = reverse("events:attendance", args=[event.pk])
    return [
        {"label": label, "url": f"{address}?tab={key}", "current": key == current, "count": found[key]}
        for key, label in TABS.items()
    ]


def decorated(page, event, tab):
    """The rows of a page with their words; numbers masked."""
    for row in page:
        row.event, row.shown_mobile = event, masked(row.mobile) or ""
        if tab not in OF_REGISTRATIONS:
            row.at = clock(row.arrived_at)
            row.through = row.door.label if row.door_id else row.by or ""
    return page


def figures(event, found) -> list[dict]:
    """The numbers on top, each with its rows."""
    here = reverse("events:attendance", args=[event.pk])
    filed = reverse("events:registrations", args=[event.pk])
    return [
        {"number": found["registered"], "label": "报名", "url": filed if found["registered"] else ""},
        {"number": found["confirmed"], "label": "已确认", "url": f"{filed}?state=confirmed" if found["confirmed"] else ""},
        {"number": found["onsite"], "label": "线下已到", "url": f"{here}?tab=onsite"},
        {"number": found["online"], "label": "线上参加", "url": f"{here}?tab=online"},
        {"number": found["expected"], "label": "未到" if event.is_over else "还没到", "url": f"{here}?tab=expected"},
    ]  # fmt: skip


def window_words(event) -> str:
    """When people check in, as things stand."""
    if event.is_over:
        return f"签到已在 {clock(event.ends_at)} 结束；之后只能由工作人员补录。"
    if now() < event.check_in_opens_at:
        return f"签到从 {clock(event.check_in_opens_at)} 开始，到 {clock(event.ends_at)} 为止。"
    return f"正在签到，到 {clock(event.ends_at)} 为止。"


def may_change(user, event) -> bool:
    """Whether the person may enter and take back attendance of the event as it stands."""
    is_open = event.is_published and not event.is_off and not event.archived_at
    return is_open and permissions.can_take_attendance(user)


def may_correct(user, event) -> bool:
    """Whether the person may correct the head-count of an event that is archived, with a reason."""
    return bool(event.archived_at) and permissions.can_take_attendance(user)


def closing(event, found) -> list[tuple]:
    """(mode in words, head-count when the event was archived, head-count now, difference with its sign); empty before."""
    if event.closed_onsite is None:
        return []
    pairs = (("线下", event.closed_onsite, found["onsite"]), ("线上", event.closed_online, found["online"]))
    return [(label, then, now_, f"{now_ - then:+d}" if now_ != then else "") for label, then, now_ in pairs]


def self_address(event) -> str:
    """The page on which people check in by themselves."""
    return settings.SITE_URL + reverse("door:here", args=[event.pk])
