"""What a unit owes: the standard of a year, the tier of a grade, and what follows from the day of joining."""

from dataclasses import dataclass
from datetime import date

from association.errors import Refused
from members.choices import Grade, Proration
from members.models import FeeStandard, FeeTier


@dataclass(frozen=True)
class Charge:
    """What is owed for a year: `amount` in 分, and in words how it came about."""

    standard: FeeStandard
    tier: FeeTier
    grade: int
    amount: int
    rule: str


def standard_for(year: int) -> FeeStandard:
    """The adopted standard in force in `year`. Raises Refused when the assembly has adopted none (domain 10.3)."""
    standard = FeeStandard.objects.for_year(year)
    if standard is None:
        raise Refused(f"{year}年度还没有会员大会通过的会费标准，不能出账。")
    return standard


def charge(standard, tiers, *, grade: int, year: int, joined_on: date | None = None) -> Charge:
    """What a unit of `grade` owes for `year`; `joined_on` matters when it joins in that very year.

    `tiers` are the standard's tiers. Halves are whole 分, rounded up in nobody's favour: an odd 分 is dropped. Raises
    Refused when no tier is for the grade.
    """
    tier = next((t for t in tiers if grade in t.grades), None)
    if tier is None:
        raise Refused(f"“{standard}”没有{Grade(grade).label}的档次，不能出账。")
    amount, share = tier.amount, "全年"
    joins_late = joined_on is not None and joined_on.year == year and joined_on.month >= 7
    if standard.proration == Proration.HALF and joins_late:
        amount, share = tier.amount // 2, "下半年入会减半"
    return Charge(standard, tier, grade, amount, f"{standard} · {tier} · {share}")
