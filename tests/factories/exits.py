"""Cases of leaving for tests, made by the product's own verbs; time passes by moving their days back."""

from datetime import timedelta

from django.utils.timezone import localdate

from members.domain import case_decisions, cases, hearings
from members.models import Bill, CaseStep, ExitCase
from tests.factories.attachments import upload
from tests.factories.dues import make_standard


def today():
    return localdate()


def days(number: int):
    return localdate() + timedelta(days=number)


def fresh(case) -> ExitCase:
    return ExitCase.objects.select_related("organization", "filed_by").get(pk=case.pk)


def wait(case, number: int) -> ExitCase:
    """Let so many days pass for a case: everything about it lies that much further back."""
    back = timedelta(days=number)
    case = fresh(case)
    ExitCase.objects.filter(pk=case.pk).update(
        due_on=case.due_on and case.due_on - back, filed_at=case.filed_at - back
    )
    for step in case.steps.all():
        until = step.until and step.until - back
        CaseStep.objects.filter(pk=step.pk).update(at=step.at - back, until=until)
    return fresh(case)


def make_bill(unit, *, year=2023, months=13, standard=None, amount=500_000) -> Bill:
    """Dues of a year that should have been paid so many months ago."""
    from members.models import FeeStandard  # noqa: PLC0415

    standard = standard or FeeStandard.objects.first() or make_standard()
    due_on = cases.months_before(localdate(), months)
    return Bill.objects.create(
        organization=unit, year=year, number=f"HF-{year}-{unit.pk:06d}", standard=standard, grade=90, amount=amount,
        payer_name=unit.name, issued_on=due_on - timedelta(days=60), due_on=due_on,
    )  # fmt: skip


def withdrawal(unit, by, *, wanted=30, **fields) -> ExitCase:
    data = {"reason": "业务调整", "wanted_on": days(wanted), "letter": upload()} | fields
    return cases.ask_to_leave(unit, by=by, **data)


def deemed(unit, **bill) -> ExitCase:
    """The case that the daily job opens for a unit whose dues are long overdue."""
    make_bill(unit, **bill)
    cases.find_arrears()
    return unit.exit_cases.get()


def urged(case, by, *, times=3) -> ExitCase:
    for number in range(fresh(case).urged + 1, times + 1):
        case = wait(hearings.urge(case, by=by, text=f"第{number}次催告正文", number=number), 30)
    return case


def published(case, by) -> ExitCase:
    return fresh(hearings.publish(urged(case, by), by=by, text="公示正文"))


def expulsion(unit, by, **fields) -> ExitCase:
    return cases.file_expulsion(unit, by=by, reason=fields.pop("reason", "严重违反章程"), **fields)


def heard(case, by) -> ExitCase:
    """Told of its right, and the fifteen days over."""
    return wait(hearings.hear(case, by=by, text="告知正文"), 16)


def decided(case, by, *, present=20, in_favour=14, **fields) -> ExitCase:
    data = {"decided_on": today(), "basis": "理事会决议5号", "left_on": today()} | fields
    return case_decisions.decide(case, by=by, present=present, in_favour=in_favour, **data)


def expelled(unit, by, decider, **fields) -> ExitCase:
    case = cases.to_council(heard(expulsion(unit, by), by), by=by)
    return decided(case, decider, **fields)
