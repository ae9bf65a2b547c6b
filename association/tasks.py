"""The Celery tasks of the ground floor: run a job, sweep for jobs that nobody announced, tidy up."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from association import jobs
from association.choices import JobState
from association.domain import attachments, exports, imports
from association.models import Job, Submission


@shared_task(name="association.run_job")
def run_job(*, job_id):
    jobs.run(job_id)


@shared_task(name="association.sweep_jobs")
def sweep_jobs():
    """Run what no nudge announced and take back what a dead worker held."""
    jobs.release_lost_jobs()
    for job_id in jobs.due_jobs():
        jobs.run(job_id)


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
    """Remove form keys older than two days, finished jobs older than ninety and exported files older than seven."""
    now = timezone.now()
    Submission.objects.filter(created_at__lt=now - timedelta(days=2)).delete()
    Job.objects.filter(state=JobState.DONE, finished_at__lt=now - timedelta(days=90)).delete()
    imports.remove_old_files(now - timedelta(days=90))
    exports.expire()
