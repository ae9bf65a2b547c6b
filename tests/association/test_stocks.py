"""What waits, counted in one query for all: piles, days, keys, and how long it is kept."""

from datetime import date, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db.models import Value
from django.utils.timezone import get_current_timezone, localdate

from association import stamps
from association.models import Job
from association.stocks import NONE, Stock, Stocks, large, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def stocks():
    cache.clear()
    found = Stocks("test", exact=True)
    found.add("jobs", Job.objects.all, by=("name", "state"))
    found.add("all", lambda: Job.objects.select_related().order_by("-pk"), due=Value(date(2022, 1, 2)))
    found.add("none", Job.objects.none)
    return found


def make(name, state="queued"):
    return Job.objects.create(name=name, state=state)


def test_nothing_waits(stocks):
    assert (stocks.piles("jobs"), stocks.of("all"), bool(NONE)) == ({}, NONE, False)


def test_every_source_in_one_query(stocks, django_assert_num_queries):
    jobs = [make("a"), make("a"), make("a", "done"), make("b")]
    with django_assert_num_queries(1):
        assert stocks.of("all") == Stock(4, date(2022, 1, 2), jobs[0].pk)
        assert stocks.piles("jobs") == {
            ("a", "queued"): Stock(2, None, jobs[0].pk),
            ("a", "done"): Stock(1, None, jobs[2].pk),
            ("b", "queued"): Stock(1, None, jobs[3].pk),
        }
        assert (stocks.of("jobs", "b", "queued").number, stocks.of("jobs", "c", "queued")) == (1, NONE)
        assert (stocks.total("jobs"), stocks.of("none")) == (4, NONE)


def test_kept_until_the_next_mark(stocks):
    make("a")
    assert stocks.total("jobs") == 1
    make("a")
    assert stocks.total("jobs") == 1
    stamps.bump()
    assert stocks.total("jobs") == 2


def test_a_single_source_needs_no_union():
    cache.clear()
    stocks = Stocks("single", exact=True)
    stocks.add("all", Job.objects.all, first="attempts")
    assert stocks.of("all") == NONE
    make("a")
    stamps.bump()
    assert stocks.of("all") == Stock(1, None, 0)


def test_what_nobody_registered_is_an_error(stocks):
    with pytest.raises(KeyError):
        stocks.of("jobz")


@pytest.mark.parametrize("stocks", [waiting, large], ids=lambda s: s.name)
def test_what_the_house_counts_depends_on_nothing_but_the_day(stocks):
    built = set()
    for hour in (0, 9, 23):
        with time_machine.travel(datetime(2024, 3, 1, hour, 59, tzinfo=get_current_timezone()), tick=False):
            built.add(str(stocks.build()))
    assert len(built) == 1


def test_the_next_day_asks_anew():
    stocks = Stocks("days", exact=True)
    stocks.add("old", lambda: Job.objects.filter(finished_at__date__lt=localdate()))
    make("a")
    Job.objects.update(finished_at=datetime(2024, 3, 1, 12, tzinfo=get_current_timezone()))
    found = []
    for day in (1, 2):
        with time_machine.travel(datetime(2024, 3, day, 13, tzinfo=get_current_timezone()), tick=False):
            found.append(stocks.total("old"))
    assert found == [0, 1]
