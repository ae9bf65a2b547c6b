"""The Celery tasks of the ground floor: run a job, sweep for jobs that nobody announced, tidy up."""

import time
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from association import jobs
from association.choices import JobState
from association.domain import attachments, exports, imports, outbox, sending
from association.gateways import files
from association.models import Job, Submission

SWEEP_LASTS = 30  # seconds after which a sweep begins no further job


@shared_task(name="association.run_job")
def run_job(*, job_id):
    jobs.run(job_id)


# A job that is begun in the last second of a sweep has the time that any other job has.
@shared_task(name="association.sweep_jobs", soft_time_limit=600, time_limit=630)
def sweep_jobs():
    """Run what no nudge announced and take back what a dead worker held; the next sweep goes on with the rest."""
    jobs.release_lost_jobs()
    end = time.monotonic() + SWEEP_LASTS
    for job_id in jobs.due_jobs():
        jobs.run(job_id)
        if time.monotonic() > end:
            break


@shared_task(name="association.send_deliveries")
def send_deliveries():
    """Send what is due for a while, and ask for another run while more is due."""
    if sending.run():
        jobs.announce("association.send_deliveries")


@shared_task(name="association.sweep_deliveries")
def sweep_deliveries():
    """Send what no nudge announced and take back what a dead worker held."""
    sending.recover_lost()
    sending.drop_stale_codes()
    send_deliveries()


@shared_task(name="association.enqueue")
def enqueue(*, name, **arguments):
    """A recurring job becomes a row once a day, whichever of two schedulers comes first."""
    jobs.later(name, key=f"{name}:{timezone.localdate():%Y%m%d}", **arguments)


@jobs.job("association.redraw_picture")
def redraw_picture(*, attachment_id):
    attachments.redraw(attachment_id)


@jobs.job("association.sweep_attachments")
def sweep_attachments():
    attachments.sweep()


@jobs.job("association.tidy")
def tidy():
    """Remove form keys older than two days, finished jobs older than ninety, exported files older than seven, and the
    texts of letters older than 180."""
    now = timezone.now()
    Submission.objects.filter(created_at__lt=now - timedelta(days=2)).delete()
    Job.objects.filter(state=JobState.DONE, finished_at__lt=now - timedelta(days=90)).delete()
    imports.remove_old_files(now - timedelta(days=90))
    exports.expire()
    outbox.tidy(now)
    files.prune()
