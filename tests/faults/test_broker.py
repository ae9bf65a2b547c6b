"""The broker refuses, keeps silent, forgets everything, or is killed: the rows in Postgres are the truth."""

import signal
import statistics
import time
import uuid

import pytest

from association.jobs import later
from tests.factories import make_user
from tests.faults.processes import eventually
from tests.faults.stage import queue
from tests.faults.visitors import Visitor

pytestmark = pytest.mark.xdist_group("faults-2")


def some_done(stage, count) -> bool:
    return eventually(lambda: len(stage.effects("work-%")) >= count)


def test_flushed_with_five_hundred_queued(stage, chance):
    queued, names = queue(500, seconds=0.0)
    stage.announce(*queued)
    assert stage.waiting_messages() == 500
    worker = stage.worker()
    assert some_done(stage, chance.randrange(1, 100)), stage.logs()
    stage.flush_broker()
    stage.beat()
    stage.done(names, kept=worker)


def test_flushed_without_a_sweep_loses_the_rest(stage, chance):
    """That the fault is real: without the sweep, what the broker forgot is never done."""
    queued, _ = queue(500, seconds=0.02)
    stage.announce(*queued)
    stage.worker()
    assert some_done(stage, 1), stage.logs()
    stage.flush_broker()
    assert not eventually(lambda: len(stage.effects("work-%")) == 500, 3)


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "ended"])
def test_broker_away_and_back_empty(stage, chance, killed):
    queued, names = queue(100, seconds=0.05)
    worker = stage.background()
    stage.announce(*queued)
    assert some_done(stage, chance.randrange(1, 20)), stage.logs()
    stage.broker.kill() if killed else stage.broker.stop()
    time.sleep(chance.uniform(0.5, 4))
    stage.start_broker()
    stage.done(names, kept=worker)


def test_silent_broker(stage, chance):
    """It accepts connections and never answers, as a machine does that is out of memory."""
    queued, names = queue(60, seconds=0.05)
    worker = stage.background()
    stage.announce(*queued)
    assert some_done(stage, chance.randrange(1, 20)), stage.logs()
    stage.broker.send(signal.SIGSTOP)
    time.sleep(chance.uniform(5.5, 7))
    stage.broker.send(signal.SIGCONT)
    stage.done(names, kept=worker)


def create_and_look(visitor, number) -> float:
    """Seconds of creating a unit and looking at the list."""
    start = time.monotonic()
    unit = {"_key": str(uuid.uuid4()), "name": f"演示新单位{number}", "category": "park_operator"}
    answer = visitor.post("/members/new/", unit)
    assert answer.status == 303, answer
    assert visitor.get("/members/").status == 200
    return time.monotonic() - start


@pytest.mark.parametrize("fault", ["refused", "silent"])
def test_pages_while_the_broker_is_away(stage, chance, fault):
    """A page never waits for the broker, nor again and again for the cache; what it queued is done afterwards."""
    user = make_user("陈思远", "secretary@test.cn", roles=["secretariat"])
    visitor = Visitor(stage.web(), user)
    worker = stage.background()
    assert eventually(lambda: visitor.get("/readyz").status == 200), stage.logs()
    usual = statistics.median(create_and_look(visitor, number) for number in range(4))
    stage.broker.kill() if fault == "refused" else stage.broker.send(signal.SIGSTOP)
    away = statistics.median(create_and_look(visitor, number) for number in range(4, 12))
    # Asked anew each time, the cache alone would cost ten seconds and more.
    assert away < 3 * usual + 4
    later("faults.work", what="work-1")
    stage.start_broker() if fault == "refused" else stage.broker.send(signal.SIGCONT)
    stage.done(["work-1"], kept=worker)
    assert eventually(lambda: visitor.get("/readyz").status == 200), stage.logs()
