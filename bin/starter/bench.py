"""bin/bench: one benchmark of tests/bench, on services that write to disk as the real ones do."""

import sys

from association.embedded import CannotStart
from starter.children import Stopped
from starter.console import result, say, tell
from starter.foreground import run_in_foreground
from starter.serve import run_step
from starter.services import django_environment
from starter.throwaway import throwaway
from starter.virtualenv import ROOT


def main() -> int:
    names = _names()
    if len(sys.argv) < 2:
        tell("用法：bin/bench 名称。现有：")
        for name in names:
            result(name)
        return 0
    if sys.argv[1] not in names:
        tell(f"没有名为 {sys.argv[1]} 的基准测试。现有：{'、'.join(names)}")
        return 2
    try:
        return _bench(sys.argv[1], sys.argv[2:])
    except CannotStart as refusal:
        tell(str(refusal))
        return 1
    except Stopped:
        return 130


def _names() -> list[str]:
    files = (ROOT / "tests/bench").glob("[a-z]*.py")
    return sorted(path.stem for path in files if "__main__" in path.read_text())  # the others are helpers


def _bench(name: str, arguments: list[str]) -> int:
    with throwaway(durable=True) as (family, folder, environment, services):
        settings = django_environment(services, folder, demo=True)
        say("正在建立数据库结构")
        run_step(family, folder, environment, settings, "migrate", "--verbosity=0", "--no-input")
        say(f"正在运行 {name}")
        command = [str(environment.python), "-m", f"tests.bench.{name}", *arguments]
        return run_in_foreground(family, command, settings | {"IN_WORKER": "1"})
