"""A bill of each unit that fell due yesterday, and the reminder of it that went out today."""

from datetime import timedelta

from django.utils.timezone import localdate

from members.domain import reminders
from members.models import Bill


def remind(units) -> None:
    """`units` are the keys of the units; the year is one for which no other room makes bills."""
    yesterday = localdate() - timedelta(days=1)
    for number, unit in enumerate(units, 1):
        Bill.objects.create(
            organization_id=unit, year=2017, number=f"HF-2017-{number:06d}", amount=500_000, payer_name="某单位",
            issued_on=yesterday - timedelta(days=40), due_on=yesterday,
        )  # fmt: skip
    reminders.send_due()
