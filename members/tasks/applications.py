"""Background functions of joining; primitives in, safe to run twice."""

from association.jobs import job
from members.domain import application_deadlines, drafts


@job("members.look_at_applications")
def look_at_applications():
    application_deadlines.run_daily()
    drafts.discard_old()
