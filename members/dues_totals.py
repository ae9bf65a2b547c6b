"""What was billed, received, waived and is overdue of membership fees, by year and tier; and the bills behind each sum.

A sum and its rows are cut from the bills by the same conditions, so that the one is always the total of the other.
Amounts are whole 分.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from members.choices import BillKind
from members.models import Bill

LEFT = F("amount") - F("waived") - F("paid")
MEASURES = {
    "billed": "应收",
    "paid": "实收",
    "waived": "减免",
    "outstanding": "尚欠",
    "overdue": "逾期",
}
COLUMNS = {
    "billed": F("amount"),
    "paid": F("paid"),
    "waived": F("waived"),
    "outstanding": LEFT,
    "overdue": LEFT,
}
NO_TIER = 0


@dataclass(frozen=True)
class Age:
    """How long an arrear is overdue: from so many days to so many, without end where None."""

    key: str
    label: str
    first: int
    last: int | None

    def condition(self, today: date) -> Q:
        found = Q(due_on__lte=today - timedelta(days=self.first))
        return found if self.last is None else found & Q(due_on__gte=today - timedelta(days=self.last))


AGES = (
    Age("30", "30 天以内", 1, 30),
    Age("90", "31–90 天", 31, 90),
    Age("365", "91–365 天", 91, 365),
    Age("more", "一年以上", 366, None),
)


def _dues():
    return Bill.objects.standing().filter(kind=BillKind.DUES)


def _condition(measure, today) -> Q:
    """Which bills a sum is made of; the others would add nothing to it."""
    return {
        "billed": Q(),
        "paid": Q(paid__gt=0),
        "waived": Q(waived__gt=0),
        "outstanding": Q(paid__lt=F("amount") - F("waived")),
        "overdue": Q(paid__lt=F("amount") - F("waived"), due_on__lt=today),
    }[measure]


def _sums(today) -> dict:
    # Under names of their own: an aggregate called `paid` would be taken for the column in the next one.
    found = {"bills": Count("pk")}
    for name, column in COLUMNS.items():
        found[f"sum_{name}"] = Coalesce(Sum(column, filter=_condition(name, today)), 0)
    return found


def by_year_and_tier(today: date) -> list[dict]:
    """One row for each year and tier that has bills: `year`, `tier` (its key, 0 for none), `name`, `bills` and the
    measures; years descending, tiers from the highest. One query."""
    rows = (
        _dues()
        .order_by("-year", F("tier__position").asc(nulls_last=True), "tier_id")
        .values("year", "tier__position", "tier_id", "tier__name")
        .annotate(**_sums(today))
    )
    return [
        {"year": row["year"], "tier": row["tier_id"] or NO_TIER, "name": row["tier__name"] or "未分档"}
        | {"bills": row["bills"]}
        | {name: row[f"sum_{name}"] for name in MEASURES}
        for row in rows
    ]


def total(rows) -> dict:
    """The rows added up, with `rate`: what was received in whole per cent of what was to be received, rounded down;
    None where nothing was."""
    summed = {name: sum(row[name] for row in rows) for name in ("bills", *MEASURES)}
    return summed | {"rate": rate(summed)}


def rate(row) -> int | None:
    due = row["billed"] - row["waived"]
    return row["paid"] * 100 // due if due else None


def by_age(today: date) -> list[dict]:
    """What is overdue today by how long, over all years: `age`, `bills`, `overdue`. One query."""
    asked = {}
    for age in AGES:
        asked[f"bills_{age.key}"] = Count("pk", filter=age.condition(today))
        asked[f"overdue_{age.key}"] = Coalesce(Sum(LEFT, filter=age.condition(today)), 0)
    found = _dues().filter(_condition("overdue", today)).aggregate(**asked)
    return [
        {"age": age, "bills": found[f"bills_{age.key}"], "overdue": found[f"overdue_{age.key}"]}
        for age in AGES
    ]


def behind(measure: str, today: date, *, year=None, tier=None, age: Age | None = None):
    """The bills that a sum is made of; of all years and tiers where none is named."""
    found = _dues().filter(_condition(measure, today))
    if year is not None:
        found = found.filter(year=year)
    if tier is not None:
        found = found.filter(tier=tier or None)
    return found.filter(age.condition(today)) if age else found


def sum_of(bills, measure: str) -> int:
    return bills.aggregate(total=Coalesce(Sum(COLUMNS[measure]), 0))["total"]
