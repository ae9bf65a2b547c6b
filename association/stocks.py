"""What waits in the house, every app's counted in one query: menus and to-dos ask on every page of the desk.

An app registers, beside its menu entry, the rows that are counted; `of` gives how many there are now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import CharField, Count, DateField, Expression, F, Min, Value
from django.db.models.functions import Cast, Concat
from django.utils.timezone import localdate

from association import stamps


@dataclass(frozen=True)
class Stock:
    """How many rows there are, the earliest of their days where they have one, and the first row's key."""

    number: int = 0
    due: date | None = None
    first: int | None = None

    def __bool__(self):
        return self.number > 0


NONE = Stock()
SEPARATOR = ":"


@dataclass(frozen=True)
class Source:
    name: str
    rows: Callable
    by: tuple = ()
    due: str | Expression | None = None
    first: str = "pk"

    def counted(self):
        """The rows' number by the values of `by`, as a query whose columns fit those of every other source."""
        parts = [Value(self.name)] + [part for name in self.by for part in (Value(SEPARATOR), F(name))]
        label = Concat(*parts, output_field=CharField()) if self.by else Value(self.name, CharField())
        day = Min(self.due) if self.due else Cast(Value(None), DateField())
        rows = self.rows().order_by().select_related(None).annotate(stock=label).values("stock")
        return rows.annotate(number=Count("pk"), earliest=day, lowest=Min(self.first)).values_list(
            "stock", "number", "earliest", "lowest"
        )


class Stocks:
    """Several sources that are counted together and kept together until the next verb."""

    def __init__(self, name: str, *, exact: bool):
        self.name, self.exact = name, exact
        self.sources: dict[str, Source] = {}
        self._built = None

    def add(self, name: str, rows: Callable, *, by: tuple = (), due=None, first: str = "pk"):
        """Register the queryset that `rows()` gives. `by` are fields of text that tell piles apart, `due` a day of each
        row or an expression of one, `first` the key of which the lowest is wanted. What `rows()` asks for may depend on
        today's date and on nothing else: it is built once a day."""
        self.sources[name] = Source(name, rows, by, due, first)
        self._built = None

    def of(self, name: str, *pile: str) -> Stock:
        """How many rows of the source there are, of those in `pile` if the source tells piles apart."""
        return self.piles(name).get(pile, NONE)

    def piles(self, name: str) -> dict[tuple, Stock]:
        """Every pile of the source that has rows, by its values."""
        if name not in self.sources:
            raise KeyError(name)
        found = stamps.counted(f"stocks.{self.name}", self._count, exact=self.exact)
        return {pile: Stock(*numbers) for source, pile, numbers in found if source == name}

    def total(self, name: str) -> int:
        """How many rows of the source there are in all piles."""
        return sum(stock.number for stock in self.piles(name).values())

    def _count(self) -> list:
        found = []
        with connection.cursor() as cursor:
            cursor.execute(*self._statement())
            for label, *numbers in cursor.fetchall():
                name, *pile = label.split(SEPARATOR)
                found.append((name, tuple(pile), numbers))
        return found

    def _statement(self) -> tuple:
        """The query and its values, kept for the day: building it takes five times as long as asking it."""
        built, today = self._built, localdate()
        if built is None or built[0] != today:
            built = self._built = today, self.build()
        return built[1]

    def build(self) -> tuple:
        """The query and its values as they are today."""
        first, *others = [source.counted() for source in self.sources.values()]
        return (first.union(*others, all=True) if others else first).query.sql_with_params()


waiting = Stocks("waiting", exact=True)
large = Stocks("large", exact=False)
