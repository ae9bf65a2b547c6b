"""The park of a row: its fields, its numbers of one year, its recognition."""

from decimal import Decimal

from members.columns import ROSTER
from members.exchange.comparing import EMPTY, WRONG, State
from members.exchange.identity import set_field
from members.exchange.layout import PARK_KEYS, YEAR_KEYS

FIELDS = tuple(c.key for c in ROSTER.importable if c.part == "park" and c.key != "park_name")


def examine(row, known, context) -> None:
    """The district belongs to the unit and to its main park alike; of a second park it is that park's own."""
    district = _district(row, known, context)
    if row.park is None:
        _refuse_homeless_cells(row, known, context)
        return
    fields = {}
    name, value = context.compare(row, "park_name", known)
    if name is State.CHANGED:
        fields["name"] = value
        row.differ("park_name", known.now("park_name"), value, "" if row.park else "新增")
    for key in FIELDS:
        set_field(row, key, known, context, fields)
    if district:
        fields["district"] = district
    if not row.park and not fields.setdefault("district", _district_of_unit(row, context)):
        row.wrong("district", "没有填写，新增园区须填写所属区")
    _check_areas(row, fields, context)
    _year(row, known, context, fields)
    _recognition(row, known, context)
    if fields or row.operations.keys() & {"year", "recognition"}:
        row.operations["park"] = {"pk": row.park or None, "main": row.is_main_park, "fields": fields}


def _district(row, known, context):
    """The changed district of the row's park, which goes to the unit as well when it is the main one."""
    state, district = context.compare(row, "district", known)
    if state is not State.CHANGED:
        return None
    if row.is_main_park and row.leader is None:
        row.operations.setdefault("unit", {})["district"] = district
        main = context.units.main_park(row.unit) if row.unit else None
        if row.park is None and main:
            row.operations["park"] = {"pk": main.pk, "main": True, "fields": {"district": district}}
    row.differ("district", known.now("district"), district)
    return district


def _district_of_unit(row, context):
    if row.unit:
        return context.units.plain(row.unit).now("district") or ""
    return (row.leader or row).operations.get("unit", {}).get("district", "")


def _refuse_homeless_cells(row, known, context):
    """Areas and the like without a park to which they could belong."""
    for key in PARK_KEYS:
        if row.cells.get(key) is not None and context.compare(row, key, known)[0] is State.CHANGED:
            missing = "请填写" if "park_name" in row.cells else "表里没有"
            row.wrong("park_name", f"{missing}园区名称，「{ROSTER[key].header}」等项不知属于哪个园区")
            return


def _check_areas(row, fields, context):
    park = context.units.parks.get(row.park)
    floor, rentable = (
        fields.get(name, park[name] if park else None) for name in ("floor_area", "rentable_area")
    )
    if {"floor_area", "rentable_area"} & fields.keys() and None not in (floor, rentable) and rentable > floor:
        row.wrong("rentable_area", "不应大于建筑面积")


# --- numbers of one year --------------------------------------------------------------------------------------


def _year(row, known, context, fields):
    """Numbers of the year that the row names, else of the file's own year; the same numbers as then are no news."""
    if not any(key in row.cells for key in YEAR_KEYS):
        return
    year = context.read(row, "stat_year")
    if year is WRONG:
        return
    if year is None:
        if not _differs_from_then(row, known, context):
            return
        year = min(context.as_of, context.today).year
    stored = context.units.years[row.park].get(year, {}) if row.park else {}
    changes = {}
    for key in YEAR_KEYS:
        _set_number(row, key, stored.get(key), year, context, changes)
    if changes:
        row.operations["year"] = {"year": year, "fields": changes}
        _check_numbers(row, {**stored, **changes}, fields, context)


def _differs_from_then(row, known, context):
    states = [context.compare(row, key, known)[0] for key in YEAR_KEYS]
    return State.CHANGED in states or State.BLANK in states


def _set_number(row, key, stored, year, context, changes):
    if key not in row.cells:
        return
    value = context.read(row, key)
    if value is WRONG or (value is None and stored is None):
        return
    if value is None or stored is None or Decimal(value) != Decimal(stored):
        changes[ROSTER[key].field] = value
        row.differ(key, stored, value, f"{year}年度")


def _check_numbers(row, numbers, fields, context):
    tenants, culture = numbers.get("tenants"), numbers.get("culture_tenants")
    if None not in (tenants, culture) and culture > tenants:
        row.wrong("culture_tenants", f"{culture} 不应多于入驻企业数 {tenants}")
    park = context.units.parks.get(row.park)
    rentable = fields.get("rentable_area", park["rentable_area"] if park else None)
    rented = numbers.get("rented_area")
    if None not in (rented, rentable) and rented > rentable:
        row.wrong("rented_area", "不应大于可出租面积")


# --- recognition ----------------------------------------------------------------------------------------------


def _recognition(row, known, context):
    """A title that the park does not have yet is added; none is ever taken away by a file."""
    keys = ("recognition_level", "recognition_year")
    if not any(key in row.cells for key in keys):
        return
    states = [context.compare(row, key, known)[0] for key in keys]
    if State.CHANGED not in states:
        return
    level, year = (context.read(row, key) for key in keys)
    if WRONG in (level, year) or State.WRONG in states:
        return
    if level in EMPTY or year in EMPTY:
        lacking, given = keys if level in EMPTY else reversed(keys)
        row.wrong(lacking, f"没有填写，与「{ROSTER[given].header}」须同时填写")
    elif not row.park or (level, year) not in context.units.recognitions[row.park]:
        row.operations["recognition"] = {"level": level, "year": year}
        row.differ("recognition_level", known.now("recognition_level"), level, f"新增 {year} 年度")
