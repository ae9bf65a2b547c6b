"""One row of the file on its way through the check."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from association.choices import RowResult
from association.columns import Column
from association.exchange.cells import plain
from association.importing import StagedRow
from members.columns import ROSTER


@dataclass(slots=True, eq=False)
class Row:
    """`name`, `code` and `member_number` are cleaned for matching; `unit` is the key of the unit found.

    `park` is the key of the park that the row means: None for none, 0 for a new one. `leader` is the first row of
    the same unit, whose cells speak for the unit itself.
    """

    number: int
    cells: dict
    name: str = ""
    code: str = ""
    member_number: str = ""
    unit: int | None = None
    unit_name: str = ""
    found_by: str = ""
    park: int | None = None
    is_main_park: bool = True
    leader: "Row | None" = None
    errors: list = field(default_factory=list)
    differences: list = field(default_factory=list)
    operations: dict = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def title(self) -> str:
        return self.name or self.unit_name or self.code or self.member_number or "（没有单位名称）"

    @property
    def is_new(self) -> bool:
        return self.unit is None

    def wrong(self, key: str, message: str) -> None:
        """Put an error on a column, or on the whole row with an empty key; saying it twice says it once."""
        error = [ROSTER[key].header if key else "", message]
        if error not in self.errors:
            self.errors.append(error)

    def differ(self, key: str, old, new, note: str = "") -> None:
        """Show a difference; a new unit has none, it is new altogether."""
        if self.is_new:
            return
        column = ROSTER[key]
        self.differences.append([key, text_of(column, old), text_of(column, new), note])

    def staged(self) -> StagedRow:
        return StagedRow(
            number=self.number,
            result=self.result,
            title=self.title,
            found_by=self.found_by,
            summary=self.summary if self.is_new else "",
            differences=self.differences,
            errors=self.errors,
            operations=self.operations,
            target=self.unit,
            fingerprint=self.fingerprint,
        )

    @property
    def result(self) -> RowResult:
        if self.errors:
            return RowResult.ERROR
        if self.is_new:
            return RowResult.NEW
        return RowResult.UPDATE if self.operations else RowResult.SAME

    @property
    def summary(self) -> str:
        """A new unit in a few words: 文化科技企业，海淀区，2022-09-30 入会."""
        if self.leader:
            return f"与第{self.leader.number}行同一单位，新增园区“{self.operations.get('park', {}).get('fields', {}).get('name', '')}”"
        unit, join = self.operations.get("unit", {}), self.operations.get("join")
        parts = [text_of(ROSTER[key], unit.get(key)) for key in ("category", "district")]
        parts.append(f"{join['on']} 入会" if join else "")
        parts.append(text_of(ROSTER["grade"], self.operations.get("post")))
        return "，".join(part for part in parts if part)


def text_of(column: Column, value) -> str:
    """A stored value as a person reads it in the comparison."""
    shown = column.cell(value)
    if shown is None or shown == "":
        return ""
    if isinstance(shown, Decimal):
        return plain(shown)
    return shown.isoformat() if isinstance(shown, date) else str(shown)
