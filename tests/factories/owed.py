"""Bills as they lie there after being issued, for rooms that only read them."""

from datetime import date, timedelta

from members.models import Bill, FeeStandard
from tests.factories.dues import make_standard


def owed(organization, *, due_on, tier=4, year=None, amount=None, issued_on=None, **fields) -> Bill:
    """A bill of the unit by the tier at that position; issued fifty days before it is due."""
    year = year or due_on.year
    standard = FeeStandard.objects.filter(first_year__lte=year).order_by("-first_year").first()
    standard = standard or make_standard(2022)
    tier = standard.tiers.get(position=tier) if tier else None
    return Bill.objects.create(
        organization=organization, year=year, number=f"HF-{year}-{Bill.objects.count() + 1:06d}",
        standard=standard, tier=tier, amount=amount or (tier.amount if tier else 500_000), due_on=due_on,
        payer_name=organization.name, issued_on=issued_on or due_on - timedelta(days=50), **fields,
    )  # fmt: skip


def day(text) -> date:
    return date.fromisoformat(text)
