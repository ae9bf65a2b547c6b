"""bin/test: the tests, with a database and a queue of their own."""

import sys

from association.embedded import DATABASE, CannotStart
from starter.children import Stopped
from starter.console import say, tell
from starter.foreground import run_in_foreground
from starter.serve import run_step
from starter.throwaway import test_environment, throwaway

WHOLE_SUITE = ["-n", "2", "--dist", "loadgroup"]


def main() -> int:
    try:
        # The services come first: pytest-django reads the settings before any conftest.
        with throwaway(durable=False) as (family, folder, environment, services):
            settings = test_environment(services, folder)
            # Migrated once; each process of the tests copies it, which takes a moment instead of half a minute.
            run_step(family, folder, environment, settings, "migrate", "--verbosity=0", "--no-input")
            say("正在运行测试")
            command = [str(environment.python), "-m", "pytest", *(sys.argv[1:] or WHOLE_SUITE)]
            return run_in_foreground(family, command, settings | {"TEST_TEMPLATE": DATABASE})
    except CannotStart as refusal:
        tell(str(refusal))
        return 1
    except Stopped:
        return 130
