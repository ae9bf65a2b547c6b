"""The unit itself: its name, number and plain fields."""

import re

from members.columns import ROSTER
from members.exchange.comparing import EMPTY, State
from members.exchange.matching import name_key

PLAIN = tuple(
    c.key
    for c in ROSTER.importable
    if c.part == "organization" and c.key not in ("member_number", "district")
)
NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{2,19}")


def examine(row, known, context) -> None:
    """Put what the row changes in the unit itself into its operations."""
    unit = {}
    _name(row, known, context, unit)
    _number(row, known, context, unit)
    for key in PLAIN:
        set_field(row, key, known, context, unit)
    if unit:
        row.operations["unit"] = unit


def set_field(row, key, known, context, into: dict) -> None:
    """Take over a changed cell; a blank one clears an optional field and leaves a required one alone."""
    column = context.columns.by_key.get(key)
    state, value = context.compare(row, key, known)
    if state is State.CHANGED:
        into[column.field] = value
        row.differ(key, known.now(key), value)
    elif state is State.BLANK and not column.required:
        into[column.field] = empty_value(key)
        row.differ(key, known.now(key), None)


def empty_value(key):
    """What a cleared field holds: nothing for numbers and dates, an empty list or text otherwise."""
    kind = ROSTER[key].kind
    if kind.is_number or kind.value == "date":
        return None
    return [] if kind.value == "list" else ""


def _name(row, known, context, unit):
    """A former name of the unit itself is not taken back: the file is older than the books, and the row says so."""
    state, value = context.compare(row, "name", known)
    if state is not State.CHANGED:
        return
    if name_key(value) in context.units.former_names.get(row.unit, ()):
        return
    unit["name"] = value
    row.differ("name", known.now("name"), value)


def _number(row, known, context, unit):
    """The number stays for good (domain 2.3); a unit that has none may get the one in the file."""
    state, value = context.compare(row, "member_number", known)
    if state is not State.CHANGED:
        return
    if known.now("member_number") not in EMPTY:
        row.wrong("member_number", f"与登记的 {known.now('member_number')} 不同，会员编号不能通过导入修改")
    elif not NUMBER.fullmatch(value := value.upper()):
        row.wrong("member_number", "只能由字母、数字和短横线组成，如 BCIPA-2022-0001")
    else:
        unit["member_number"] = value
        row.differ("member_number", None, value)


def require(row, context) -> None:
    """A new unit needs a value in every required column that the row did not already complain about."""
    complained = {header for header, _ in row.errors}
    for column in context.columns:
        if column.required and column.header not in complained and row.cells.get(column.key) is None:
            row.wrong(column.key, "没有填写")


def refuse_same_names(rows) -> None:
    """After the import no name, code or number may be borne by two units of the file."""
    for field, key, said in (
        ("name", "name", "单位名称"),
        ("credit_code", "credit_code", "信用代码"),
        ("member_number", "member_number", "会员编号"),
    ):
        seen = {}
        for row in rows:
            value = row.operations.get("unit", {}).get(field)
            if not value or row.leader:
                continue
            first = seen.setdefault(name_key(value), row)
            if first is not row:
                first.wrong(key, f"与第{row.number}行的{said}相同，却不是同一单位")
                row.wrong(key, f"与第{first.number}行的{said}相同，却不是同一单位")
