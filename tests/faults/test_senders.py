"""The process that sends letters is killed, its broker or database goes away, there are too many of it."""

import signal
import threading
import time

import pytest

from association.choices import DeliveryState
from association.models import Delivery
from tests.faults.letters import all_ended, arrived, tell
from tests.faults.processes import eventually

pytestmark = pytest.mark.xdist_group("faults-1")


def sending(stage, count: int) -> bool:
    return eventually(lambda: len(stage.sink.messages) >= count)


@pytest.mark.parametrize("victim", ["child", "group", "first-process"])
def test_killed_in_the_middle(stage, chance, victim):
    tell(30)
    stage.sink.behave(delay=0.05)
    worker = stage.background()
    assert sending(stage, chance.randrange(1, 20)), stage.logs()
    time.sleep(chance.uniform(0, 0.1))
    {"child": worker.kill_children, "group": worker.kill, "first-process": worker.kill_first}[victim]()
    stage.sink.behave()
    if victim != "child":
        stage.worker()
    arrived(stage, repeats=1)


def test_killed_after_the_server_took_the_letter(stage, chance):
    """The letter is out and its row does not say so: one repeat, and it is the same letter."""
    which = chance.randrange(1, 15)
    worker = None

    def kill(sink):
        if len(sink.messages) == which:
            worker.kill_children()

    stage.sink.behave(taken=kill)
    tell(20)
    worker = stage.worker()
    stage.beat()
    assert len(arrived(stage, repeats=1)) == 1
    assert stage.sink.parsed()[which - 1]["Message-ID"] in [
        key for key, times in stage.sink.ids().items() if times == 2
    ]
    assert Delivery.objects.filter(losses=1).count() == 1


def test_a_letter_that_kills_whoever_sends_it(stage, chance):
    """It is given up after the second time; the others arrive."""
    tell(10)
    poison = chance.choice(Delivery.objects.all())
    worker = None

    def kill(sink):
        if poison.message_id.encode() in sink.messages[-1]:
            worker.kill_children()

    stage.sink.behave(taken=kill)
    worker = stage.worker()
    stage.beat()
    assert eventually(all_ended), stage.logs()
    poison.refresh_from_db()
    assert (poison.state, poison.losses) == (DeliveryState.FAILED, 2)
    assert Delivery.objects.filter(state=DeliveryState.SENT).count() == 9
    assert sorted(stage.sink.ids().values()) == [1] * 9 + [2]
    stage.sound()


@pytest.mark.parametrize("fault", ["flushed", "killed", "silent"])
def test_broker_fails_in_the_middle(stage, chance, fault):
    tell(40)
    stage.sink.behave(delay=0.05)
    stage.background()
    assert sending(stage, chance.randrange(1, 15)), stage.logs()
    if fault == "flushed":
        stage.flush_broker()
    elif fault == "killed":
        stage.broker.kill()
        time.sleep(chance.uniform(0, 2))
        stage.start_broker()
    else:
        stage.broker.send(signal.SIGSTOP)
        threading.Timer(chance.uniform(1, 7), stage.broker.send, [signal.SIGCONT]).start()
    arrived(stage)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_database_restarted_in_the_middle(stage, chance, stop):
    tell(40)
    stage.sink.behave(delay=0.05)
    stage.background()
    assert sending(stage, chance.randrange(1, 20)), stage.logs()
    stage.server.restart(stop, pause=chance.choice([0, 2]))
    arrived(stage, repeats=1)


def test_two_beats_and_two_workers(stages, chance):
    """Everything is announced twice and sent by four processes side by side."""
    stage = stages(OUTBOX_SENDERS="4")
    tell(80)
    stage.sink.behave(delay=chance.uniform(0.01, 0.04))
    stage.background()
    stage.worker()
    stage.beat("second-beat")
    arrived(stage)
