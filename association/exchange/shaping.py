"""From a grid of cells to a table: header, rows, and what the person should be told about them."""

import re
from decimal import Decimal

from .cells import CONTROLS, cell_text, column_letters, without_controls
from .limits import (
    ERROR_HEADER,
    EXAMPLE_MARK,
    HEADER_WITHIN,
    MAX_ROWS,
    MAX_TEXT_CHARACTERS,
    WorkbookRefused,
)
from .sheet import INVISIBLE, Sheet, SheetRow, header_key

EXPONENT = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
LONG = 10**15
LISTED = 5


def shape(grid, *, kind, name="", encoding="", as_of=None, expected=()):
    """Find the header and cut the rows. `grid` is a list of (number, cells).

    The header is the first of the first ten rows that holds two of the `expected` headers, else the first
    with two text cells. Raises WorkbookRefused: no header, a header twice, no rows, too many rows.
    """
    remarks = Remarks()
    grid = [(number, _cleaned(number, cells, remarks)) for number, cells in grid]
    _check_amount(grid)
    position = _header_position(grid, expected)
    header_number, header_cells = grid[position]
    columns = _columns(header_cells)
    rows = _rows(grid[position + 1 :], columns, remarks)
    return Sheet(
        kind=kind,
        name=name,
        headers=list(columns.values()),
        header_number=header_number,
        rows=rows,
        as_of=as_of,
        encoding=encoding,
        preface=[SheetRow(number, cells) for number, cells in grid[:position] if any(cells)],
        notes=remarks.sentences() + _unnamed(grid[position + 1 :], header_cells, columns),
    )


def whole(grid, *, kind, name="", encoding="", as_of=None):
    """The grid as it stands, for tables whose header has to be looked for elsewhere: the headers are the letters of
    the columns, no row is left out but blank ones, and every row has a cell for each column."""
    remarks = Remarks()
    grid = [(number, _cleaned(number, cells, remarks)) for number, cells in grid]
    _check_amount(grid)
    width = max((len(cells) for _, cells in grid), default=0)
    rows = [
        SheetRow(n, cells + [None] * (width - len(cells)))
        for n, cells in grid
        if any(c is not None for c in cells)
    ]
    if not rows:
        raise WorkbookRefused("表里没有内容。请检查后重新上传。")
    return Sheet(
        kind=kind,
        name=name,
        headers=[column_letters(place) for place in range(1, width + 1)],
        header_number=0,
        rows=rows,
        as_of=as_of,
        encoding=encoding,
        notes=remarks.sentences(),
    )


class Remarks:
    """Collects row numbers under a sentence, so that one sentence speaks for many rows."""

    def __init__(self):
        self.rows = {}

    def add(self, sentence, number):
        numbers = self.rows.setdefault(sentence, [])
        if not numbers or numbers[-1] != number:
            numbers.append(number)

    def sentences(self):
        return [sentence.format(listed(numbers)) for sentence, numbers in self.rows.items()]


def listed(numbers):
    """第3、8行; more than five become 第3、8、9、10、11行等12行."""
    shown = "、".join(str(number) for number in numbers[:LISTED])
    return f"第{shown}行" if len(numbers) <= LISTED else f"第{shown}行等{len(numbers)}行"


CONTROLS_REMOVED = "{}有看不见的控制字符，已去掉。"
INVISIBLE_FOUND = "{}有看不见的字符（零宽字符或方向标记），核对时会去掉。"
DIGITS_LOST = "{}有超过 15 位的数字，Excel 只保留前 15 位，后面的已变成 0。请把这一列设为文本后重填。"
EXPONENT_FOUND = "{}有科学计数法写成的数字（如 1.38E+10），原来的号码可能已经丢失。请核对，最好改用 .xlsx。"
EXAMPLE_SKIPPED = "{}是示例，没有读取。"
UNNAMED = "{} 列没有表头，没有读取。"


def _cleaned(number, cells, remarks):
    return [_checked(number, cell, remarks) if cell is not None else None for cell in cells]


def _checked(number, cell, remarks):
    if not isinstance(cell, str):
        if isinstance(cell, Decimal) and abs(cell) >= LONG:
            remarks.add(DIGITS_LOST, number)
        return cell
    if not cell.isprintable():
        if CONTROLS.search(cell):
            remarks.add(CONTROLS_REMOVED, number)
        cell = without_controls(cell)
        if INVISIBLE.search(cell):
            remarks.add(INVISIBLE_FOUND, number)
            return cell if INVISIBLE.sub("", cell).strip() else None
    elif "+" in cell and EXPONENT.fullmatch(cell):
        remarks.add(EXPONENT_FOUND, number)
    return None if not cell or cell.isspace() else cell


def _check_amount(grid):
    amount = sum(len(cell) for _, cells in grid for cell in cells if isinstance(cell, str))
    if amount > MAX_TEXT_CHARACTERS:
        raise WorkbookRefused("表里的文字超过两千万字，不予读取。请分成几份后上传。")


def _header_position(grid, expected):
    wanted = {header_key(header) for header in expected}
    texts = [
        {header_key(cell) for cell in cells if isinstance(cell, str)}
        for number, cells in grid
        if number <= HEADER_WITHIN
    ]
    for position, found in enumerate(texts):
        if len(found & wanted) >= 2:
            return position
    for position, (_, cells) in enumerate(grid[: len(texts)]):
        if sum(isinstance(cell, str) for cell in cells) >= 2:
            return position
    raise WorkbookRefused(f"前 {HEADER_WITHIN} 行里没有找到表头。请把各列的名称写在同一行，保存后重新上传。")


def _columns(cells):
    """{position: header} of the columns that have one, without our own column of errors."""
    columns, seen = {}, {}
    for position, cell in enumerate(cells):
        header = _header(cell)
        key = header_key(header)
        if not key:
            continue
        if key in seen:
            places = f"{column_letters(seen[key] + 1)} 列和 {column_letters(position + 1)} 列"
            raise WorkbookRefused(f"表头「{header}」出现了两次（{places}）。请只保留一列，保存后重新上传。")
        seen[key] = position
        if header != ERROR_HEADER:
            columns[position] = header
    return columns


def _header(cell):
    return " ".join(INVISIBLE.sub("", cell_text(cell)).split()).rstrip("*＊ ")


def _rows(grid, columns, remarks):
    rows = []
    for number, cells in grid:
        if any(isinstance(cell, str) and cell.startswith(EXAMPLE_MARK) for cell in cells):
            remarks.add(EXAMPLE_SKIPPED, number)
            continue
        kept = [cells[position] if position < len(cells) else None for position in columns]
        if any(cell is not None for cell in kept):
            rows.append(SheetRow(number, kept))
    if len(rows) > MAX_ROWS:
        raise WorkbookRefused(
            f"表里有 {len(rows):,} 行数据，一次最多导入 {MAX_ROWS:,} 行。请分成几份后上传。"
        )
    if not rows:
        raise WorkbookRefused("表头下面没有数据。请填好后重新上传。")
    return rows


def _unnamed(grid, header_cells, columns):
    """A remark on the columns that hold something below an empty header."""
    named = {position for position, cell in enumerate(header_cells) if cell is not None}
    found = {position for _, cells in grid for position, cell in enumerate(cells) if cell is not None}
    letters = "、".join(column_letters(position + 1) for position in sorted(found - named - columns.keys()))
    return [UNNAMED.format(letters)] if letters else []
