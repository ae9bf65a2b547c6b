"""A copy of an uploaded table with the reasons beside the rows that cannot be imported.

Made anew from the values that were read, never by editing the untrusted file; every row keeps its number,
so that 第12行 is row 12 here as well, and the corrected copy can be uploaded as it is.
"""

import datetime
from decimal import Decimal

from .cells import cell_text
from .limits import AS_OF_LABEL, DATA_SHEET, ERROR_HEADER
from .reading import read
from .sheet import Sheet
from .writing import HEADER_FILL, NOTE_SHEET

WRONG_FILL = "#FDECEA"


def with_errors(source, target, errors, *, filename=""):
    """Write the copy to a path or a binary buffer.

    `source` is the uploaded file's path, or the Sheet read from it; `errors` {row number: sentence}.
    Raises WorkbookRefused if the source cannot be read.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415  (heavy, and a web process seldom needs it)

    sheet = source if isinstance(source, Sheet) else read(source, filename=filename)
    with Workbook(target, {"constant_memory": True, "strings_to_formulas": False}) as workbook:
        writer = _Writer(workbook, workbook.add_worksheet(DATA_SHEET))
        writer.write(sheet, errors)
        if sheet.as_of:
            note = workbook.add_worksheet(NOTE_SHEET)
            note.write_string(0, 0, AS_OF_LABEL)
            note.write_string(0, 1, sheet.as_of.isoformat())
    return sheet


class _Writer:
    def __init__(self, workbook, worksheet):
        self.worksheet = worksheet
        self.header = workbook.add_format(
            {"bold": True, "bg_color": HEADER_FILL, "num_format": "@", "bottom": 1}
        )
        self.formats = {
            (number_format, wrong): workbook.add_format(
                {"num_format": number_format, **({"bg_color": WRONG_FILL} if wrong else {})}
            )
            for number_format in ("@", "General", "0.00%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss")
            for wrong in (False, True)
        }

    def write(self, sheet, errors):
        """Rows from top to bottom only: the writer keeps one row in memory."""
        last = len(sheet.headers)
        self.worksheet.set_column(0, last - 1, 16)
        self.worksheet.set_column(last, last, 60)
        self.worksheet.freeze_panes(sheet.header_number, 0)
        for row in sheet.preface:
            self._write_cells(row.number, row.cells, wrong=False)
        for position, header in enumerate([*sheet.headers, ERROR_HEADER]):
            self.worksheet.write_string(sheet.header_number - 1, position, header, self.header)
        for row in sheet.rows:
            reason = errors.get(row.number, "")
            self._write_cells(row.number, row.cells, wrong=bool(reason))
            if reason:
                self.worksheet.write_string(row.number - 1, last, reason, self.formats["@", True])

    def _write_cells(self, number, cells, wrong):
        for position, cell in enumerate(cells):
            if cell is not None:
                self._write_cell(number - 1, position, cell, wrong)
            elif wrong:
                self.worksheet.write_blank(number - 1, position, None, self.formats["@", True])

    def _write_cell(self, row, position, cell, wrong):
        shape = _number_format(cell)
        style = self.formats[shape, wrong]
        if shape in ("General", "0.00%") and abs(cell) < 10**15:
            self.worksheet.write_number(row, position, cell, style)
        elif shape.startswith(("yyyy", "hh")):
            self.worksheet.write_datetime(row, position, cell, style)
        else:
            self.worksheet.write_string(row, position, cell_text(cell), style)


def _number_format(cell):
    if isinstance(cell, Decimal):
        return "0.00%" if hasattr(cell, "shown") else "General"
    if isinstance(cell, datetime.datetime):
        return "yyyy-mm-dd hh:mm:ss"
    if isinstance(cell, datetime.date):
        return "yyyy-mm-dd"
    return "hh:mm:ss" if isinstance(cell, datetime.time) else "@"
