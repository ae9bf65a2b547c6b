"""A year's bills are being issued when the worker dies or the database goes away: every unit gets its bill, and one."""

import signal
import time

import pytest
from django.utils.timezone import localdate

from association.models import Activity
from members.choices import RunState
from members.domain import bill_runs
from members.models import Bill
from tests.factories import make_organization, make_user
from tests.factories.dues import make_standard
from tests.faults.processes import eventually

pytestmark = pytest.mark.xdist_group("faults-2")
UNITS = 18
SLOW = {"FAULT_SLOW_BILLS": "0.3"}


def confirmed_run():
    treasurer = make_user("孙会宁", "treasurer@test.cn", roles=["treasurer"])
    make_standard(2022)
    for number in range(UNITS):
        make_organization(f"演示故障公司{number:02d}", people=False)
    run = bill_runs.prepare(by=treasurer, year=localdate().year, bill_on=localdate())
    return bill_runs.confirm(run, by=treasurer, version=run.version)


def done(run) -> bool:
    run.refresh_from_db()
    return run.state == RunState.DONE


def billed_once(run):
    units = list(Bill.objects.values_list("organization", flat=True))
    assert (len(units), len(set(units)), run.issued, run.bills.count()) == (UNITS,) * 4
    numbers = sorted(Bill.objects.values_list("number", flat=True))
    assert numbers == [f"HF-{run.year}-{n:06d}" for n in range(1, UNITS + 1)]
    assert Activity.objects.filter(kind="members.bill.issued").count() == UNITS


def at_work() -> bool:
    return eventually(lambda: Bill.objects.count() >= 3)


@pytest.mark.parametrize("whole", [True, False], ids=["worker", "child"])
def test_killed_in_the_middle_of_a_run(stages, chance, whole):
    stage = stages(**SLOW)
    run = confirmed_run()
    worker = stage.background()
    assert at_work(), stage.logs()
    time.sleep(chance.uniform(0, 0.6))
    if whole:
        worker.kill()
        stage.worker()
    else:
        worker.kill_children()
    assert eventually(lambda: done(run)), stage.logs()
    billed_once(run)
    stage.sound()


def test_postgres_restarted_under_a_run(stages, chance):
    stage = stages(**SLOW)
    run = confirmed_run()
    stage.background()
    assert at_work(), stage.logs()
    time.sleep(chance.uniform(0, 0.6))
    stage.server.restart(chance.choice([signal.SIGINT, signal.SIGQUIT]), pause=chance.choice([0, 2]))
    assert eventually(lambda: done(run)), stage.logs()
    billed_once(run)
    stage.sound()
