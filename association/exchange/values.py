"""The values of a workbook's cells, by calamine, from a copy that holds nothing but what was inspected.

Calamine finds the parts of a workbook in its own way. It gets a fresh zip in memory with the inspected
parts under fixed names, so that two readings of one directory can never differ.
"""

import datetime
import io
import zipfile

from python_calamine import CalamineError, CalamineWorkbook

from .cells import Decimal, ErrorCell, Percent, number_text
from .limits import damaged

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FIRST_DAY = datetime.date(1900, 1, 1)
NOTE_ROWS = 200


def grids(archive, inspection):
    """(rows of the data sheet, rows of the note sheet), each a list of (number, cells).

    Raises WorkbookRefused where calamine cannot read the parts.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(_repack(archive, inspection))
        data = workbook.get_sheet_by_name("data").to_python(skip_empty_area=False)
        note = []
        if inspection.note:
            note = workbook.get_sheet_by_name("note").to_python(skip_empty_area=False)[:NOTE_ROWS]
    except CalamineError as error:
        raise damaged() from error
    rows = [(number, [_cell(value) for value in values]) for number, values in enumerate(data, start=1)]
    _overlay(rows, inspection.extent)
    return rows, [(number, [_cell(value) for value in values]) for number, values in enumerate(note, start=1)]


def _cell(value):
    return _CONVERTERS[type(value)](value)


def _number(value):
    text = number_text(value)
    if text is None:
        return ErrorCell(repr(value), "不是可用的数字（太大或不是有限的数）")
    return Decimal(text)


def _date(value):
    return value if value >= FIRST_DAY else ErrorCell(value.isoformat(), "不是有效的日期")


def _datetime(value):
    """Binary fractions of a day leave 09:59:59.914 for ten o'clock: rounded to the second."""
    if value.date() < FIRST_DAY:
        return ErrorCell(value.date().isoformat(), "不是有效的日期")
    return (value + datetime.timedelta(milliseconds=500)).replace(microsecond=0)


def _time(value):
    return value.replace(microsecond=0)


_CONVERTERS = {
    str: lambda value: value or None,
    float: _number,
    int: lambda value: _number(float(value)),
    bool: bool,
    datetime.date: _date,
    datetime.datetime: _datetime,
    datetime.time: _time,
    datetime.timedelta: str,
}


def _overlay(rows, extent):
    """Put in what calamine leaves out: error values, formulas never calculated, per cent formats."""
    for (row, column), shown in extent.errors.items():
        _put(rows, row, column, ErrorCell(shown, f"是公式的错误值 {shown}"))
    for row, column in extent.valueless:
        _put(rows, row, column, ErrorCell("公式", "是没有计算结果的公式，请用 Excel 打开并保存一次"))
    for row, column in extent.percents:
        if row <= len(rows) and isinstance(value := rows[row - 1][1][column - 1], Decimal):
            _put(rows, row, column, Percent(value))


def _put(rows, row, column, cell):
    while len(rows) < row:  # calamine ends its rectangle at the last value
        rows.append((len(rows) + 1, []))
    cells = rows[row - 1][1]
    cells.extend([None] * (column - len(cells)))
    cells[column - 1] = cell


def _repack(archive, inspection):
    package = inspection.package
    parts = [("worksheet", "data.xml", inspection.data.member)]
    if inspection.note:
        parts.append(("worksheet", "note.xml", inspection.note.member))
    parts += [
        ("styles", "styles.xml", package.styles),
        ("sharedStrings", "sharedStrings.xml", package.strings),
    ]
    parts = [part for part in parts if part[2]]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as copy:
        copy.writestr("_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")]))
        copy.writestr("xl/_rels/workbook.xml.rels", _relationships([(kind, name) for kind, name, _ in parts]))
        copy.writestr("xl/workbook.xml", _workbook(package.from_1904, bool(inspection.note)))
        for _, name, member in parts:
            copy.writestr(f"xl/{name}", archive.read(member))
    buffer.seek(0)
    return buffer


def _relationships(targets):
    items = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def _workbook(from_1904, with_note):
    names = ["data", "note"] if with_note else ["data"]
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return (
        f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}">'
        f'<workbookPr date1904="{int(from_1904)}"/><sheets>{sheets}</sheets></workbook>'
    )
