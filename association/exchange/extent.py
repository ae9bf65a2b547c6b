"""Where a sheet's content really ends, and what calamine would not tell: found by one walk through its XML.

The declared dimension is ignored, because it may lie. A cell with content beyond the limits ends the walk
at once: calamine would allocate the whole rectangle up to it (512 GB for XFD1048576) and abort the process.
"""

from dataclasses import dataclass, field

from .cells import address
from .limits import LAST_ROW, MAX_CELL_ELEMENTS, MAX_COLUMNS, MAX_ROWS, WorkbookRefused, damaged
from .xmlscan import local, walk

# calamine gives up the whole sheet at any other error value.
READABLE_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}


@dataclass
class Extent:
    """What one sheet holds. Rows and columns count from 1; positions are (row, column)."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    formulas: int = 0
    errors: dict = field(default_factory=dict)  # position → "#N/A"
    valueless: set = field(default_factory=set)  # formulas without a stored result
    percents: set = field(default_factory=set)
    hidden_rows: set = field(default_factory=set)
    hidden_columns: bool = False
    merged_rows: list = field(default_factory=list)  # first row of each merged range


def measure(chunks, *, sheet, percent_styles=frozenset()):
    """Walk through one sheet part. Returns an Extent; raises WorkbookRefused."""
    walker = _Walker(sheet, percent_styles)
    walk(chunks, start=walker.start, attach=walker.attach, utf8_only=True, part=f"工作表「{sheet}」")
    walker.settle()
    return walker.extent


class _Walker:
    def __init__(self, sheet, percent_styles):
        self.extent = Extent()
        self.sheet, self.percent_styles = sheet, percent_styles
        self.row = self.column = self.elements = 0
        self.digits = None  # the row number as it was written last
        self.row_hidden = False
        self.cell = None  # the attributes of the cell that we are in
        self.formula = None  # the position of a formula whose value has not come yet
        self.error = None
        self.letters = {}
        self.handlers = {}

    def attach(self, parser):
        self.parser = parser

    def start(self, name, attributes):
        if self.error is not None:
            self._end_error()
        (self.handlers.get(name) or self._handler(name))(attributes)

    def _handler(self, name):
        handler = getattr(self, f"_on_{local(name)}", None)
        if handler:  # only known names are remembered: a file may invent millions
            self.handlers[name] = handler
        return handler or self._on_other

    def settle(self):
        """Close what the last cell left open."""
        if self.error is not None:
            self._end_error()
        self._end_cell()

    def _on_row(self, attributes):
        self._end_cell()
        number = attributes.get("r")
        self.row = _whole(number, self.sheet) if number else self.row + 1
        self.digits = number
        self.column = 0
        self.row_hidden = attributes.get("hidden") in ("1", "true")

    def _on_c(self, attributes):
        if self.formula:
            self.extent.valueless.add(self.formula)
            self.formula = None
        self.elements += 1
        if self.elements > MAX_CELL_ELEMENTS:
            raise WorkbookRefused(
                f"工作表「{self.sheet}」的空白格式太多。请只保留有内容的区域，保存后重新上传。"
            )
        self.cell = attributes
        if reference := attributes.get("r"):
            self._move_to(reference)
        else:
            self.column += 1

    def _on_v(self, _attributes):
        if self.cell is None:
            return
        self.formula = None
        self._content()
        if self.cell.get("t") == "e":
            self.error = []
            self.parser.CharacterDataHandler = self.error.append

    def _on_is(self, _attributes):
        if self.cell is not None:
            self._content()

    def _on_f(self, _attributes):
        if self.cell is not None:
            self.extent.formulas += 1
            self.formula = self.row, self.column
            self._content()

    def _on_t(self, _attributes):
        """Text inside an inline string: the cell is already counted."""

    def _on_col(self, attributes):
        if attributes.get("hidden") in ("1", "true"):
            self.extent.hidden_columns = True

    def _on_mergeCell(self, attributes):
        first = attributes.get("ref", "").partition(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if first.isascii() and first.isdigit() and len(self.extent.merged_rows) < MAX_ROWS:
            self.extent.merged_rows.append(int(first[:7]))

    def _on_other(self, _attributes):
        self._end_cell()

    def _move_to(self, reference):
        letters = reference.rstrip("0123456789")
        digits = reference[len(letters) :]
        column = self.letters.get(letters)
        if column is None:
            column = self.letters[letters] = _column(letters, self.sheet)
        self.column = column
        if digits != self.digits:
            self.row, self.digits = _whole(digits, self.sheet), digits

    def _content(self):
        extent, row, column = self.extent, self.row, self.column
        if row > LAST_ROW or column > MAX_COLUMNS:
            raise _too_far(self.sheet, row, column)
        extent.cells += 1
        if row > extent.rows:
            extent.rows = row
        if column > extent.columns:
            extent.columns = column
        if self.row_hidden:
            extent.hidden_rows.add(row)
        if self.percent_styles and self.cell.get("s") in self.percent_styles:
            extent.percents.add((row, column))

    def _end_error(self):
        self.parser.CharacterDataHandler = None
        value, self.error = "".join(self.error).strip(), None
        if value not in READABLE_ERRORS:
            where = f"工作表「{self.sheet}」的 {address(self.row, self.column)}"
            raise WorkbookRefused(f"{where} 是无法读取的错误值 {value[:20]}。请改正后重新上传。")
        self.extent.errors[self.row, self.column] = value

    def _end_cell(self):
        if self.formula:
            self.extent.valueless.add(self.formula)
        self.formula = self.cell = None


def _whole(digits, sheet):
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7 and int(digits)):
        raise damaged(f"工作表「{sheet}」的行号")
    return int(digits)


def _column(letters, sheet):
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise damaged(f"工作表「{sheet}」的单元格地址")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _too_far(sheet, row, column):
    where = f"工作表「{sheet}」的 {address(row, column)} 还有内容"
    if column > MAX_COLUMNS:
        return WorkbookRefused(
            f"{where}，一次最多读取 {MAX_COLUMNS} 列。请删去表格右边多余的列（整列删除），保存后重新上传。"
        )
    return WorkbookRefused(
        f"{where}，一次最多导入 {MAX_ROWS:,} 行。请删去表格下面多余的内容（整行删除），或分成几份后上传。"
    )
