"""Who of those that wait comes next, and how long a seat is kept for them; pure (domain 10.6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.choices import WaitRule

LONGEST = timedelta(hours=24)
# So near the start nobody is asked any more: whoever reads it on the way would come in vain.
TOO_LATE = timedelta(hours=1)


@dataclass(frozen=True)
class Waiting:
    """One who waits: since when, for which unit (a key that tells units apart), and whether that is a member."""

    pk: int
    since: datetime
    unit: object
    is_member: bool = False


def in_order(rule: str, waiting: list[Waiting], seated_units: set) -> list[Waiting]:
    """Those who wait, the next one first.

    `seated_units` are the units that have a seat already. With UNITS_FIRST the first of each unit that has none comes
    before everybody else, so a unit with two who wait does not get two seats before another gets its first.
    """
    by_time = sorted(waiting, key=lambda one: (one.since, one.pk))
    if rule == WaitRule.MEMBERS_FIRST:
        return sorted(by_time, key=lambda one: not one.is_member)
    if rule == WaitRule.UNITS_FIRST:
        served = set(seated_units)
        first, rest = [], []
        for one in by_time:
            (rest if one.unit in served else first).append(one)
            served.add(one.unit)
        return first + rest
    return by_time


def offer_ends(moment: datetime, starts_at: datetime) -> datetime | None:
    """Until when a seat offered at `moment` is kept: 24 hours, near the start half of the time that is left; None in
    the last hour, when no seat is offered any more."""
    left = starts_at - moment
    return None if left < TOO_LATE else moment + min(LONGEST, left / 2)
