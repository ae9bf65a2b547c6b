"""A command in the foreground: it has the terminal, its standard output is ours, its exit code too."""

import contextlib
import os
import signal
import subprocess
import sys
import time

from starter import guardian
from starter.children import APPLICATION, Family, die_with_parent
from starter.virtualenv import ROOT

GRACE = 10.0  # seconds to end politely once we are asked to stop


def run_in_foreground(family: Family, command: list[str], env: dict[str, str]) -> int:
    """Run the command to its end; asked to stop, pass the request on and give it a little time."""
    # With a terminal the command stays in our group: it may read the keyboard and Ctrl-C reaches it directly.
    # Without one it leads its own, so that all its children can be ended.
    own_group = not sys.stdin.isatty()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        process_group=0 if own_group else None,
        preexec_fn=die_with_parent(os.getpid(), signal.SIGTERM),
    )
    family.watch(process.pid, signal.SIGTERM, stage=APPLICATION, group=own_group)
    deadline = None
    while process.poll() is None:
        if family.asked_to_stop and deadline is None:
            deadline = time.monotonic() + GRACE
            if own_group:
                guardian.send(process.pid, signal.SIGINT)
        if deadline and time.monotonic() > deadline:
            process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    if own_group:
        guardian.kill_group(process.pid)
    family.forget(process.pid)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode
