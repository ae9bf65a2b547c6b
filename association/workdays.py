"""Working days of the Chinese official calendar, with its moved weekends (调休).

The State Council decrees the holidays of a year in the November before it, so no rule can compute them: the
library chinesecalendar carries the decrees. A year that it does not know is an answer of its own.
"""

from datetime import date, datetime, timedelta

import chinese_calendar

# The library keeps one table of all decreed days off; the years in it are the years it knows.
KNOWN_YEARS = frozenset(day.year for day in chinese_calendar.holidays)


class WorkdayCalendarMissing(Exception):
    """The official calendar of a year is not known here; `sentence` tells a person so."""

    def __init__(self, year: int):
        self.year = year
        self.sentence = (
            f"系统中没有{year}年的法定节假日安排（现有{min(KNOWN_YEARS)}年至{max(KNOWN_YEARS)}年），"
            "无法推算工作日。请管理员更新节假日数据后重试。"
        )
        super().__init__(self.sentence)


def is_workday(day: date) -> bool:
    """Whether offices work on `day`. Raises WorkdayCalendarMissing for a year without a decree."""
    day = _plain(day)
    if day.year not in KNOWN_YEARS:
        raise WorkdayCalendarMissing(day.year)
    return chinese_calendar.is_workday(day)


def add_workdays(day: date, count: int) -> date:
    """The date `count` working days after `day`, which itself does not count (民法典 art. 201).

    Zero gives `day` if it is a working day and the next one otherwise (art. 203); a negative count goes back.
    """
    day = _plain(day)
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day)
    while not is_workday(day):
        day += step
    return day


def add_workdays_or_weekdays(day: date, count: int) -> tuple[date, bool]:
    """The date `count` > 0 working days after `day`, and whether the official calendar says so.

    For deadlines of our own that must not fail for want of next year's decree: without it every day from Monday to
    Friday counts.
    """
    try:
        return add_workdays(day, count), True
    except WorkdayCalendarMissing:
        day = _plain(day)
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day, False


def workdays_between(start: date, end: date) -> int:
    """How many working days lie after `start` up to and including `end`; negative when `end` comes first.

    The inverse of add_workdays: workdays_between(d, add_workdays(d, n)) is n for n > 0.
    """
    start, end = _plain(start), _plain(end)
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def _plain(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day
