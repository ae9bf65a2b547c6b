"""Words for the person at the terminal: everything goes to standard error, standard output is for results."""

import contextlib
import os
import sys
import time
from pathlib import Path

STARTED = time.monotonic()


def say(sentence: str) -> None:
    """One line of progress with the seconds since the start."""
    _write(f"[{time.monotonic() - STARTED:5.1f} 秒] {sentence}\n")


def tell(text: str) -> None:
    """Text for standard error as it is."""
    _write(text + "\n")


def result(line: str) -> None:
    """The one line that other programs read."""
    with contextlib.suppress(BrokenPipeError):
        print(line, flush=True)


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, to show beside a failure."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _write(text: str) -> None:
    # A closed terminal is no reason to leave the ordered stop.
    with contextlib.suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


class Progress:
    """A moving line on a terminal; elsewhere a line now and then, so that a log shows life too."""

    def __init__(self):
        self.moving = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.shown, self.shown_at = "", 0.0

    def show(self, text: str) -> None:
        if text == self.shown or (not self.moving and time.monotonic() < self.shown_at + 3):
            return
        self.shown, self.shown_at = text, time.monotonic()
        if self.moving:
            _write(f"\r\x1b[K[{time.monotonic() - STARTED:5.1f} 秒] {text}")
        else:
            say(text)

    def done(self) -> None:
        if self.moving and self.shown:
            _write("\r\x1b[K")
