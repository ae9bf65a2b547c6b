"""The processes of one start: started in groups of their own, watched, restarted, ended by the guardian."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from association.embedded import LINUX, Program
from starter import guardian
from starter.console import say
from starter.locks import Lock

APPLICATION, SERVICE = 1, 2  # the order of stopping
LONGEST_PAUSE = 30.0
LIBC = ctypes.CDLL(None) if LINUX else None
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or the terminal was closed."""


def die_with_parent(parent: int, stop: int) -> Callable[[], None] | None:
    # Second line behind the guardian, for the case that both are killed at once. It runs after the change of
    # user, which would clear it.
    if LIBC is None:
        return None

    def arrange():
        LIBC.prctl(PR_SET_PDEATHSIG, int(stop))
        if os.getppid() != parent:
            os._exit(1)

    return arrange


class Child:
    """One process that is kept running."""

    def __init__(self, name: str, program: Program, stage: int, log: Path | None):
        self.name, self.program, self.stage, self.log = name, program, stage, log
        self.failures, self.started_at, self.resume_at = 0, 0.0, None
        self.process: subprocess.Popen | None = None

    def launch(self) -> None:
        self.started_at, self.resume_at = time.monotonic(), None
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self.log.open("ab")) if self.log else subprocess.DEVNULL
            self.process = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,  # or the terminal's Ctrl-C would reach it before its turn
                preexec_fn=die_with_parent(os.getpid(), self.program.stop),
                **self.program.options,
            )

    def pause(self) -> float:
        """Seconds until the next start: 0.5 after the first death, doubled with each that follows closely."""
        if time.monotonic() - self.started_at > 60:
            self.failures = 0
        self.failures += 1
        return min(0.5 * 2 ** (self.failures - 1), LONGEST_PAUSE)

    def ending(self) -> str:
        code = self.process.returncode
        return f"信号 {-code}" if code < 0 else f"退出码 {code}"


class Family:
    """All children of one start, from the first process to the ordered end. A context manager."""

    def __init__(self, lock: Lock | None = None):
        self.lock = lock  # stays taken until the guardian has cleared up
        self.children: list[Child] = []
        self.watched: dict[int, dict] = {}
        self.rubbish: list[str] = []
        self.asked_to_stop = False
        self.guardian: subprocess.Popen | None = None

    def __enter__(self):
        # Explicitly: a process started with & from a script inherits SIGINT ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        self._start_guardian()
        return self

    def __exit__(self, *_):
        if self.guardian.poll() is not None:
            self._start_guardian()
        with contextlib.suppress(OSError):
            self.guardian.stdin.close()
        while self.guardian.poll() is None:
            for child in self.children:
                child.process.poll()  # collects the dead, whom the guardian would wait for
            time.sleep(0.02)

    def _ask_to_stop(self, *_):
        self.asked_to_stop = True

    def start(self, name: str, program: Program, *, stage=APPLICATION, log: Path | None = None) -> Child:
        """Start a process that `tend` keeps running."""
        child = Child(name, program, stage, log)
        self._launch(child)
        self.children.append(child)
        return child

    def run(
        self, name: str, program: Program, *, log: Path, meanwhile: Callable[[], None] = lambda: None
    ) -> int:
        """Run one step to its end and return its exit code; `meanwhile` is called now and then."""
        child = self.start(name, program, log=log)
        try:
            while child.process.poll() is None:
                meanwhile()
                self.rest(0.05)
        finally:
            if child.process.poll() is not None:
                self._forget(child)
                self.children.remove(child)
        return child.process.returncode

    def rest(self, seconds: float) -> None:
        """Sleep in short pieces; raises Stopped as soon as somebody asked for it."""
        deadline = time.monotonic() + seconds
        while True:
            if self.asked_to_stop:
                raise Stopped
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))

    def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds; False when it does not within the time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            self.rest(0.05)
        return True

    def tend(self) -> None:
        """Restart what has died, with a growing pause; call it several times a second."""
        if self.guardian.poll() is not None:
            self._start_guardian()
        for child in self.children:
            if child.resume_at is not None and time.monotonic() >= child.resume_at:
                self._launch(child)
            elif child.resume_at is None and child.process.poll() is not None:
                self._forget(child)
                pause = child.pause()
                child.resume_at = time.monotonic() + pause
                say(f"{child.name} 意外退出（{child.ending()}），{pause:g} 秒后重新启动；日志：{child.log}")

    def watch(self, pid: int, stop: int, *, stage: int, group: bool) -> None:
        """Let the guardian end this process too."""
        self.watched[pid] = {"pid": pid, "stop": int(stop), "stage": stage, "group": group}
        self._tell({"watch": self.watched[pid]})

    def forget(self, pid: int) -> None:
        self.watched.pop(pid, None)
        self._tell({"forget": pid})

    def remove_at_end(self, path: Path) -> None:
        """Let the guardian remove a temporary file or folder when everything has stopped."""
        self.rubbish.append(str(path))
        self._tell({"remove": str(path)})

    def _launch(self, child: Child) -> None:
        child.launch()
        self.watch(child.process.pid, child.program.stop, stage=child.stage, group=True)

    def _forget(self, child: Child) -> None:
        guardian.kill_group(child.process.pid)  # pool children must not outlive their parent
        self.forget(child.process.pid)

    def _start_guardian(self) -> None:
        self.guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", guardian.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[self.lock.fileno()] if self.lock else [],
            text=True,
        )
        for one in self.watched.values():
            self._tell({"watch": one})
        for path in self.rubbish:
            self._tell({"remove": path})

    def _tell(self, message: dict) -> None:
        with contextlib.suppress(BrokenPipeError):  # a dead guardian is replaced, and told all, by tend()
            self.guardian.stdin.write(json.dumps(message) + "\n")
            self.guardian.stdin.flush()
