"""Cases of leaving in the world of the access test: one of each side's unit, and one for each step on units that nobody
of the cast serves."""

from datetime import timedelta

from django.utils.timezone import localdate, now

from members.domain import cases, hearings
from members.models import Bill, CaseStep, ExitCase, Organization, Suspension
from tests.factories import make_organization


def add_cases(world) -> None:
    """Put them into `world`; `letter` is the printed step of a side's own case."""
    for side, keeper in (("own", "secretary"), ("other", "secretary_general")):
        objects = getattr(world, side)
        unit, by = Organization.objects.get(pk=objects["unit"]), world.people[keeper]
        words = unit.english_name
        case = hearings.hear(cases.file_expulsion(unit, by=by, reason=words), by=by, text=words)
        objects |= {
            "case": case.pk,
            "letter": case.steps.get(kind="notified").pk,
            "today": localdate().isoformat(),
        }
        objects |= {"leaver": make_organization(f"演示待办公司{side}", people=False).pk}
    world.own |= _on_the_way(world.people["secretary"])


def _case(number, kind, state, by, *, left=False, **fields) -> ExitCase:
    today = localdate()
    unit = make_organization(f"演示退会公司{number}", people=False, left=today if left else None)
    if left:
        fields |= {"left_on": today, "decided_on": today, "basis": "决议", "present": 2, "in_favour": 2}
    case = ExitCase.objects.create(
        number=f"TH-2022-{number:04d}",
        organization=unit,
        kind=kind,
        state=state,
        reason="测试",
        filed_by=by,
        **fields,
    )
    for step in ["filed", *["urged"] * fields.get("urged", 0), *(["decided"] if left else [])]:
        CaseStep.objects.create(case=case, kind=step, by=by, at=now())
    return case


def _on_the_way(by) -> dict:
    past = localdate() - timedelta(days=1)
    found = {
        "filed_case": _case(1, "withdrawal", "filed", None),
        "arrears_case": _case(2, "deemed", "filed", None),
        "ripe_case": _case(3, "deemed", "urging", None, urged=3, due_on=past),
        "published_case": _case(4, "deemed", "published", None, due_on=localdate() + timedelta(days=9)),
        "unheard_case": _case(5, "expulsion", "filed", by),
        "council_case": _case(6, "expulsion", "council", by),
        "expelled_case": _case(7, "expulsion", "done", by, left=True),
        "appealed_case": _case(8, "expulsion", "appealed", by, left=True),
        "vacant_case": _case(9, "withdrawal", "done", None, left=True, ended_posts=[{"grade": 20}]),
    }
    CaseStep.objects.create(case=found["appealed_case"], kind="appealed", by=by, at=now())
    _owe(found["arrears_case"].organization)
    suspended = make_organization("演示暂停公司", people=False)
    suspension = Suspension.objects.create(organization=suspended, since=past, reason="测试", basis="决议")
    return {name: case.pk for name, case in found.items()} | {"suspension": suspension.pk}


def _owe(unit):
    Bill.objects.create(
        organization=unit, year=2022, number="HF-2022-900001", amount=500_000, payer_name=unit.name,
        issued_on=localdate() - timedelta(days=500), due_on=localdate() - timedelta(days=400),
    )  # fmt: skip
