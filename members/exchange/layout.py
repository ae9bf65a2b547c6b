"""Which columns of the file are ours, and what to say about the others."""

import difflib
from dataclasses import dataclass, field

from association.columns import ColumnSet, Tier
from association.exchange.limits import WorkbookRefused
from association.exchange.sheet import header_key
from members import permissions
from members.columns import ROSTER

IDENTIFYING = ("name", "credit_code", "member_number")
PARK_PARTS = {"park", "park_year", "recognition"}
PARK_KEYS = frozenset(c.key for c in ROSTER.importable if c.part in PARK_PARTS)
YEAR_KEYS = ("rented_area", "tenants", "culture_tenants")
# A unit's rows may differ in these: what belongs to the park, and the district, which is the park's too.
ROW_KEYS = PARK_KEYS | {"district"}
REQUIRED = tuple(c for c in ROSTER.importable if c.required)


@dataclass
class Layout:
    """The usable columns of a file with their positions, and sentences on the rest."""

    columns: ColumnSet
    positions: dict[str, int]
    notes: list[str] = field(default_factory=list)

    def cells(self, row) -> dict:
        return {key: row.cells[position] for key, position in self.positions.items()}

    @property
    def missing_required(self) -> list[str]:
        return [c.header for c in REQUIRED if c.key not in self.positions]


def columns_for(user) -> ColumnSet:
    """What the person may import: the importable columns of the tiers that they may see."""
    return ROSTER.importable.allowed(permissions.tiers(user) | {Tier.PUBLIC})


def read_layout(headers, user) -> Layout:
    """Tell the headers apart. Raises WorkbookRefused when no column says which unit a row is about."""
    by_header = {header_key(c.header): c for c in ROSTER}
    allowed = columns_for(user).by_key
    found = {}
    left_out, forbidden, unknown = [], [], []
    for position, header in enumerate(headers):
        column = by_header.get(header_key(header))
        if column is None:
            unknown.append(header)
        elif not column.importable:
            left_out.append(header)
        elif column.key not in allowed:
            forbidden.append(header)
        else:
            found[column.key] = position
    if not any(key in found for key in IDENTIFYING):
        needed = "、".join(c.header for c in REQUIRED)
        raise WorkbookRefused(
            f"表里没有「单位名称」列，认不出各行是哪家单位。新增单位必须有以下各列：{needed}。"
        )
    layout = Layout(ROSTER.chosen(list(found)), found, _notes(left_out, forbidden, unknown, by_header))
    if "stat_year" not in found and any(key in found for key in YEAR_KEYS):
        layout.notes.append("没有「统计年度」列，已出租面积与企业数有改动的，按截至日期的年度登记。")
    return layout


def _notes(left_out, forbidden, unknown, by_header):
    notes = []
    if left_out:
        notes.append(f"以下列由系统推算或在别处办理，不导入：{'、'.join(left_out)}。")
    if forbidden:
        notes.append(f"以下列你无权修改，不导入：{'、'.join(forbidden)}。")
    if unknown:
        named = "、".join(header[:30] + _meant(header, by_header) for header in unknown[:20])
        notes.append(f"以下列没有对应的项目，不导入：{named}{'等' if len(unknown) > 20 else ''}。")
    return notes


def _meant(header, by_header):
    close = difflib.get_close_matches(header_key(header), by_header, n=1, cutoff=0.6)
    return f"（是否应为「{by_header[close[0]].header}」？）" if close else ""


def refuse_without_required(layout, rows) -> None:
    """New units need every required column; a file about known units only may leave columns out.

    Raises WorkbookRefused with the names of the missing headers.
    """
    missing = layout.missing_required
    new = [row for row in rows if row.unit is None and not row.errors]
    if not missing or not new:
        return
    first = new[0]
    raise WorkbookRefused(
        f"表里缺少必需的列：{'、'.join(missing)}。第{first.number}行“{first.title[:40]}”等 {len(new)} 行是新单位，"
        "新增单位必须有这些列。请补上后重新上传。"
    )
