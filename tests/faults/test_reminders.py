"""Reminders go out while workers die, schedulers come twice or late, the broker, the database or the mail server fails:
every unit is reminded once, by one letter."""

import signal
import threading
import time
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from kombu import Connection as Broker

from association.choices import DeliveryState
from association.models import Delivery, Job, Notice
from members.models import BillReminder
from tests.factories import make_organization, make_user
from tests.factories.owed import owed
from tests.faults.letters import all_ended
from tests.faults.processes import eventually
from tests.faults.stage import all_done

pytestmark = pytest.mark.xdist_group("faults-1")
UNITS = 15
SLOW = {"FAULT_SLOW_REMINDERS": "0.2"}


def due_today() -> None:
    """So many units whose bill falls due in a week, each with one person who is told."""
    for number in range(UNITS):
        unit = make_organization(f"演示提醒公司{number:02d}", people=False)
        make_user(f"管理{number:02d}", f"manager{number:02d}@test.cn", organization=unit, duty="manager")
        owed(unit, due_on=localdate() + timedelta(days=7))


def schedule(stage, times: int = 1) -> None:
    """What a beat says at ten past eight, so many times."""
    with Broker(stage.valkey.url()) as broker, broker.Producer() as producer:
        for _ in range(times):
            producer.publish(
                ([], {"name": "members.send_reminders"}, {}),
                headers={"task": "association.enqueue", "id": f"beat-{time.monotonic_ns()}", "lang": "py"},
                routing_key="celery", exchange="", serializer="json",
            )  # fmt: skip


def begun(stage) -> None:
    assert eventually(lambda: BillReminder.objects.count() >= 3), stage.logs()


def reminded_once(stage, repeats: int = 0, kept=None) -> None:
    """Every bill has one reminder, one notice and one letter; of the letters `repeats` may have come a second time. The
    worker `kept` is started anew if it ends, as in `Stage.done`."""

    def over():
        return stage._keep(kept) and BillReminder.objects.count() == UNITS and all_done() and all_ended()

    assert eventually(over), stage.logs()
    assert len(set(BillReminder.objects.values_list("bill", "due_on", "offset"))) == UNITS
    letters = list(Delivery.objects.values_list("address", "state"))
    assert sorted(letters) == [(f"manager{n:02d}@test.cn", DeliveryState.SENT) for n in range(UNITS)], (
        stage.logs()
    )
    assert (BillReminder.objects.count(), Notice.objects.count()) == (UNITS, UNITS)
    taken = stage.sink.ids()
    assert set(taken) == set(Delivery.objects.values_list("message_id", flat=True))
    assert max(taken.values()) <= 2
    assert sum(times - 1 for times in taken.values()) <= repeats
    stage.sound()


@pytest.mark.parametrize("whole", [True, False], ids=["worker", "child"])
def test_killed_while_reminders_are_written(stages, chance, whole):
    stage = stages(**SLOW)
    due_today()
    worker = stage.background()
    schedule(stage)
    begun(stage)
    time.sleep(chance.uniform(0, 0.5))
    if whole:
        worker.kill()
        stage.worker()
    else:
        worker.kill_children()
    reminded_once(stage, repeats=2)


def test_two_schedulers_and_a_late_one(stages, chance):
    """Two say it at once, two workers hear of it, and a third comes when all is over."""
    stage = stages(**SLOW)
    due_today()
    stage.background()
    stage.worker()
    schedule(stage, 2)
    begun(stage)
    schedule(stage)
    time.sleep(chance.uniform(0, 0.3))
    reminded_once(stage)
    Job.objects.filter(
        name="members.send_reminders"
    ).delete()  # as if it had never been noted that it was done
    schedule(stage, 2)
    assert eventually(lambda: Job.objects.filter(name="members.send_reminders", state="done").exists()), (
        stage.logs()
    )
    reminded_once(stage)


@pytest.mark.parametrize("fault", ["flushed", "killed", "silent"])
def test_broker_fails_while_reminders_are_written(stages, chance, fault):
    stage = stages(**SLOW)
    due_today()
    worker = stage.background()
    schedule(stage)
    begun(stage)
    if fault == "flushed":
        stage.flush_broker()
    elif fault == "killed":
        stage.broker.kill()
        time.sleep(chance.uniform(0, 2))
        stage.start_broker()
    else:
        stage.broker.send(signal.SIGSTOP)
        threading.Timer(chance.uniform(1, 5), stage.broker.send, [signal.SIGCONT]).start()
    reminded_once(stage, kept=worker)


def test_postgres_restarted_while_reminders_are_written(stages, chance):
    stage = stages(**SLOW)
    due_today()
    stage.background()
    schedule(stage)
    begun(stage)
    stage.server.restart(chance.choice([signal.SIGINT, signal.SIGQUIT]), pause=chance.choice([0, 2]))
    reminded_once(stage, repeats=2)


@pytest.mark.parametrize(
    "manner", [{"answer": b"451 try later"}, {"greeting": b"554 go away"}, {"delay": 0.3}],
    ids=["451", "554-greeting", "slow"],
)  # fmt: skip
def test_mail_server_in_trouble(stages, chance, manner):
    stage = stages()
    due_today()
    stage.sink.behave(**manner)
    stage.background()
    schedule(stage)
    assert eventually(lambda: stage.sink.connections + stage.sink.attempts > 2), stage.logs()
    time.sleep(chance.uniform(0, 1))
    stage.sink.behave()
    reminded_once(stage)


def test_killed_after_the_server_took_the_letter(stages, chance):
    """The letter is out and its row does not say so: one repeat, and it is the same letter."""
    stage = stages()
    due_today()
    which, worker = chance.randrange(1, UNITS - 3), None

    def kill(sink):
        if len(sink.messages) == which:
            worker.kill_children()

    stage.sink.behave(taken=kill)
    worker = stage.background()
    schedule(stage)
    reminded_once(stage, repeats=1)
