"""Bank lists for the access test: one to claim from, one whose columns wait, one that a worker gave up on."""

from datetime import date

from association.models import Job
from members.choices import LineState, StatementState
from members.domain import bank_lists
from members.models import BankLine, BankStatement, Organization
from tests.factories.bank import OWED, make_bill


def bank_objects(words, unit, keeper) -> dict:
    """A bill of the unit that the keeper issued, and lists that speak of it."""
    bill = make_bill(Organization.objects.get(pk=unit.pk), by=keeper, year=2019)
    ready = _list(words, keeper, StatementState.READY, line_count=2)
    line = _line(words, ready, 1, suggested=bill, score=100, why=["户名相同"])
    facts = {
        "state": LineState.IGNORED,
        "settled_by": keeper,
        "settled_at": ready.uploaded_at,
        "reason": words.open,
    }
    aside = _line(words, ready, 2, **facts)
    waiting = _list(
        words,
        keeper,
        StatementState.MAPPING,
        head=[[1, "甲", "乙", "丙"], [2, "2023-01-05", "1", words.open]],
    )
    stuck = _list(words, keeper, StatementState.READING)
    Job.objects.create(name=bank_lists.READ_JOB, key=f"{bank_lists.READ_JOB}:{stuck.pk}:1", state="failed")
    return {
        "bank_list": ready.pk, "bank_waiting": waiting.pk, "bank_stuck": stuck.pk, "bank_line": line.pk, "bank_aside": aside.pk,
        "bank_bill": bill.pk, "bank_amount": OWED,
    }  # fmt: skip


def _list(words, keeper, state, **fields):
    return BankStatement.objects.create(
        filename=f"{words.open}.csv", uploaded_by=keeper, state=state, **fields
    )


def _line(words, statement, number, **fields):
    return BankLine.objects.create(
        statement=statement, number=number, booked_on=date(2023, 1, 5), amount=OWED, payer_name=words.open,
        payer_account=words.bank, summary=words.open, fingerprint=f"{words.open}{number}", **fields,
    )  # fmt: skip
