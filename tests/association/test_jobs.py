"""Background work: the row is the truth, whatever happens to the broker or the worker."""

import threading
import time
from datetime import timedelta

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from association import jobs, tasks
from association.choices import JobState
from association.models import Job, Submission
from association.schedule import SCHEDULE
from tests.races import at_once

real_nudge, real_announce = jobs._nudge, jobs.announce


@pytest.fixture
def calls(monkeypatch):
    """What the background function of these tests was called with; it fails as often as `calls.failures` says."""

    class Calls(list):
        failures = 0

        def __call__(self, **arguments):
            self.append(arguments)
            if self.failures:
                self.failures -= 1
                raise ValueError("现在不行")

    found = Calls()
    monkeypatch.setitem(jobs._registry, "test.work", found)
    return found


def make_due(work):
    Job.objects.filter(pk=work.pk).update(run_after=None)


@pytest.mark.django_db
def test_what_is_queued_runs_once_with_its_arguments(calls, run_jobs):
    work = jobs.later("test.work", number=5, text="莱锦")
    assert run_jobs() == 1
    assert run_jobs() == 0
    assert calls == [{"number": 5, "text": "莱锦"}]
    work.refresh_from_db()
    assert (work.state, work.attempts, work.error) == (JobState.DONE, 1, "")
    assert work.finished_at is not None


@pytest.mark.django_db
def test_a_name_that_nobody_registered_is_refused_at_once():
    with pytest.raises(KeyError, match="没有名为"):
        jobs.later("test.unknown")
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_a_key_queues_only_once_even_after_the_work_is_done(calls, run_jobs):
    first = jobs.later("test.work", key="remind:7:2026-11-23")
    assert jobs.later("test.work", key="remind:7:2026-11-23") is None
    run_jobs()
    assert jobs.later("test.work", key="remind:7:2026-11-23") is None
    assert list(Job.objects.values_list("pk", flat=True)) == [first.pk]
    assert len(calls) == 1


@pytest.mark.django_db
def test_calls_without_a_key_are_each_their_own(calls, run_jobs):
    jobs.later("test.work", n=1)
    jobs.later("test.work", n=2)
    run_jobs()
    assert calls == [{"n": 1}, {"n": 2}]


@pytest.mark.django_db
def test_a_transaction_rolled_back_leaves_no_job(calls):
    with transaction.atomic():
        jobs.later("test.work")
        transaction.set_rollback(True)
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_a_job_is_announced_only_after_the_commit(calls, monkeypatch, django_capture_on_commit_callbacks):
    announced = []
    monkeypatch.setattr(jobs, "_nudge", announced.append)
    with django_capture_on_commit_callbacks(execute=True):
        work = jobs.later("test.work")
        assert announced == []
    assert announced == [work.pk]


@pytest.mark.django_db
def test_a_job_waits_for_its_time(calls, run_jobs):
    work = jobs.later("test.work", after=timezone.now() + timedelta(hours=1))
    assert run_jobs() == 0
    assert jobs.run(work.pk) is False
    Job.objects.filter(pk=work.pk).update(run_after=timezone.now() - timedelta(seconds=1))
    assert run_jobs() == 1
    assert calls == [{}]


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_then_succeeds(calls, run_jobs):
    calls.failures = 1
    work = jobs.later("test.work")
    run_jobs()
    work.refresh_from_db()
    assert (work.state, work.attempts, work.error) == (JobState.QUEUED, 1, "ValueError: 现在不行")
    assert work.run_after > timezone.now()
    make_due(work)
    run_jobs()
    work.refresh_from_db()
    assert (work.state, work.attempts, work.error) == (JobState.DONE, 2, "")


@pytest.mark.django_db
def test_the_third_failure_ends_it_and_the_queue_flows_on(calls, run_jobs):
    calls.failures = 3
    work = jobs.later("test.work", n=1)
    for _ in range(3):
        run_jobs()
        Job.objects.filter(state=JobState.QUEUED).update(run_after=None)
    jobs.later("test.work", n=2)
    run_jobs()
    work.refresh_from_db()
    assert (work.state, work.attempts) == (JobState.FAILED, 3)
    assert work.finished_at is not None
    assert calls == [{"n": 1}] * 3 + [{"n": 2}]


@pytest.mark.django_db
def test_a_long_error_is_cut_to_what_the_row_holds(monkeypatch, run_jobs):
    def fail():
        raise ValueError("长" * 2000)

    monkeypatch.setitem(jobs._registry, "test.work", fail)
    work = jobs.later("test.work")
    run_jobs()
    work.refresh_from_db()
    assert len(work.error) == 500


@pytest.mark.django_db
def test_a_job_whose_name_is_gone_fails_instead_of_blocking_the_queue(calls, run_jobs):
    """A deployment may take a function away while calls of it are still queued."""
    Job.objects.create(name="test.removed")
    jobs.later("test.work")
    run_jobs()
    gone = Job.objects.get(name="test.removed")
    assert (gone.state, gone.attempts, gone.error) == (JobState.QUEUED, 1, "KeyError: 'test.removed'")
    assert calls == [{}]


@pytest.mark.django_db
def test_a_lost_worker_gives_its_job_back(calls, run_jobs):
    work = jobs.later("test.work")
    long_ago = timezone.now() - jobs.LOST_AFTER - timedelta(seconds=1)
    Job.objects.filter(pk=work.pk).update(state=JobState.RUNNING, attempts=1, claimed_at=long_ago)
    assert jobs.release_lost_jobs() == 1
    run_jobs()
    work.refresh_from_db()
    assert (work.state, work.attempts) == (JobState.DONE, 2)


@pytest.mark.django_db
def test_a_worker_still_at_work_keeps_its_job(calls):
    work = jobs.later("test.work")
    Job.objects.filter(pk=work.pk).update(state=JobState.RUNNING, attempts=1, claimed_at=timezone.now())
    assert jobs.release_lost_jobs() == 0
    assert jobs.run(work.pk) is False
    assert calls == []


@pytest.mark.django_db
def test_a_job_that_kills_its_worker_three_times_is_ended(calls):
    work = jobs.later("test.work")
    long_ago = timezone.now() - jobs.LOST_AFTER - timedelta(seconds=1)
    Job.objects.filter(pk=work.pk).update(state=JobState.RUNNING, attempts=3, claimed_at=long_ago)
    assert jobs.release_lost_jobs() == 1
    work.refresh_from_db()
    assert (work.state, work.error) == (JobState.FAILED, "工作进程三次中途消失")
    assert jobs.run(work.pk) is False


@pytest.mark.django_db
def test_a_job_taken_back_is_not_finished_by_the_worker_that_lost_it(calls):
    """The slow worker wakes up after its job was failed by the sweep: the verdict stays."""
    work = jobs.later("test.work")
    Job.objects.filter(pk=work.pk).update(state=JobState.FAILED, attempts=3, error="工作进程三次中途消失")
    work.refresh_from_db()
    jobs._finish(work, "")
    work.refresh_from_db()
    assert (work.state, work.error) == (JobState.FAILED, "工作进程三次中途消失")


@pytest.mark.django_db
def test_the_sweep_runs_what_no_nudge_announced_and_frees_what_was_lost(calls):
    jobs.later("test.work", n=1)
    lost = jobs.later("test.work", n=2)
    jobs.later("test.work", n=3, after=timezone.now() + timedelta(hours=1))
    long_ago = timezone.now() - jobs.LOST_AFTER - timedelta(seconds=1)
    Job.objects.filter(pk=lost.pk).update(state=JobState.RUNNING, attempts=1, claimed_at=long_ago)
    tasks.sweep_jobs()
    assert calls == [{"n": 1}, {"n": 2}]


@pytest.mark.django_db
def test_a_recurring_job_becomes_one_row_a_day_under_two_schedulers(calls):
    tasks.enqueue(name="test.work")
    tasks.enqueue(name="test.work")
    assert Job.objects.count() == 1


def test_every_entry_of_the_schedule_names_a_task_and_a_job_that_exist():
    current_app.loader.import_default_modules()
    for entry in SCHEDULE.values():
        assert entry["task"] in current_app.tasks
        if entry["task"] == "association.enqueue":
            assert entry["kwargs"]["name"] in jobs._registry


@pytest.mark.django_db
def test_tidying_removes_old_form_keys_and_old_finished_jobs_only(secretary):
    import uuid  # noqa: PLC0415  (only here)

    now = timezone.now()
    for age in (1, 3):
        sent = Submission.objects.create(user=secretary, key=uuid.uuid4())
        Submission.objects.filter(pk=sent.pk).update(created_at=now - timedelta(days=age))
    for state, age in (("done", 89), ("done", 91), ("failed", 91)):
        Job.objects.create(name="test.work", state=state, finished_at=now - timedelta(days=age))
    tasks.tidy()
    tasks.tidy()
    assert Submission.objects.count() == 1
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "failed"]


# --- real transactions ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_gets_the_job(monkeypatch):
    ran = []

    def work():
        ran.append(threading.get_ident())
        time.sleep(0.2)

    monkeypatch.setitem(jobs._registry, "test.work", work)
    queued = jobs.later("test.work")
    results = at_once(*[lambda: jobs.run(queued.pk)] * 4)
    assert sorted(results) == [False, False, False, True]
    assert len(ran) == 1
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == (JobState.DONE, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_calls_with_one_key_at_once_one_is_queued(calls):
    results = at_once(*[lambda: jobs.later("test.work", key="same")] * 4)
    assert [type(r) for r in results if not isinstance(r, (Job, type(None)))] == []
    assert sum(r is not None for r in results) == 1
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_silent_broker_does_not_hold_up_the_request(calls, monkeypatch):
    """The nudge is sent by a thread of its own; a page returns while the broker keeps its silence."""
    asked, released = threading.Event(), threading.Event()

    def silent(*args, **kwargs):
        asked.set()
        released.wait(10)

    monkeypatch.setattr(jobs, "_nudge", real_nudge)
    monkeypatch.setattr(jobs, "announce", real_announce)
    monkeypatch.setattr(current_app._get_current_object(), "send_task", silent)
    began = time.monotonic()
    for _ in range(3):
        jobs.later("test.work")
    waited = time.monotonic() - began
    assert asked.wait(5)
    released.set()
    assert waited < 2
    assert Job.objects.filter(state=JobState.QUEUED).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_refused_broker_leaves_the_row_for_the_sweep(calls, monkeypatch):
    asked = threading.Event()

    def refuse(*args, **kwargs):
        asked.set()
        raise ConnectionRefusedError

    monkeypatch.setattr(jobs, "_nudge", real_nudge)
    monkeypatch.setattr(jobs, "announce", real_announce)
    monkeypatch.setattr(current_app._get_current_object(), "send_task", refuse)
    jobs.later("test.work")
    assert asked.wait(5)
    tasks.sweep_jobs()
    assert calls == [{}]
