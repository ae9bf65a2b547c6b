"""Rows of one unit: several are right only when each means another park and all say the same of the unit."""

from collections import defaultdict

from association.exchange.cells import cell_text
from members.columns import ROSTER
from members.exchange.layout import ROW_KEYS
from members.exchange.matching import name_key


def group(rows, units) -> None:
    """Give every row its leader and its park; rows that contradict each other get an error that names the other."""
    groups = defaultdict(list)
    for row in rows:
        groups[_identity(row)].append(row)
    for members in groups.values():
        if len(members) > 1:
            _check_group(members)
            for row in members[1:]:
                row.leader = members[0]
        _assign_parks(members, units)


def _identity(row):
    """The unit as far as the row tells; a row that tells nothing stands alone."""
    if row.errors:
        return ("row", row.number)
    return row.unit or row.code or name_key(row.name)


def _check_group(rows):
    parks = [name_key(cell_text(row.cells.get("park_name"))) for row in rows]
    first = rows[0]
    if not all(parks) or len(set(parks)) < len(parks):
        for row in rows:
            other = first if row is not first else rows[1]
            row.wrong(
                "", f"与第{other.number}行是同一单位；一个单位有几个园区时，每行须填写不同的「园区名称」"
            )
        return
    for row in rows[1:]:
        for key in row.cells:
            if key not in ROW_KEYS and not _agree(row.cells[key], first.cells[key]):
                header = ROSTER[key].header
                row.wrong("", f"与第{first.number}行是同一单位，「{header}」却不一致")
                first.wrong("", f"与第{row.number}行是同一单位，「{header}」却不一致")


def _agree(cell, other) -> bool:
    """The unit's own data may stand in its first row only."""
    return cell is None or cell == other or name_key(cell_text(cell)) == name_key(cell_text(other))


def _assign_parks(rows, units):
    """Which park each row means. A name that the unit's parks do not have renames the main park when the row is the
    only one of its kind and no other speaks for that park; otherwise it is a further park."""
    unit = rows[0].unit
    main = units.main_park(unit) if unit else None
    strange, claimed = [], set()
    for row in rows:
        if "park_name" not in row.cells:
            _place(row, main)
        elif name := cell_text(row.cells["park_name"]).strip():
            park = units.park_named(unit, name) if unit else None
            if park is None:
                strange.append(row)
            else:
                _claim(row, park, claimed)
    if len(strange) == 1 and main and main.pk not in claimed:
        _place(strange[0], main)
        return
    for row in strange:
        row.park, row.is_main_park = 0, main is None and not claimed and row is strange[0]


def _claim(row, park, claimed):
    """One park in two rows, by its present and by a former name."""
    if park.pk in claimed:
        row.wrong("park_name", f"与另一行是同一个园区“{park['name']}”")
    claimed.add(park.pk)
    _place(row, park)


def _place(row, park):
    row.park, row.is_main_park = (park.pk, park.is_main) if park else (None, True)


def follow_leaders(rows) -> None:
    """A second park of a new unit cannot come in without the row that brings the unit."""
    for row in rows:
        if not (row.leader and row.is_new) or row.errors:
            continue
        number = row.leader.number
        if row.leader.errors:
            row.wrong("", f"与第{number}行是同一单位，第{number}行有错误，不能单独导入")
        else:
            row.operations["leader"] = number
