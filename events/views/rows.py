"""Events prepared for their pages: what the list chooses, the facts of one, what the person may do with it."""

import re

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from association.formats import chinese_date
from events import permissions
from events.choices import EventGroup, EventState, HostRole, Mode, RegistrationPhase
from events.models import Event, EventHost, ThemeYear

TONES = {
    EventState.PLANNED: "off", EventState.SUBMITTED: "warn", EventState.ANNOUNCED: "info", EventState.RUNNING: "good",
    EventState.ENDED: "info", EventState.ARCHIVED: "off", EventState.CANCELLED: "late", EventState.FAILED: "late",
}  # fmt: skip
WEEKDAYS = "一二三四五六日"
MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")


def when(event) -> str:
    """2022年3月1日（星期二）14:00–16:00; over several days both days."""
    start, end = localtime(event.starts_at), localtime(event.ends_at)
    first = f"{chinese_date(start)}（星期{WEEKDAYS[start.weekday()]}）{start:%H:%M}"
    if start.date() == end.date():
        return f"{first}–{end:%H:%M}"
    return f"{first}至{chinese_date(end)} {end:%H:%M}"


def where(event) -> str:
    """The place in a few words."""
    place = "，".join(filter(None, (event.venue, event.address)))
    if event.mode == Mode.ONLINE:
        return "线上"
    return f"{place}；线上同时参加" if event.mode == Mode.HYBRID else place


def chosen(events, wanted):
    """The events that the filters of `EventsForm` choose."""
    if wanted["q"]:
        events = events.matching(wanted["q"])
    if wanted["series"]:
        events = events.filter(series=wanted["series"])
    if wanted["year"]:
        events = events.of_year(wanted["year"])
    if wanted["month"]:
        events = events.filter(starts_at__month=wanted["month"])
    if wanted["brand"]:
        events = events.filter(series__brand=wanted["brand"], series__counts_in_brand=True)
    if wanted["host"]:
        hosts = EventHost.objects.exclude(role=HostRole.COMMISSIONER)
        events = events.filter(pk__in=hosts.filter(name=wanted["host"]).values("event"))
    if wanted["state"] in EventGroup:
        return events.in_group(wanted["state"])
    if wanted["state"] in RegistrationPhase:
        return events.in_phase(wanted["state"])
    return events.in_state(wanted["state"]) if wanted["state"] else events


def decorated(page):
    """The rows of a page with their words."""
    for event in page:
        event.when, event.where, event.tone = when(event), where(event), TONES[event.state]
    return page


def pills(request, form) -> list[dict]:
    found = []
    for name, label, text in form.words():
        query = request.GET.copy()
        query.pop(name), query.pop("page", None)
        found.append({"label": label, "text": text, "url": f"{request.path}?{query.urlencode()}"})
    return found


def facts(event, user) -> list[tuple]:
    """(label, value) pairs of one event; the way into the online room for those who may have it."""
    pairs = [
        ("时间", when(event)),
        ("地点", where(event)),
        ("形式", event.get_mode_display()),
        ("面向", event.get_audience_display()),
        ("咨询电话", event.enquiries),
    ]
    if event.park_id:
        pairs.insert(2, ("所在会员园区", event.park.name))
    if permissions.sees_online_link(user, event):
        pairs += [("线上会议", event.online_link), ("会议号与说明", event.online_note)]
    if permissions.can_see_events(user):
        theme = ThemeYear.objects.filter(year=event.year).first()
        pairs += [("年度主题", theme.name if theme else ""), ("委托合同", event.contract_number)]
    return [pair for pair in pairs if pair[1]]


def hosts_by_role(event) -> list[tuple]:
    """(role in words, its hosts) in the order in which a programme names them; who commissioned it is not told."""
    found = {}
    for host in event.hosts.all():
        found.setdefault(host.role, []).append(host)
    return [(role.label, found[role]) for role in HostRole if role in found]


def actions_for(user, event) -> dict:
    """What the person may do with the event as it stands."""
    keeps, state = permissions.can_keep_events(user), event.state
    is_open = state not in (EventState.ARCHIVED, EventState.CANCELLED, EventState.FAILED)
    return {
        "edits": keeps and is_open,
        "submits": keeps and state == EventState.PLANNED,
        "discards": keeps and not event.is_published and not event.is_off,
        "approves": state == EventState.SUBMITTED and permissions.approves(user, event),
        "waits": state == EventState.SUBMITTED and not permissions.approves(user, event),
        "cancels": keeps and event.is_published and is_open,
        "archives": keeps and state == EventState.ENDED,
        "repeats": keeps and event.series.ended_on is None,
    }


def public_address(event) -> str:
    return settings.SITE_URL + reverse("activities:activity", args=[event.pk])


def desk_address(event) -> str:
    return settings.SITE_URL + reverse("events:event", args=[event.pk])


def upcoming(events):
    """Those from today on, the next first, as a queryset."""
    return events.standing().filter(ends_at__date__gte=localdate()).order_by("starts_at", "pk")


# --- the list -----------------------------------------------------------------------------------------------------


def of_tab(events, tab: str):
    """What is coming and what is still planned, the next first; what is over or off, the latest first; or all."""
    if tab == "all":
        return events.order_by("-starts_at", "-pk")
    today = localdate()
    if tab == "past":
        return events.published().filter(ends_at__date__lt=today).order_by("-starts_at", "-pk")
    return events.filter(ends_at__date__gte=today).order_by("starts_at", "pk")


def tabs(request, current: str) -> list[dict]:
    found = []
    for name, label in (("next", "将要举办"), ("past", "已经举办"), ("all", "全部")):
        query = request.GET.copy()
        query["tab"] = name
        query.pop("page", None)
        found.append(
            {"label": label, "url": f"{request.path}?{query.urlencode()}", "current": name == current}
        )
    return found


def month_asked(text: str, today) -> tuple[int, int]:
    """Year and month of 2022-05; this month for everything else."""
    match = MONTH.fullmatch(text)
    if match and 2000 <= int(match[1]) <= 2100 and 1 <= int(match[2]) <= 12:
        return int(match[1]), int(match[2])
    return today.year, today.month


# --- planning -----------------------------------------------------------------------------------------------------


def with_last(series) -> list:
    """The series with their last event and how many they had; two queries."""
    found = list(series.annotate(total=Count("events")))
    last = Event.objects.filter(series__in=found).order_by("series_id", "-number_scope", "-number")
    by_series = {event.series_id: event for event in last.distinct("series_id").select_related("series")}
    for one in found:
        one.last = by_series.get(one.pk)
    return found


def last_of(series, asked) -> Event | None:
    """The event that the next one is begun from: the one asked for, else the latest."""
    events = series.events.select_related("series").prefetch_related("hosts", "agenda")
    if asked and asked.isascii() and asked.isdigit():
        return events.filter(pk=int(asked[:15])).first()
    return events.order_by("-number_scope", "-number").first()


def version_asked(request, event) -> int:
    """The version of the event that the person saw when the page was opened; 0 where a form does not say."""
    if request.method != "POST":
        return event.version
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
