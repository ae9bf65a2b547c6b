"""Fee standards and bills for tests."""

from datetime import date

from members.choices import Grade
from members.models import FeeStandard, FeeTier

# 分: president 50,000 元 … member 5,000 元.
TIERS = (
    ("会长单位", 5_000_000, [Grade.PRESIDENT]),
    ("副会长与监事单位", 3_000_000, [Grade.VICE_PRESIDENT, Grade.SUPERVISOR]),
    ("常务理事与理事单位", 1_000_000, [Grade.STANDING_COUNCIL, Grade.COUNCIL]),
    ("会员单位", 500_000, [Grade.MEMBER]),
)


def make_standard(first_year=2022, *, adopted=True, **fields) -> FeeStandard:
    """A standard of four tiers as the assembly adopted it, in force from `first_year` on."""
    if adopted:
        fields = {
            "adopted_on": date(first_year, 1, 26), "basis": "会员大会决议", "eligible": 86, "present": 70,
            "in_favour": 60,
        } | fields  # fmt: skip
    standard = FeeStandard.objects.create(name=f"{first_year}年会费标准", first_year=first_year, **fields)
    for position, (name, amount, grades) in enumerate(TIERS, 1):
        FeeTier.objects.create(standard=standard, position=position, name=name, amount=amount, grades=grades)
    return standard
