"""The roster of any day, after any sequence of verbs, is that of a slow replay which knows the events only."""

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from association.errors import Refused
from members import queries
from members.choices import Grade
from members.domain import certificates, memberships, merges, organizations
from members.models import Certificate, Organization
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
FIRST = date(2022, 1, 1)
DAYS, UNITS = 90, 3
GRADES = [Grade.PRESIDENT, Grade.STANDING_COUNCIL, Grade.COUNCIL]


# --- the slow way -------------------------------------------------------------------------------------------


class Told(Exception):
    """The event cannot be."""


@dataclass
class Unit:
    """What events made of one unit; periods and posts as [first day, day after the last one or None]."""

    names: list  # (day since when, name)
    periods: list = field(default_factory=list)
    posts: list = field(default_factory=list)  # [grade, since, until]
    gone: bool = False

    def is_member(self, day):
        return any(holds(p, day) for p in self.periods)

    def name(self, day):
        """The name after all that happened up to the day; before the first it bore the first."""
        return [name for since, name in self.names if since <= day or since == date.min][-1]

    def grade(self, day):
        if not self.is_member(day):
            return None
        return min([grade for grade, *span in self.posts if holds(span, day)], default=Grade.MEMBER)

    def joined(self, on):
        if any(p[0] == on for p in self.periods):
            return
        if self.is_member(on) or any(p[0] > on for p in self.periods):
            raise Told
        self.periods.append([on, None])

    def left(self, on):
        if any(p[1] == on for p in self.periods):
            return
        standing = [p for p in self.periods if p[1] is None]
        if not standing or on <= standing[0][0]:
            raise Told
        standing[0][1] = on
        self.posts = [post for post in self.posts if post[1] < on]
        for post in self.posts:
            post[2] = on if post[2] is None or post[2] > on else post[2]

    def elected(self, grade, since):
        if any(post[:2] == [grade, since] for post in self.posts):
            return
        if not self.is_member(since):
            raise Told
        self.posts.append([grade, since, None])

    def resigned(self, grade, until):
        standing = sorted(post for post in self.posts if post[0] == grade and post[2] is None)
        if not standing:
            return
        if until <= standing[0][1]:
            raise Told
        standing[0][2] = until

    def renamed(self, name, today):
        self.names.append((today, name))

    def swallowed(self, other):
        """Both were one all along: periods that share a day become one, those that meet stay two; same posts are
        one post. Its name was always its own."""
        periods = []
        for first, last in sorted(self.periods + other.periods, key=lambda p: (p[0], p[1] or date.max)):
            if periods and (periods[-1][1] is None or first < periods[-1][1]):
                before = periods[-1][1]
                periods[-1][1] = None if None in (before, last) else max(before, last)
            else:
                periods.append([first, last])
        self.periods = periods
        self.posts += [post for post in other.posts if post not in self.posts]
        other.gone = True


def holds(span, day):
    return span[0] <= day and (span[1] is None or day < span[1])


# --- the product's own way ----------------------------------------------------------------------------------


class House:
    """Carries the same events out by the verbs."""

    def __init__(self, by, second):
        self.by, self.second = by, second
        self.units = [make_organization(f"演示{n}-0", joined=None, people=False) for n in range(UNITS)]

    def unit(self, n):
        return Organization.objects.get(pk=self.units[n].pk)

    def joined(self, n, on):
        memberships.join(self.unit(n), by=self.by, on=on, basis="测试")

    def left(self, n, on):
        memberships.leave(self.unit(n), by=self.by, on=on, reason="withdrawal", basis="测试")

    def elected(self, n, grade, since):
        memberships.add_post(self.unit(n), by=self.by, grade=grade, since=since, basis="测试")

    def resigned(self, n, grade, until):
        post = self.unit(n).posts.filter(grade=grade, until__isnull=True).order_by("since").first()
        if post:
            memberships.end_post(post, by=self.by, until=until, basis="测试")

    def renamed(self, n, name):
        unit = self.unit(n)
        organizations.update_organization(unit, by=self.by, version=unit.version, changes={"name": name})

    def certified(self, n):
        certificates.issue(self.unit(n), by=self.by, reason="测试")

    def swallowed(self, n, other):
        kept, gone = self.unit(n), self.unit(other)
        versions = (kept.version, gone.version)
        merge = merges.propose(kept, gone, by=self.by, basis="测试", picks={}, versions=versions)
        merges.confirm(merge, by=self.second)


# --- events -------------------------------------------------------------------------------------------------

days = st.integers(0, DAYS).map(lambda n: FIRST + timedelta(n))
which = st.integers(0, UNITS - 1)
events = st.one_of(
    st.tuples(st.just("joined"), which, days),
    st.tuples(st.just("joined"), which, days),
    st.tuples(st.just("left"), which, days),
    st.tuples(st.just("elected"), which, st.sampled_from(GRADES), days),
    st.tuples(st.just("elected"), which, st.sampled_from(GRADES), days),
    st.tuples(st.just("resigned"), which, st.sampled_from(GRADES), days),
    st.tuples(st.just("renamed"), which),
    st.tuples(st.just("certified"), which),
    st.tuples(st.just("swallowed"), which, which),
)
# How many days pass before each event; several may fall on one day.
stories = st.lists(st.tuples(st.integers(0, 12), events), min_size=4, max_size=12)


def happen(house, oracle, event, today, numbers):
    """Carry one event out on both sides; gives whether both took or refused it alike."""
    what, n, *more = event
    unit = oracle[n]
    if unit.gone or (what == "swallowed" and (n == more[0] or oracle[more[0]].gone)):
        return True
    if what == "renamed":
        more = [f"演示{n}-{next(numbers)}"]
    told = attempt(lambda: getattr(house, what)(n, *more), Refused)
    if what == "certified":
        return told != unit.is_member(today)
    slow = {
        "swallowed": lambda: unit.swallowed(oracle[more[0]]),
        "renamed": lambda: unit.renamed(*more, today),
    }
    return told == attempt(slow.get(what) or (lambda: getattr(unit, what)(*more)), Told)


def attempt(act, refusal) -> bool:
    """Whether it was refused; what was begun is then undone."""
    try:
        with transaction.atomic():
            act()
    except refusal:
        return True
    return False


def roster(house, day):
    """Unit → (name, whether a member, grade) as the product's queries say."""
    pks = [unit.pk for unit in house.units]
    names = queries.PARTS["name"](pks, day, ["name"])
    standing = queries.PARTS["membership"](pks, day, ["standing"])
    grades = queries.PARTS["grade"](pks, day, ["grade"])
    members = set(Organization.objects.members_on(day).values_list("pk", flat=True))
    return {
        n: (names[pk][0], pk in members, standing[pk][0] == "active", grades.get(pk, (None,))[0])
        for n, pk in enumerate(pks)
        if pk in names
    }


def replayed(oracle, day):
    return {
        n: (unit.name(day), unit.is_member(day), unit.is_member(day), unit.grade(day))
        for n, unit in enumerate(oracle)
        if not unit.gone
    }


@settings(
    max_examples=6,
    deadline=None,
    # A failing story is short enough to read; making it shorter would take minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories)
def test_the_roster_of_any_day_is_that_of_the_replay(secretary, secretary_general, story):
    with transaction.atomic():
        house = House(secretary, secretary_general)
        oracle = [Unit([(date.min, f"演示{n}-0")]) for n in range(UNITS)]
        today, numbers = FIRST, itertools.count(1)
        for passed, event in story:
            today += timedelta(passed)
            with time_machine.travel(f"{today}T12:00:00+08:00", tick=False):
                assert happen(house, oracle, event, today, numbers), event
        with time_machine.travel(f"{today}T18:00:00+08:00", tick=False):
            for day in interesting(story, today):
                assert roster(house, day) == replayed(oracle, day), day
            certificates.keep_true()
            assert list(Certificate.objects.untrue(today)) == []
        transaction.set_rollback(True)


def interesting(story, today):
    """Every day on which something may change, and the days around it."""
    dated = {more[-1] for _, (_, _, *more) in story if more and isinstance(more[-1], date)}
    passed = itertools.accumulate((n for n, _ in story), initial=0)
    dated |= {FIRST + timedelta(n) for n in passed}
    return sorted({day + timedelta(n) for day in dated for n in (-1, 0, 1)})
