"""What the room of fees and bills adds to the world of the access test."""

from datetime import date

from members.choices import RunState
from members.domain import bill_runs, bills, dues_publications, fees
from members.models import BillRun, Organization
from tests.factories.dues import make_standard

DAY = date(2022, 6, 1)


def add(world) -> None:
    """Standards in every state, a bill of either unit, a run that waits and one that stopped, a published year."""
    treasurer = world.people["treasurer"]
    standard = fees.publish(make_standard(2022), by=treasurer)
    for objects in (world.own, world.other):
        unit = Organization.objects.get(pk=objects["unit"])
        objects["bill"] = bills.issue(unit, by=treasurer, year=2022, on=DAY).pk
    stopped = BillRun.objects.create(
        year=2024, standard=standard, bill_on=date(2024, 1, 10), due_on=date(2024, 3, 31), prepared_by=treasurer,
        state=RunState.FAILED,
    )  # fmt: skip
    world.own |= {
        "standard": standard.pk,
        "unpublished": make_standard(2030).pk,
        "draft_standard": make_standard(2031, adopted=False).pk,
        "run": bill_runs.prepare(by=treasurer, year=2023, bill_on=date(2023, 1, 10)).pk,
        "stopped": stopped.pk,
        "publication": dues_publications.publish(by=treasurer, year=2022).pk,
    }
