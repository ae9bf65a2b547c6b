"""A worker or one of its children is killed in the middle of work; work that kills; work that nobody announced."""

import time

import pytest

from association.choices import JobState
from association.jobs import MAX_ATTEMPTS, later
from association.models import Job
from tests.faults.processes import eventually
from tests.faults.stage import all_done, queue

pytestmark = pytest.mark.xdist_group("faults-1")


def at_work(stage, more_than=0) -> bool:
    return eventually(lambda: len(stage.effects("begin %")) > more_than)


def test_child_killed_at_work(stage, chance):
    queued, names = queue(20, seconds=0.2)
    worker = stage.background()
    stage.announce(*queued)
    for _ in range(2):
        assert at_work(stage, len(stage.effects("begin %"))), stage.logs()
        time.sleep(chance.uniform(0, 0.3))
        worker.kill_children()
    stage.done(names)
    assert worker.runs()


@pytest.mark.parametrize("whole", [True, False], ids=["group", "first-process"])
def test_worker_killed_at_work(stage, chance, whole):
    queued, names = queue(20, seconds=0.2)
    worker = stage.background()
    stage.announce(*queued)
    assert at_work(stage), stage.logs()
    time.sleep(chance.uniform(0, 0.3))
    worker.kill() if whole else worker.kill_first()
    stage.worker()
    stage.done(names)


def test_work_that_kills_its_worker_ends_and_the_queue_flows_on(stages, chance):
    stage = stages(JOB_LOST_AFTER="2")
    queued, names = queue(10, seconds=0.05)
    queued.insert(chance.randrange(10), later("faults.poison", what="poison"))
    worker = stage.background()
    stage.announce(*queued)
    assert eventually(all_done), stage.logs()
    poison = Job.objects.get(name="faults.poison")
    lost = (JobState.FAILED, MAX_ATTEMPTS, "工作进程三次中途消失")
    assert (poison.state, poison.attempts, poison.error) == lost
    assert stage.effects("begin poison") == ["begin poison"] * MAX_ATTEMPTS
    assert set(stage.effects("work-%")) == set(names)
    assert worker.runs()
