"""Events as a month and as calendar files (RFC 5545), prepared from rows that the person may see."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.timezone import get_current_timezone, localtime

WEEK = ("一", "二", "三", "四", "五", "六", "日")
MONDAY_FIRST = calendar.Calendar(firstweekday=0)


@dataclass(frozen=True)
class Day:
    day: date
    is_inside: bool
    is_today: bool
    events: list


def edges(year: int, month: int) -> tuple[datetime, datetime]:
    """The first moment that a month's page shows and the first one after it, whole weeks from Monday."""
    weeks = MONDAY_FIRST.monthdatescalendar(year, month)
    zone = get_current_timezone()
    first, last = weeks[0][0], weeks[-1][-1] + timedelta(days=1)
    return datetime.combine(first, time(), zone), datetime.combine(last, time(), zone)


def weeks_of(year: int, month: int, events, today: date) -> list[list[Day]]:
    """The weeks of a month with the events of each day; an event that lasts for days stands on each of them."""
    by_day: dict[date, list] = {}
    for event in events:
        day, last = (
            localtime(event.starts_at).date(),
            (localtime(event.ends_at) - timedelta(seconds=1)).date(),
        )
        while day <= last:
            by_day.setdefault(day, []).append(event)
            day += timedelta(days=1)
    return [
        [Day(day, day.month == month, day == today, by_day.get(day, [])) for day in week]
        for week in MONDAY_FIRST.monthdatescalendar(year, month)
    ]


def month_beside(year: int, month: int, step: int) -> tuple[int, int]:
    """The month `step` months away."""
    place = year * 12 + month - 1 + step
    return place // 12, place % 12 + 1


def ics(events, *, name: str, address) -> bytes:
    """A calendar file of the events; `address(event)` gives the page of each. The online link is in none of them: a
    file is forwarded, and so would the link be."""
    from icalendar import Calendar  # noqa: PLC0415  (heavy, and a web process seldom needs it)

    found = Calendar()
    found.add("prodid", f"-//{settings.ASSOCIATION_NAME}//events//ZH")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", name)
    found.add("x-wr-timezone", settings.TIME_ZONE)
    for event in events:
        found.add_component(_entry(event, address(event)))
    return found.to_ical()


def _entry(event, address):
    from icalendar import Event as Entry  # noqa: PLC0415  (heavy, and a web process seldom needs it)

    entry = Entry()
    entry.add("uid", f"event-{event.pk}@{urlsplit(settings.SITE_URL).hostname}")
    entry.add("dtstamp", event.updated_at)
    entry.add("sequence", event.version)
    entry.add("summary", f"{'已取消：' if event.is_off else ''}{event}")
    entry.add("dtstart", localtime(event.starts_at))
    entry.add("dtend", localtime(event.ends_at))
    entry.add("status", "CANCELLED" if event.is_off else "CONFIRMED")
    if place := " ".join(filter(None, (event.venue, event.address))):
        entry.add("location", place)
    entry.add("description", "\n".join(filter(None, (event.summary, address))))
    entry.add("url", address)
    return entry
