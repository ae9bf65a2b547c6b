"""Processes of a scenario: each in a group of its own, none outlives the test, whatever becomes of it."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBC = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
PR_SET_PDEATHSIG = 1


def eventually(condition, seconds: float = 180) -> bool:
    """Wait for a condition; the machine may be busy, so the deadlines are generous."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True


def die_with_parent():
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


class Running:
    """A process with its log, in a group of its own."""

    pid: int
    log: Path

    def runs(self) -> bool:
        """Whether it lives; one that nobody has collected yet does not."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    def wait(self, seconds: float = 30) -> bool:
        return eventually(lambda: not self.runs(), seconds)

    def send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def children(self) -> list[int]:
        """The direct children."""
        found = []
        for task in Path(f"/proc/{self.pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(number) for number in task.read_text().split()]
        return found

    def kill_children(self) -> None:
        for number in self.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

    def kill(self) -> None:
        """Kill -9 of the whole group, as the starter and systemd see to it when the first process is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()

    def kill_first(self) -> None:
        """Kill -9 of the first process alone; its children notice by themselves."""
        self.send(signal.SIGKILL)
        self.wait()

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> None:
        """Ask to end, wait, and kill what is left."""
        self.send(number)
        self.wait(seconds)
        self.kill()

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Process(Running):
    """A program started from here."""

    def __init__(self, command, log: Path, **options):
        self.log = log
        with log.open("ab") as output:
            options = {"stdin": subprocess.DEVNULL, "stdout": output, "cwd": ROOT} | options
            self.popen = subprocess.Popen(
                [str(word) for word in command],
                stderr=output,
                process_group=0,
                preexec_fn=die_with_parent,
                **options,
            )
        self.pid = self.popen.pid

    def runs(self) -> bool:
        return self.popen.poll() is None


class Born(Running):
    """A process that the nursery brought forth."""

    def __init__(self, pid: int, log: Path):
        self.pid, self.log = pid, log


class Nursery:
    """See `tests.faults.nursery`."""

    def __init__(self, log: Path, environment: dict):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = Process([sys.executable, "-m", "tests.faults.nursery"], log, env=environment, **pipes)
        assert self.process.popen.stdout.readline() == "ready\n", self.process.tail()

    def start(self, command, log: Path, environment: dict) -> Born:
        order = {"command": [str(word) for word in command], "log": str(log), "environment": environment}
        self.process.popen.stdin.write(json.dumps(order) + "\n")
        self.process.popen.stdin.flush()
        return Born(int(self.process.popen.stdout.readline()), log)

    def stop(self) -> None:
        self.process.kill()
