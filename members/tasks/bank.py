"""Background functions of the bank lists; safe to run twice."""

from association.jobs import job
from members.domain import bank_lists, bank_matching


@job(bank_lists.READ_JOB)
def read_bank_statement(*, statement_id):
    bank_lists.read(statement_id)


@job(bank_matching.MATCH_JOB)
def match_bank_lines():
    bank_matching.match_open_lines()
