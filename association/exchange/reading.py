"""Reads an uploaded table in a child process under limits; the child's death is an answer, too."""

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

from .limits import WorkbookRefused
from .sheet import from_lines

CHILD = Path(__file__).with_name("reader_child.py")
TIME_SIGNALS = {signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL}
TOO_SLOW = "读取这个文件用了太长时间，已停止。请删去无关的内容和格式，或分成几份后上传。"
TOO_MUCH = "读取这个文件需要的内存太多，已停止。请删去无关的内容和格式，或分成几份后上传。"
UNREADABLE = "文件的内容无法读取，可能已损坏。请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传。"

log = logging.getLogger(__name__)


def read(path, *, filename, timeout=60, memory_mb=512, expected=(), as_it_stands=False):
    """Read one workbook or CSV file. Returns a sheet.Sheet.

    `filename` is the name that the person gave it; `timeout` is in seconds (wall and processor);
    `expected` are headers that help to find the header row below a title. With `as_it_stands` no header is looked
    for: all rows come, under the letters of their columns.
    Raises WorkbookRefused with one Chinese sentence, whatever the file does; OSError if it is not there.
    """
    os.stat(path)
    order = {
        "path": os.path.abspath(path),
        "filename": filename,
        "timeout": timeout,
        "memory_mb": memory_mb,
        "expected": list(expected),
        "as_it_stands": as_it_stands,
    }
    code, output = _run([sys.executable, "-I", "-X", "utf8", str(CHILD), json.dumps(order)], timeout)
    if code:
        raise WorkbookRefused(_epitaph(code))
    lines = output.decode().split("\n")
    if lines[0].startswith(('{"refused"', '{"crashed"')):
        _refuse(json.loads(lines[0]))
    return from_lines(lines)


def _run(command, timeout):
    # No environment: the parser of untrusted files has no use for the database's address or the key.
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
        raise WorkbookRefused(TOO_SLOW) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, output


def _epitaph(code):
    log.warning("the table reader ended with code %s", code)
    if -code in TIME_SIGNALS:
        return TOO_SLOW
    return TOO_MUCH if code == -signal.SIGABRT else UNREADABLE


def _refuse(answer):
    if "crashed" in answer:
        log.error("the table reader failed: %s", answer["crashed"])
    raise WorkbookRefused(answer.get("refused", UNREADABLE))
