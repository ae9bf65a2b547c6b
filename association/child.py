"""A child process for files that come from outside, cut off from the house; its death is an answer, too."""

import logging
import os
import signal
import subprocess
from dataclasses import dataclass

TIME_SIGNALS = {signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Epitaphs:
    """What the log calls the child, and what people are told of one that took too long, took too much memory or broke."""

    name: str
    too_slow: str
    too_much: str
    broken: str

    def of(self, code: int) -> str:
        """The sentence for the code with which it ended; its limits end it by signals."""
        if -code in TIME_SIGNALS:
            return self.too_slow
        return self.too_much if code == -signal.SIGABRT else self.broken


class Died(Exception):
    """The child did not end by itself, or not well; `sentence` says so in Chinese."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


def run(command: list[str], timeout: float, epitaphs: Epitaphs) -> bytes:
    """What the child wrote. Raises Died when it ends with another code than 0 or is still there after `timeout` seconds;
    then it and all its own children are killed."""
    # No environment: the reader of untrusted files has no use for the database's address or the key.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise Died(epitaphs.too_slow) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        log.warning("%s ended with code %s", epitaphs.name, process.returncode)
        raise Died(epitaphs.of(process.returncode))
    return output
