"""Writing checked rows: locked, compared with the state they were checked against, then all in few statements."""

from django.utils.timezone import localdate

from association.domain.activities import record_many
from association.importing import Applied, Outdated
from association.ledger import Ledger
from members.columns import ROSTER
from members.domain.search_keys import organization_keys, other_names
from members.exchange.fingerprints import fingerprints
from members.exchange.matching import Lookup
from members.exchange.rows import Row
from members.exchange.stock import Stock
from members.exchange.writing import Writer, set_all
from members.models import (
    AlternativeName,
    Contact,
    ContactRole,
    Membership,
    Organization,
    Park,
    ParkYear,
    Post,
    Recognition,
)

ORDER = (
    Organization, Contact, AlternativeName, Park, ParkYear, Recognition, Membership, Post, ContactRole,
)  # fmt: skip
NAMED = 5
IMPORTED = "members.organization.imported"


def apply(rows, by, progress) -> Applied:
    """Write the staged rows. Raises Outdated when a unit that they rely on is not as it was when checked."""
    today = localdate()
    progress.step("正在核对有无变动", 0, len(rows))
    _refuse_new_that_exist(rows)
    stock = Stock(rows)
    _refuse_changed(rows, stock)
    ledger = Ledger(ORDER)
    writer = Writer(stock, ledger, today)
    for done, row in enumerate(rows, start=1):
        writer.write(row)
        if done % 100 == 0:
            progress.step("正在导入", done, len(rows))
    writer.finish()
    progress.step("正在保存", len(rows), len(rows))
    _refresh_keys(writer, ledger)
    ledger.write()
    _tell(writer, by)
    pks = [unit.pk for unit in writer.units.values()]
    effects = ledger.effects() | {"units": fingerprints(pks)}
    return Applied(effects, {number: unit.pk for number, unit in writer.new_units.items()})


# --- what the check relied on ---------------------------------------------------------------------------------


def _refuse_new_that_exist(rows):
    """A unit that the check did not find must still not be there."""
    new = [
        Row(row.number, _identifying(row))
        for row in rows
        if row.target is None and "leader" not in row.operations
    ]
    for row in new:
        row.name, row.code, row.member_number = (
            row.cells[key] or "" for key in ("name", "credit_code", "member_number")
        )
    lookup = Lookup(new)
    for row in new:
        lookup.find(row)
    _raise_outdated([row.title for row in new if row.unit or row.errors], "已被别人登记")


def _identifying(row):
    unit = row.operations["unit"]
    return {key: unit.get(key) for key in ("name", "credit_code", "member_number")}


def _refuse_changed(rows, stock):
    states = fingerprints(stock.units)
    gone = [row.title for row in rows if row.target and states.get(row.target) != row.fingerprint]
    _raise_outdated(gone, "的数据在核对之后已变化")


def _raise_outdated(titles, what):
    if titles:
        titles = list(dict.fromkeys(titles))
        shown = "、".join(f"“{title}”" for title in titles[:NAMED])
        more = f"等 {len(titles)} 家单位" if len(titles) > NAMED else ""
        raise Outdated(f"{shown}{more}{what}，没有导入任何内容。请重新核对。")


# --- what follows from the writing ----------------------------------------------------------------------------


def _refresh_keys(writer, ledger):
    """Search keys of every unit whose names, code or number changed; new names are known only here."""
    known = other_names(writer.stale_keys)
    for unit in writer.units.values():
        names = [*known.get(unit.pk, ()), *writer.added_names[unit.pk]]
        if unit._state.adding:
            set_all(unit, organization_keys(unit, names))
        elif unit.pk in writer.stale_keys:
            ledger.change(unit, **organization_keys(unit, names))


def _tell(writer, by):
    new = {unit.pk for unit in writer.new_units.values()}
    said = [
        (unit, f"导入名册，新建单位“{unit.name}”{writer.said[unit.pk]}")
        if unit.pk in new
        else (unit, f"导入名册，修改{headers(writer.touched[unit.pk])}{writer.said[unit.pk]}")
        for unit in writer.units.values()
    ]
    record_many(IMPORTED, said, by=by)


def headers(keys) -> str:
    """Column headers for a sentence, the first six when there are many."""
    found = list(dict.fromkeys(ROSTER[key].header for key in keys))
    return "、".join(found[:6]) + (f"等 {len(found)} 项" if len(found) > 6 else "")
