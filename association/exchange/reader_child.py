"""The process that reads one untrusted table under limits and prints it; it never loads Django.

Started by reading.py as a plain file in an isolated interpreter. It sets its own limits before it touches
the file, so that a workbook that gets past the checks can take no more than one worker's patience.
"""

import datetime
import json
import re
import resource
import signal
import sys
import traceback
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path

if not __package__:  # run as a file: importing `association` would load Django
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    __package__ = "exchange"

from . import csvtext, guards, values
from .archive import Archive
from .cells import cell_text
from .limits import AS_OF_LABEL, WorkbookRefused
from .shaping import listed, shape, whole
from .sheet import to_lines

DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
TOO_MUCH_MEMORY = "读取这个文件需要的内存太多，已停止。请删去无关的内容和格式，或分成几份后上传。"
UNREADABLE = "文件的内容无法读取，可能已损坏。请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传。"


def main(argument):
    """Read the file that the JSON argument names and print the sheet, a refusal or the place of a crash."""
    order = json.loads(argument)
    limit(order["timeout"], order["memory_mb"])
    try:
        wanted = {key: order[key] for key in ("filename", "expected", "as_it_stands")}
        lines = list(to_lines(load(order["path"], **wanted)))
    except BaseException as error:  # a panic of the Rust parser is no Exception
        lines = [json.dumps(_answer(error))]
    sys.stdout.write("\n".join(lines))


def limit(seconds, memory_mb):
    """Cap memory, processor time, wall time and core files of this process."""
    memory = memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.alarm(seconds + 1)  # should the parent die, this one does not outlive it for long


def load(path, *, filename="", expected=(), as_it_stands=False):
    """Inspect, parse and shape one file. Returns a Sheet; raises WorkbookRefused."""
    reader = _load_text if guards.glance(path) == "csv" else _load_workbook
    sheet = reader(path, whole if as_it_stands else partial(shape, expected=expected))
    if filename.lower().endswith((".xlsx", ".csv")) and not filename.lower().endswith(sheet.kind):
        real = "Excel 工作簿" if sheet.kind == "xlsx" else "CSV 文字表格"
        sheet.notes.append(f"文件名与内容不符：内容是 {real}，已按内容读取。")
    return sheet


def _load_text(path, shaped):
    text, encoding = csvtext.decode(Path(path).read_bytes())
    grid = [(number, [cell or None for cell in cells]) for number, cells in csvtext.rows(text)]
    return shaped(grid, kind="csv", encoding=encoding)


def _load_workbook(path, shaped):
    with Archive(path) as archive:
        inspection = guards.inspect_archive(archive)
        grid, note = values.grids(archive, inspection)
    as_of, notes = find_as_of(note)
    sheet = shaped(grid, kind="xlsx", name=inspection.data.name, as_of=as_of)
    sheet.notes[:0] = _notes(inspection, sheet) + notes
    return sheet


def find_as_of(grid):
    """(date or None, notes) from the row 截至日期 | 2022-12-31 of the sheet with the explanations."""
    for _, cells in grid:
        for label, value in pairwise(cells):
            if isinstance(label, str) and label.strip().rstrip("：: ") == AS_OF_LABEL and value is not None:
                found = _date(value)
                return found, [] if found else [f"截至日期“{cell_text(value)[:20]}”不是日期，没有采用。"]
    return None, []


def _date(cell):
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, Decimal) and 1 <= cell < 2_958_466:  # a date whose format was lost
        return datetime.date(1899, 12, 30) + datetime.timedelta(days=int(cell))
    try:
        return datetime.date(*map(int, DATE.fullmatch(cell_text(cell).strip()).groups()))
    except (AttributeError, ValueError):
        return None


def _notes(inspection, sheet):
    """What the workbook holds that a grid of values does not show."""
    extent, read = inspection.extent, (inspection.data, inspection.note)
    others = [part for part in inspection.package.sheets if part.visible and part not in read]
    below = sorted(row for row in extent.hidden_rows if row > sheet.header_number)
    notes = []
    if others:
        notes.append(f"读取的是工作表「{sheet.name}」，另有 {len(others)} 张工作表没有读取。")
    if below:
        notes.append(f"{listed(below)}在表中是隐藏的，也已读取。")
    if extent.hidden_columns:
        notes.append("表中有隐藏的列，也已读取。")
    if merged := sorted({row for row in extent.merged_rows if row > sheet.header_number}):
        notes.append(f"{listed(merged)}有合并的单元格，只有左上角一格有值，其余按空白读取。")
    if extent.formulas:
        notes.append(f"表中有 {extent.formulas} 个公式，读取的是文件里保存的计算结果。")
    if inspection.package.external_links:
        notes.append("工作簿链接了别的文件，没有打开那些文件，读取的是保存的数值。")
    return notes


def _answer(error):
    if isinstance(error, WorkbookRefused):
        return {"refused": error.sentence}
    if isinstance(error, MemoryError):
        return {"refused": TOO_MUCH_MEMORY}
    if type(error).__name__ == "PanicException":
        return {"refused": UNREADABLE}
    frame = traceback.extract_tb(error.__traceback__)[-1]  # the place only: a message may quote the table
    return {"crashed": f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"}


if __name__ == "__main__":
    main(sys.argv[1])
