"""Reads an uploaded table in a child process under limits; the child's death is an answer, too."""

import json
import logging
import os
import sys
from pathlib import Path

from association import child

from .limits import WorkbookRefused
from .sheet import from_lines

CHILD = Path(__file__).with_name("reader_child.py")
TOO_SLOW = "读取这个文件用了太长时间，已停止。请删去无关的内容和格式，或分成几份后上传。"
TOO_MUCH = "读取这个文件需要的内存太多，已停止。请删去无关的内容和格式，或分成几份后上传。"
UNREADABLE = "文件的内容无法读取，可能已损坏。请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传。"
EPITAPHS = child.Epitaphs("the table reader", TOO_SLOW, TOO_MUCH, UNREADABLE)

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
    command = [sys.executable, "-I", "-X", "utf8", str(CHILD), json.dumps(order)]
    try:
        output = child.run(command, timeout, EPITAPHS)
    except child.Died as death:
        raise WorkbookRefused(death.sentence) from death
    lines = output.decode().split("\n")
    if lines[0].startswith(('{"refused"', '{"crashed"')):
        _refuse(json.loads(lines[0]))
    return from_lines(lines)


def _refuse(answer):
    if "crashed" in answer:
        log.error("the table reader failed: %s", answer["crashed"])
    raise WorkbookRefused(answer.get("refused", UNREADABLE))
