"""A mail server that misbehaves and comes to its senses: every letter arrives, once."""

import time

import pytest

from association.choices import DeliveryState
from association.models import Delivery, Notice
from tests.faults.letters import all_ended, arrived, states, tell
from tests.faults.processes import eventually

pytestmark = pytest.mark.xdist_group("faults-2")

PASSING = {
    "not-now": {"answer": b"451 try later"},
    "not-now-this-address": {"recipient": b"450 busy"},
    "no-greeting": {"greeting": b"554 go away"},
    "nonsense": {"greeting": b"hello?"},
    "drops-before-the-text": {"drop": "before"},
    "slow": {"delay": 0.2},
}


@pytest.mark.parametrize("manner", PASSING.values(), ids=PASSING)
def test_passing_trouble(stage, chance, manner):
    stage.sink.behave(**manner)
    tell(20)
    stage.background()
    assert eventually(lambda: stage.sink.connections + stage.sink.attempts > 2), stage.logs()
    time.sleep(chance.uniform(0, 1.5))
    stage.sink.behave()
    arrived(stage)


def test_server_away_and_back(stage, chance):
    tell(20)
    stage.sink.behave(delay=0.05)
    stage.background()
    assert eventually(lambda: len(stage.sink.messages) > chance.randrange(1, 8)), stage.logs()
    stage.sink.refuse()
    time.sleep(chance.uniform(0, 2))
    stage.sink.open()
    arrived(stage)


@pytest.mark.parametrize("manner", [{"drop": "after"}, {"delay": 4}], ids=["drops", "too-slow"])
def test_taken_and_no_answer(stage, chance, manner):
    """Nobody knows whether these were taken: repeated once, under the same Message-ID."""
    times = chance.randrange(1, 4)
    stage.sink.behave(times=times, **manner)
    tell(10)
    stage.background()
    assert 1 <= len(arrived(stage, repeats=times)) <= times


def test_never_an_answer(stage, chance):
    """A server that takes everything and never says so gets each letter twice, not all day long."""
    stage.sink.behave(drop="after")
    tell(chance.randrange(3, 8))
    stage.background()
    assert eventually(all_ended), stage.logs()
    assert states() == {DeliveryState.FAILED}
    assert set(stage.sink.ids().values()) == {2}
    assert set(Delivery.objects.values_list("losses", flat=True)) == {2}
    stage.sound()


def test_refused_for_good(stage, chance):
    stage.sink.behave(answer=b"554 unwanted")
    count = chance.randrange(5, 15)
    tell(count)
    stage.background()
    assert eventually(all_ended), stage.logs()
    assert states() == {DeliveryState.FAILED}
    assert stage.sink.attempts == count
    assert Notice.objects.count() == count
    stage.sound()
