"""Background functions of membership certificates; primitives in, safe to run twice."""

from association.jobs import job
from members.certificates import files
from members.domain import certificates


@job(certificates.JOB)
def issue_certificates(*, by_id, reason, total):
    certificates.run(by_id=by_id, reason=reason)


@job("members.certificates_daily")
def certificates_daily():
    certificates.keep_true()
    files.sweep()
