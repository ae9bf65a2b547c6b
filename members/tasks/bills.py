"""Background functions of fees and bills; primitives in, safe to run twice."""

from association.jobs import job
from members.domain import bill_runs


@job(bill_runs.JOB)
def issue_bills(*, run_id):
    bill_runs.issue(run_id)
