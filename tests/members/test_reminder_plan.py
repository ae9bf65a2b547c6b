"""Which reminder is due on which day: pure, by hand."""

from datetime import date, timedelta

import pytest

from members.domain.reminder_plan import OFFSETS, Asked, Reminder, label_of, plan

DUE = date(2026, 3, 31)


def asked(due_on=DUE, issued_on=None, is_held=False, told=(), bill=1):
    return Asked(bill, due_on, issued_on or due_on - timedelta(days=60), is_held, told)


def planned(bill, first, last):
    return [(r.day.isoformat(), r.offset) for r in plan([bill], first, last)]


def test_a_bill_is_reminded_of_on_five_days():
    found = planned(asked(), date(2026, 2, 1), date(2026, 12, 31))
    assert found == [
        ("2026-03-01", -30), ("2026-03-24", -7), ("2026-04-01", 1), ("2026-04-30", 30), ("2026-06-29", 90),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("due", "days"),
    [
        # Thirty days before the end of March lies the leap day itself, and in other years the first of March.
        (date(2028, 3, 30), ["2028-02-29", "2028-03-23"]),
        (date(2027, 3, 30), ["2027-02-28", "2027-03-23"]),
        # Over the end of a year.
        (date(2027, 1, 15), ["2026-12-16", "2027-01-08"]),
    ],
)
def test_days_are_counted_by_the_calendar(due, days):
    assert [d for d, offset in planned(asked(due), due - timedelta(days=40), due)] == days


def test_a_run_that_missed_days_catches_up_with_the_latest_only():
    assert planned(asked(), date(2026, 5, 20), date(2026, 5, 20)) == [("2026-05-20", 30)]
    assert planned(asked(), date(2027, 5, 20), date(2027, 5, 20)) == [("2027-05-20", 90)]
    assert planned(asked(), DUE, DUE) == [("2026-03-31", -7)]


def test_what_was_told_is_not_told_again_and_nothing_older_instead():
    assert planned(asked(told=[30]), date(2026, 5, 20), date(2026, 5, 20)) == []
    assert planned(asked(told=[-30, -7]), date(2026, 3, 31), date(2026, 4, 1)) == [("2026-04-01", 1)]


def test_the_bill_itself_says_what_a_reminder_of_the_same_day_would():
    thirty = asked(issued_on=DUE - timedelta(days=30))
    assert planned(thirty, date(2026, 3, 1), DUE) == [("2026-03-24", -7)]
    short = asked(issued_on=DUE - timedelta(days=5))
    assert planned(short, DUE - timedelta(days=5), DUE) == []


def test_while_an_answer_is_owed_to_the_unit_it_is_not_dunned():
    assert planned(asked(is_held=True), date(2026, 2, 1), date(2026, 12, 31)) == [
        ("2026-03-01", -30), ("2026-03-24", -7),
    ]  # fmt: skip
    # And no older one in its place.
    assert planned(asked(is_held=True), date(2026, 4, 2), date(2026, 4, 2)) == []


@pytest.mark.parametrize("start", range(-40, 100, 7))
def test_day_by_day_it_is_what_was_foretold(start):
    """Asked every morning, with what it sent written down, the plan gives what it foretold on the first day."""
    first, days = DUE + timedelta(days=start), 130
    last = first + timedelta(days=days)
    bills = [
        asked(),
        asked(issued_on=DUE - timedelta(days=10), bill=2),
        asked(date(2026, 5, 9), bill=3),
        asked(is_held=True, bill=4),
    ]
    told, sent = {bill.bill: set() for bill in bills}, []
    for number in range(days + 1):
        today = first + timedelta(days=number)
        due = plan([bill._replace(told=told[bill.bill]) for bill in bills], today, today)
        for reminder in due:
            told[reminder.bill].add(reminder.offset)
        sent += due
    assert sent == plan(bills, first, last)


def test_words_and_keys():
    assert [label_of(n) for n in OFFSETS] == [
        "到期前 30 天", "到期前 7 天", "逾期 1 天", "逾期 30 天", "逾期 90 天",
    ]  # fmt: skip
    late = Reminder(date(2026, 5, 20), 30, 7, DUE)
    assert (late.key, late.kind) == ("2026-03-31|30", "members.dues_overdue")
