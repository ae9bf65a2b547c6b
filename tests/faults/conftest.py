"""Each scenario plays on a stage of its own, as often as FAULT_RUNS says, with a chance that a seed repeats."""

import os
import random

import pytest

pytest.register_assert_rewrite("tests.faults.stage", "tests.faults.letters")

from tests.faults import house  # noqa: E402, F401  (registers the background functions)
from tests.faults.stage import Server, Stage  # noqa: E402

RUNS = int(os.environ.get("FAULT_RUNS", "1"))


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, RUNS + 1))


@pytest.fixture
def chance(seed):
    """Random numbers that are the same in every run with this seed."""
    return random.Random(seed)


@pytest.fixture(autouse=True)
def _quick_and_clean():
    """The real processes have their own settings; nothing of the test process needs changing."""


@pytest.fixture(scope="session")
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def stages(server, django_db_blocker):
    """`stages(NAME="value")` gives a stage whose processes run with these settings."""
    opened = []
    with django_db_blocker.unblock():

        def open_stage(**environment):
            stage = Stage(server, **environment)
            opened.append((stage, stage.connected()))
            return opened[-1][1].__enter__()

        yield open_stage
        for stage, connected in reversed(opened):
            connected.__exit__(None, None, None)
            stage.close()


@pytest.fixture
def stage(stages):
    return stages()
