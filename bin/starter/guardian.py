"""The guardian ends what a start has begun, in order, however the start itself ends.

It runs as a process of its own and reads lines of JSON on standard input: which processes to watch, which to
forget, which temporary paths to remove. When the input closes - the start has finished, or was killed and
could do nothing any more - it stops them stage by stage. So there is one way to stop, used every time.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

GRACE = {1: 8.0, 2: 20.0}  # seconds for web and worker, then for the services below them


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody has collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()


def send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def kill_group(pid: int) -> None:
    """End whatever is left in the group that the process `pid` has led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def stop_in_order(watched: list[dict]) -> None:
    """Stage 1 before stage 2; inside a stage all at once, politely first, by force after the grace time."""
    for stage in sorted({one["stage"] for one in watched}):
        here = [one for one in watched if one["stage"] == stage]
        for one in here:
            send(one["pid"], one["stop"])
        deadline = time.monotonic() + GRACE[stage]
        while any(alive(one["pid"]) for one in here) and time.monotonic() < deadline:
            time.sleep(0.05)
        for one in here:
            kill_group(one["pid"]) if one["group"] else send(one["pid"], signal.SIGKILL)


def remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            os.unlink(path)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched, rubbish = {}, []
    for line in sys.stdin:
        message = json.loads(line)
        if "watch" in message:
            watched[message["watch"]["pid"]] = message["watch"]
        elif "forget" in message:
            watched.pop(message["forget"], None)
        else:
            rubbish.append(message["remove"])
    stop_in_order(list(watched.values()))
    for path in rubbish:
        remove(path)


if __name__ == "__main__":
    main()
