"""The official calendars of 2022 and 2023 (国办发明电〔2021〕11号, 〔2022〕16号) as worked examples."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from association.workdays import WorkdayCalendarMissing, add_workdays, is_workday, workdays_between

IN_KNOWN_YEARS = st.dates(date(2005, 1, 1), date(2025, 6, 30))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 1, 31), False),  # 春节, a Monday
        (date(2022, 1, 29), True),  # a Saturday worked for it
        (date(2022, 10, 8), True),  # 国庆调休, a Saturday
        (date(2022, 10, 9), True),
        (date(2023, 1, 10), True),
        (date(2023, 1, 21), False),
        (date(2023, 1, 27), False),
        (date(2023, 1, 28), True),
        (date(2023, 1, 29), True),
        (date(2023, 4, 5), False),  # 清明, a Wednesday
        (date(2023, 6, 25), True),
        (date(2023, 9, 29), False),
        (date(2023, 10, 7), True),
        (datetime(2023, 10, 6, 23, 59), False),
    ],
)
def test_days_of_the_decrees(day, expected):
    assert is_workday(day) is expected


def test_five_days_before_spring_festival_end_after_it():
    assert add_workdays(date(2023, 1, 18), 5) == date(2023, 1, 30)


def test_counting_back_over_national_day():
    assert add_workdays(date(2022, 10, 10), -3) == date(2022, 9, 30)


def test_a_deadline_of_no_days_on_a_holiday_is_the_next_working_day():
    assert add_workdays(date(2023, 10, 1), 0) == date(2023, 10, 7)
    assert add_workdays(date(2023, 10, 7), 0) == date(2023, 10, 7)


def test_days_between():
    assert workdays_between(date(2023, 1, 18), date(2023, 1, 30)) == 5
    assert workdays_between(date(2023, 1, 30), date(2023, 1, 18)) == -5
    assert workdays_between(date(2023, 1, 10), date(2023, 1, 10)) == 0


@given(IN_KNOWN_YEARS, st.integers(1, 60))
def test_between_is_the_inverse_of_adding(day, count):
    due = add_workdays(day, count)
    assert is_workday(due)
    assert workdays_between(day, due) == count


@pytest.mark.parametrize("year", [2003, 2027])
def test_a_year_without_a_decree_is_refused_in_chinese(year):
    with pytest.raises(WorkdayCalendarMissing) as caught:
        is_workday(date(year, 3, 1))
    assert caught.value.year == year
    assert caught.value.sentence == (
        f"系统中没有{year}年的法定节假日安排（现有2004年至2026年），无法推算工作日。请管理员更新节假日数据后重试。"
    )


def test_a_deadline_that_runs_into_an_unknown_year_is_refused():
    with pytest.raises(WorkdayCalendarMissing):
        add_workdays(date(2026, 12, 25), 15)
