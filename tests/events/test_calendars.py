"""The month on the desk and the calendar files, read back by the library that reads them elsewhere."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from icalendar import Calendar

from events import calendars
from events.domain import events as domain
from events.models import Event
from tests.factories.happenings import make_event, make_series

pytestmark = pytest.mark.django_db
ZONE = get_current_timezone()


@pytest.fixture
def event(secretary, secretary_general):
    series = make_series(by=secretary)
    return make_event(
        series, by=secretary, stand="published", submitter=secretary, approver=secretary_general, audience="public",
        mode="onsite", venue="报告厅", address="示例路1号", summary="换行与,逗号；都在", topic="沉浸式场景",
        starts_at=datetime(2030, 3, 1, 14, tzinfo=ZONE), ends_at=datetime(2030, 3, 1, 16, tzinfo=ZONE),
    )  # fmt: skip


def entries(answer):
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_calendar_reads_the_file_as_it_was_meant(event, client):
    (entry,) = entries(client.get(reverse("activities:activity_ics", args=[event.pk])))
    assert (str(entry["summary"]), str(entry["location"])) == ("文科汇第1期｜沉浸式场景", "报告厅 示例路1号")
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (event.starts_at, event.ends_at)
    assert (str(entry["status"]), int(entry["sequence"])) == ("CONFIRMED", event.version)
    assert str(entry["description"]).splitlines()[0] == "换行与,逗号；都在"
    assert str(entry["url"]).endswith(reverse("activities:activity", args=[event.pk]))


def test_a_subscriber_sees_that_it_was_cancelled_under_the_same_name(event, secretary, client):
    address = reverse("activities:series_ics", args=[event.series_id])
    (before,) = entries(client.get(address))
    domain.cancel(event, by=secretary, reason="场地另有安排")
    (after,) = entries(client.get(address))
    assert (str(after["status"]), str(after["summary"])) == ("CANCELLED", "已取消：文科汇第1期｜沉浸式场景")
    assert (before["uid"], int(before["sequence"])) == (after["uid"], int(after["sequence"]) - 1)


def test_what_is_not_open_to_all_is_in_no_public_file(event, client, as_user, secretary):
    Event.objects.update(audience="members")
    for name in ("activities:activity_ics", "activities:activity"):
        assert client.get(reverse(name, args=[event.pk])).status_code == 404
    assert client.get(reverse("activities:series_ics", args=[event.series_id])).status_code == 404
    assert len(entries(as_user(secretary).get(reverse("events:ics", args=[event.pk])))) == 1
    draft = make_event(event.series, by=secretary)
    assert as_user(secretary).get(reverse("events:ics", args=[draft.pk])).status_code == 409


def test_weeks_run_from_monday_and_an_event_stands_on_each_of_its_days(event):
    event.starts_at = datetime(2022, 5, 3, 14, tzinfo=ZONE)
    event.ends_at = datetime(2022, 5, 5, 0, tzinfo=ZONE)
    weeks = calendars.weeks_of(2022, 5, [event], date(2022, 5, 4))
    days = {day.day: day for week in weeks for day in week}
    assert (min(days), max(days), len(weeks)) == (date(2022, 4, 25), date(2022, 6, 5), 6)
    assert [d for d, day in days.items() if day.events] == [date(2022, 5, 3), date(2022, 5, 4)]
    assert [d for d, day in days.items() if day.is_today] == [date(2022, 5, 4)]


def test_months_follow_over_the_turn_of_the_year():
    assert [calendars.month_beside(2022, m, step) for m, step in ((12, 1), (1, -1), (5, 1))] == [
        (2023, 1), (2021, 12), (2022, 6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("2030-03", "2030年3月"),
        ("2030-3", "2030年3月"),
        ("2030-13", None),
        ("abc", None),
        ("9999999-01", None),
        ("", None),
    ],
)
def test_the_month_asked_for_or_this_one(event, secretary, as_user, asked, shown):
    page = as_user(secretary).get(f"{reverse('events:month')}?month={asked}").content.decode()
    today = date.today() + timedelta(0)
    assert f"<h1>{shown or f'{today.year}年{today.month}月'}" in page
    assert ("沉浸式场景" in page) == (shown is not None)
