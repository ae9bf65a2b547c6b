"""Who of those that wait comes next, and how long a seat is kept; worked examples."""

from datetime import UTC, datetime, timedelta

import pytest

from events.choices import WaitRule
from events.waiting import Waiting, in_order, offer_ends

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


def one(pk, unit, *, member=False):
    return Waiting(pk, NOON + timedelta(minutes=pk), unit, member)


WAITING = [one(3, "丙", member=True), one(1, "甲"), one(2, "甲"), one(4, "乙")]


@pytest.mark.parametrize(
    ("rule", "seated", "order"),
    [
        (WaitRule.FIRST_COME, {"甲"}, [1, 2, 3, 4]),
        (WaitRule.UNITS_FIRST, set(), [1, 3, 4, 2]),
        (WaitRule.UNITS_FIRST, {"甲", "丙"}, [4, 1, 2, 3]),
        (WaitRule.MEMBERS_FIRST, {"甲"}, [3, 1, 2, 4]),
    ],
)
def test_the_order_follows_the_rule_and_then_the_clock(rule, seated, order):
    assert [w.pk for w in in_order(rule, WAITING, seated)] == order


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        (timedelta(days=9), timedelta(hours=24)),
        (timedelta(hours=48), timedelta(hours=24)),
        (timedelta(hours=10), timedelta(hours=5)),
        (timedelta(hours=1), timedelta(minutes=30)),
        (timedelta(minutes=59), None),
    ],
)
def test_a_seat_is_kept_a_day_and_near_the_start_half_of_what_is_left(left, kept):
    ends = offer_ends(NOON, NOON + left)
    assert (ends and ends - NOON) == kept
