"""Petitions, departments and liaisons for tests."""

from datetime import timedelta

from events.domain import departments, petition_handovers, petition_watch, petitions
from events.models import Handover, Petition

TEXT = {"kind": "help", "topic": "smart", "title": "充电桩扩容", "text": "园区用电容量不够。"}


def make_department(name="演示部门甲", *, by=None, **fields):
    return departments.add_department(by=by, name=name, level="city", **fields)


def make_liaison(department, *, by=None, name="郑联办", email="liaison@test.cn"):
    """The account of a liaison of the department."""
    return departments.open_liaison(department, by=by, name=name, email=email).user


def make_petition(
    unit, *, by, stand="submitted", keeper=None, general=None, department=None, **fields
) -> Petition:
    """A petition of the unit that has come as far as `stand`: submitted, asked, accepted, handed, working, answered,
    followed. `keeper` takes the secretariat's steps, `general` hands it over."""
    given = TEXT | {"hides_member": False, "shares_contact": False} | fields
    petition = petitions.submit(unit, by=by, **given)
    if stand == "submitted":
        return petition
    if stand == "asked":
        return petitions.ask(petition, by=keeper, text="请补充")
    petition = petitions.accept(petition, by=keeper)
    if stand == "accepted":
        return petition
    told = {"title": "充电桩扩容", "text": "用电容量不够。"}
    petition = petition_handovers.hand_over(petition, by=general, department=department, **told)
    if stand == "handed":
        return petition
    petition = petition_handovers.sign(petition, by=keeper)
    if stand == "working":
        return petition
    petition = petition_handovers.reply(
        petition, by=keeper, text="已列入计划。", letter_on=petition_day(petition)
    )
    if stand == "answered":
        return petition
    later(petition, days=8)
    petition_watch.watch()
    return fresh(petition)


def petition_day(petition):
    return petition.submitted_at.astimezone().date()


def fresh(petition) -> Petition:
    return Petition.objects.get(pk=petition.pk)


def later(petition, *, days: int) -> None:
    """Let the last day of the present step, and of the letter, have been so many days earlier."""
    moved = timedelta(days=days)
    found = fresh(petition)
    if found.due_on:
        Petition.objects.filter(pk=found.pk).update(due_on=found.due_on - moved)
    if found.handover_id:
        handover = Handover.objects.get(pk=found.handover_id)
        Handover.objects.filter(pk=handover.pk).update(due_on=handover.due_on - moved)
