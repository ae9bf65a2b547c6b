"""Background functions about people's own data; primitives in, safe to run twice."""

from association.jobs import job
from members import erasure_journal
from members.domain import erasures, person_requests


@job(person_requests.COPY_JOB)
def make_copy(*, request_id):
    person_requests.make_copy(request_id)


@job("members.tidy_person_requests")
def tidy_person_requests():
    """Copies past their time, requests past theirs, and the journal of erasures once more, should it lack one."""
    person_requests.tidy()
    erasure_journal.add(erasures.known())
