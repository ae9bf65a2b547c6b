"""The check of a whole file: nothing is changed, every row gets its result."""

from django.utils.timezone import localdate

from association.importing import Checked
from members.exchange import grouping, identity, membership, parks, people
from members.exchange.cleaning import cleaner
from members.exchange.comparing import Context
from members.exchange.fingerprints import fingerprints
from members.exchange.layout import Layout, read_layout, refuse_without_required
from members.exchange.matching import Lookup, identify
from members.exchange.rows import Row
from members.exchange.units import Units

STEP = 100


def check(sheet, user, progress) -> Checked:
    """What each row of the sheet would change, as far as `user` may see and change it.

    Raises WorkbookRefused when the columns do not suffice.
    """
    layout = read_layout(sheet.headers, user)
    today = localdate()
    rows = [Row(row.number, layout.cells(row)) for row in sheet.rows]
    progress.step("正在找出各行的单位")
    _match(rows)
    refuse_without_required(layout, rows)
    context = _context(layout, rows, sheet.as_of or today, today)
    grouping.group(rows, context.units)
    for done, row in enumerate(rows, start=1):
        if done % STEP == 0 or done == len(rows):
            progress.step("正在逐行核对", done, len(rows))
        _examine(row, context)
    identity.refuse_same_names(rows)
    grouping.follow_leaders(rows)
    _remember_state(rows)
    return Checked([row.staged() for row in rows], [c.key for c in layout.columns], _notes(layout, rows))


def _match(rows):
    for row in rows:
        identify(row)
    lookup = Lookup(rows)
    for row in rows:
        lookup.find(row)


def _context(layout: Layout, rows, as_of, today) -> Context:
    units = Units({row.unit for row in rows if row.unit}, layout.columns, as_of, today)
    return Context(layout.columns, cleaner(layout.columns, today), units, as_of, today)


def _examine(row, context):
    if row.unit is None and row.errors:
        # Nobody knows which unit it is; what can be judged without that is judged all the same.
        for key in row.cells:
            context.read(row, key)
        return
    known = context.units.known(row)
    if row.leader is None:
        identity.examine(row, known, context)
        membership.examine(row, known, context)
        people.examine(row, known, context)
    parks.examine(row, known, context)
    if row.is_new and row.leader is None:
        identity.require(row, context)


def _remember_state(rows):
    """The state of every unit that the import would change; applying refuses when it is another by then."""
    changing = [row for row in rows if row.unit and row.operations and not row.errors]
    states = fingerprints([row.unit for row in changing])
    for row in changing:
        row.fingerprint = states[row.unit]


def _notes(layout, rows):
    notes = list(layout.notes)
    if "recognition_level" in layout.positions and any(_leaves_recognition_out(row) for row in rows):
        notes.append("「认定级别」留空的行，已登记的认定保留不动；要删除认定，请到该单位的认定页办理。")
    return notes


def _leaves_recognition_out(row):
    return row.unit is not None and row.cells.get("recognition_level") is None
