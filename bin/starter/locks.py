"""A lock file that says who holds it. It is freed by the kernel when the last holder is gone, never stale."""

import contextlib
import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from starter.guardian import alive


@dataclass(frozen=True)
class Holder:
    command: str
    pid: int

    def is_alive(self) -> bool:
        return alive(self.pid)


class Lock:
    """An exclusive lock on a file; a process that inherits the open file holds the lock as well."""

    def __init__(self, path: Path):
        self.path = path
        self.file = open(path, "a+")  # noqa: SIM115  (open for as long as the lock may be held)

    def take(self, command: str) -> bool:
        """Take the lock in the name of `command`; False when somebody else has it."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self.file.truncate(0)
        self.file.write(json.dumps({"command": command, "pid": os.getpid()}))
        self.file.flush()
        return True

    def holder(self) -> Holder | None:
        """Who wrote its name into the lock file last."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            return Holder(**json.loads(self.path.read_text()))
        return None

    def fileno(self) -> int:
        return self.file.fileno()

    def release(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.file.close()
