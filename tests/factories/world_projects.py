"""What the room of projects and deals adds to the world of the access test."""

from datetime import date

from django.utils.timezone import localdate

from events.domain import projects, reviews
from events.models import Event
from members.models import Organization
from tests.factories.deals import landed, make_deal
from tests.factories.projects import make_project

SIGNED_ON = date(2022, 1, 1)


def add(world) -> None:
    """A deal and a project of either unit, and one of each in the state that an address asks for."""
    secretary = world.people["secretary"]
    event = Event.objects.get(pk=world.own["event"])
    for side in (world.own, world.other):
        unit = Organization.objects.get(pk=side["unit"])
        parties = [{"role": "first", "name": unit.name}, {"role": "second", "name": "演示合作方"}]
        made = {"by": secretary, "parties": parties, "signed_on": SIGNED_ON}
        side["deal"] = make_deal(evidence=False, **made).pk
        side["project"] = make_project(
            by=secretary, unit_name=unit.name, event=event, name="演示本单位项目"
        ).pk
    screened = make_project(by=secretary, event=event, name="演示初筛项目")
    projects.begin_screening(screened, by=secretary)
    review = reviews.ask(screened, by=secretary, people=[world.people["treasurer"]])[0]
    world.own |= {
        "signed_deal": make_deal(by=secretary, signed_on=SIGNED_ON, evidence=False).pk,
        "proven_deal": make_deal(by=secretary, signed_on=SIGNED_ON).pk,
        "landed_deal": landed(make_deal(by=secretary), by=secretary).pk,
        "screened": screened.pk,
        "review": review.pk,
        "reviewer": world.people.get("auditor", world.people["secretary_general"]).pk,
        "today": localdate().isoformat(),
    }
