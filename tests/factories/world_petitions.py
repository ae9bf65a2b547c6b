"""What the room of petitions adds to the world of the access test: a liaison, and a petition of each unit in every state
that an address asks for. The members asked to be hidden, so that no word of them may reach the department."""

from association.models import User
from events.domain import departments, petition_merging
from events.models import Petition
from members.models import Organization
from tests.factories.petitions import make_petition

STANDS = ("submitted", "asked", "accepted", "handed", "working", "answered", "followed")


def add(world) -> None:
    keeper, general = world.people["secretary"], world.people["secretary_general"]
    department = departments.add_department(by=keeper, name="演示部门甲", level="city")
    duty = departments.open_liaison(department, by=keeper, name="郑联办", email="liaison@test.cn")
    world.people["liaison"] = User.objects.get(pk=duty.user_id)
    other_duty = departments.open_liaison(department, by=keeper, name="王联办", email="liaison2@test.cn")
    for side in (world.own, world.other):
        side.update(_petitions(side, department, keeper, general) | {"department": department.pk})
    _join(world)
    world.own |= {
        "department_version": department.version,
        "liaison_duty": other_duty.pk,
        "free_department": departments.add_department(by=keeper, name="演示部门乙", level="district").pk,
    }


def _petitions(side, department, keeper, general) -> dict:
    unit = Organization.objects.get(pk=side["unit"])
    words = {"title": f"{unit.name}的难处", "text": f"{unit.name}希望解决。", "hides_member": True}
    by = {"by": keeper, "keeper": keeper, "general": general, "department": department}
    return {f"{stand}_petition": make_petition(unit, stand=stand, **words, **by).pk for stand in STANDS}


def _join(world) -> None:
    """The petition of `own` that is to be taken apart again follows one of `other`; each side has one of the other's
    into which its own may go."""
    keeper, unit = world.people["secretary"], Organization.objects.get(pk=world.own["unit"])
    one = make_petition(unit, by=keeper, keeper=keeper, stand="accepted", hides_member=True)
    lead = Petition.objects.get(pk=world.other["handed_petition"])
    world.own["following_petition"] = petition_merging.join(one, lead, by=keeper).pk
    world.own["lead_petition"] = world.other["handed_petition"]
    world.other["lead_petition"] = world.own["handed_petition"]
