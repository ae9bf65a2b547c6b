"""Background work: `later()` writes a row in the transaction of the change; a worker runs it afterwards.

The row is the truth. A nudge through the broker after commit only makes it quick: it is sent by a thread of its
own with short timeouts, so that a silent broker never holds up a page, and a sweep every few seconds runs what no
nudge announced. A job is claimed by a conditional update, so it runs once at a time, and at most three times.
"""

import contextlib
import queue
import threading
from datetime import timedelta

import structlog
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from association import stamps
from association.choices import JobState
from association.models.job import Job

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
# A running job whose worker is gone is taken up again after this long; longer than any task may run.
LOST_AFTER = timedelta(seconds=settings.JOB_LOST_AFTER)

_registry = {}
_nudges = queue.SimpleQueue()
_nudger_lock = threading.Lock()
_nudger = None


def job(name: str):
    """Register a background function under `name`; it takes keyword arguments of primitive types only."""

    def register(function):
        _registry[name] = function
        return function

    return register


def later(name: str, *, key: str = "", after=None, **arguments) -> Job | None:
    """Queue the background function `name` in the current transaction.

    `key` makes the call unique: a second call with the same key queues nothing and gives None.
    `after` is the earliest moment. Raises KeyError for a name that nobody registered.
    """
    if name not in _registry:
        raise KeyError(f"没有名为 {name} 的后台任务")
    try:
        with transaction.atomic():
            queued = Job.objects.create(name=name, arguments=arguments, key=key, run_after=after)
    except IntegrityError:
        if not key:
            raise
        return None
    transaction.on_commit(lambda: _nudge(queued.pk), robust=True)
    return queued


def _nudge(job_id):
    announce("association.run_job", job_id=job_id)


def announce(task: str, **arguments):
    """Ask the broker for a run of `task` soon, from a thread of its own. It may get lost: a sweep comes anyway."""
    global _nudger
    _nudges.put((task, tuple(arguments.items())))
    with _nudger_lock:
        if _nudger is None or not _nudger.is_alive():
            _nudger = threading.Thread(target=_send_nudges, daemon=True, name="nudger")
            _nudger.start()


def _send_nudges():
    while True:
        waiting = dict.fromkeys([_nudges.get()])
        # What was asked for many times meanwhile is asked for once.
        while not _nudges.empty():
            waiting[_nudges.get()] = None
        for task, arguments in waiting:
            try:
                current_app.send_task(task, kwargs=dict(arguments), retry=False)
            except Exception as error:
                # The sweep will find the row; here only a sign that the broker is away.
                log.warning("job.nudge_failed", task=task, error=type(error).__name__)
                _forget_nudges()
                break


def _forget_nudges():
    """Behind a silent broker each nudge waits for its timeout: the newest must not wait for hundreds of old ones."""
    with contextlib.suppress(queue.Empty):
        while True:
            _nudges.get_nowait()


def _claim(job_id) -> bool:
    now = timezone.now()
    return (
        Job.objects.filter(
            Q(run_after__isnull=True) | Q(run_after__lte=now), pk=job_id, state=JobState.QUEUED
        ).update(state=JobState.RUNNING, claimed_at=now, attempts=F("attempts") + 1)
        == 1
    )


def run(job_id) -> bool:
    """Claim and run one job; gives whether it was run here. A failure queues it again, the third one ends it."""
    if not _claim(job_id):
        return False
    work = Job.objects.get(pk=job_id)
    try:
        _registry[work.name](**work.arguments)
    except Exception as error:
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        log.exception("job.failed", job=work.name, job_id=work.pk, attempt=work.attempts)
        _finish(work, f"{type(error).__name__}: {error}"[:500])
    else:
        _finish(work, "")
    return True


def _finish(work, error):
    if not error:
        state = JobState.DONE
    elif work.attempts >= MAX_ATTEMPTS:
        state = JobState.FAILED
    else:
        state = JobState.QUEUED
    pause = (
        timezone.now() + timedelta(seconds=10 * work.attempts) if state == JobState.QUEUED else work.run_after
    )
    # The attempt is the fence: who was given up for lost must not end the work of its successor.
    Job.objects.filter(pk=work.pk, state=JobState.RUNNING, attempts=work.attempts).update(
        state=state,
        error=error,
        run_after=pause,
        finished_at=timezone.now() if state != JobState.QUEUED else None,
    )
    stamps.bump_after_commit()


def release_lost_jobs() -> int:
    """Jobs whose worker vanished are queued again, or failed after the third attempt; gives how many."""
    lost = Job.objects.filter(state=JobState.RUNNING, claimed_at__lt=timezone.now() - LOST_AFTER)
    failed = lost.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED, error="工作进程三次中途消失", finished_at=timezone.now()
    )
    return failed + lost.update(state=JobState.QUEUED)


def due_jobs(limit: int = 200) -> list[int]:
    """Primary keys of queued jobs that may run now, oldest first."""
    now = timezone.now()
    due = Job.objects.filter(Q(run_after__isnull=True) | Q(run_after__lte=now), state=JobState.QUEUED)
    return list(due.order_by("pk").values_list("pk", flat=True)[:limit])


def run_queued_jobs() -> int:
    """Run everything that is due, in this process, until nothing is left; gives how many ran (for tests)."""
    count = 0
    while due := due_jobs():
        count += sum(run(pk) for pk in due)
    return count
