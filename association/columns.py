"""A column is declared once and serves list, column chooser, export and import template.

Values are loaded by parts: a part is one query over a list of primary keys ("the main park of each", "the
representative of each"), so a page costs as many queries as it shows parts, whether it has one row or thirty, and
an export costs them once for every thousand rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum
from functools import cached_property
from itertools import repeat

from association.formats import mask_mobile

HUNDREDTH = Decimal("0.01")


class Kind(StrEnum):
    """How a value is kept in a cell and written on a page."""

    TEXT = "text"
    CODE = "code"
    PHONE = "phone"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    DATE = "date"
    CHOICE = "choice"
    LIST = "list"
    BOOL = "bool"

    @property
    def is_number(self) -> bool:
        return self in (Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT)


class Tier(IntEnum):
    """Secrecy of a column: who may see it is asked of the app's permissions."""

    PUBLIC = 0
    MEMBER = 1
    STAFF = 2
    CONTACT = 3
    FINANCE = 4


@dataclass(frozen=True)
class Column:
    """One column of a list.

    `part` and `field` name where the value comes from; `sort` is the ordering that a click on the header asks for;
    `choices` pairs stored values with labels; a `required` column must be present and filled when a row is new.
    """

    key: str
    header: str
    part: str
    field: str
    kind: Kind = Kind.TEXT
    tier: Tier = Tier.STAFF
    sort: tuple = ()
    choices: tuple = ()
    required: bool = False
    importable: bool = False
    shown: bool = False
    width: int = 14
    hint: str = ""
    example: str = ""

    @cached_property
    def labels(self) -> dict:
        return dict(self.choices)

    def cell(self, value, *, unmasked: bool = True):
        """The value as an export writes it: labels for choices, lists joined by 、, personal numbers masked."""
        turn = self.turner(unmasked=unmasked)
        return turn(value) if turn else value

    def turner(self, *, unmasked: bool = True) -> Callable | None:
        """The function that turns a stored value into the one an export writes; None where it stays as it is.

        Asked for once a column, because an export of a hundred thousand rows calls it for every cell.
        """
        if self.tier is Tier.CONTACT and not unmasked:
            return masked
        if self.kind is Kind.CHOICE:
            return _Labels(self.choices).__getitem__
        if self.kind is Kind.LIST:
            labels = _Labels(self.choices)
            return lambda value: "、".join([str(labels[v]) for v in value]) if value else None
        return {Kind.BOOL: _yes_or_no, Kind.PERCENT: _hundredths}.get(self.kind)


class ColumnSet:
    """An ordered set of columns with the loaders of their parts."""

    def __init__(self, columns: Iterable[Column], parts: dict[str, Callable]):
        self.columns = tuple(columns)
        self.by_key = {c.key: c for c in self.columns}
        self.parts = parts

    def __iter__(self):
        return iter(self.columns)

    def __getitem__(self, key) -> Column:
        return self.by_key[key]

    def allowed(self, tiers) -> "ColumnSet":
        """The columns whose tier is among `tiers`."""
        return ColumnSet([c for c in self.columns if c.tier in tiers], self.parts)

    def chosen(self, keys: Sequence[str]) -> "ColumnSet":
        """The columns named by `keys`, in that order; unknown ones are passed over."""
        unique = dict.fromkeys(k for k in keys if k in self.by_key)
        return ColumnSet([self.by_key[k] for k in unique], self.parts)

    @property
    def shown(self) -> "ColumnSet":
        return ColumnSet([c for c in self.columns if c.shown], self.parts)

    @property
    def is_personal(self) -> bool:
        """Whether any of the columns holds a number or an address of a person."""
        return any(c.tier is Tier.CONTACT for c in self.columns)

    @property
    def importable(self) -> "ColumnSet":
        return ColumnSet([c for c in self.columns if c.importable], self.parts)

    def values(self, pks: Sequence[int], as_of: date) -> list[tuple]:
        """Stored values for `pks` in their order: one tuple a key, one value a column; None where there is none."""
        return list(zip(*self._loaded(pks, as_of), strict=True)) if pks and self.columns else [()] * len(pks)

    def cells(self, pks: Sequence[int], as_of: date, *, unmasked: bool = True) -> list[tuple]:
        """Like `values`, as an export writes them."""
        if not pks or not self.columns:
            return [()] * len(pks)
        turned = []
        for column, values in zip(self.columns, self._loaded(pks, as_of), strict=True):
            turn = column.turner(unmasked=unmasked)
            turned.append(map(turn, values) if turn else values)
        return list(zip(*turned, strict=True))

    def _loaded(self, pks, as_of) -> list[tuple]:
        """One tuple of values a column, in the order of `pks`; each part is asked once."""
        wanted: dict[str, dict[str, None]] = {}
        for column in self.columns:
            wanted.setdefault(column.part, {})[column.field] = None
        loaded = {}
        for part, fields in wanted.items():
            found = self.parts[part](pks, as_of, list(fields))
            aligned = map(found.get, pks, repeat((None,) * len(fields)))
            loaded |= {
                (part, field): values
                for field, values in zip(fields, zip(*aligned, strict=True), strict=True)
            }
        return [loaded[c.part, c.field] for c in self.columns]


class _Labels(dict):
    """Stored value → label; what has no label stands for itself, and nothing for an empty value."""

    def __missing__(self, key):
        return None if key == "" else key


def masked(value):
    """A personal number or address as those see it who may not have it in full: 138****5678, l****@example.cn."""
    if not value:
        return None
    name, at, host = value.partition("@")
    return f"{name[:1]}****@{host}" if at else mask_mobile(value)


def _yes_or_no(value):
    return None if value is None else "是" if value else "否"


def _hundredths(value):
    if isinstance(value, Decimal):
        return value.quantize(HUNDREDTH, ROUND_HALF_UP)
    return None if value is None else round(value, 2)
