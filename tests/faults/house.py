"""The product's worker with a few background functions of the tests' own (`celery -A tests.faults.house worker`)."""

import os
import signal
import time
from datetime import timedelta

import django

from association.celery import app as app

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from association import jobs  # noqa: E402
from association.columns import ColumnSet  # noqa: E402
from association.domain import sending  # noqa: E402
from members.domain import bill_runs, reminders  # noqa: E402
from members.exchange import export  # noqa: E402

_cells, _write, _send = ColumnSet.cells, bill_runs._write, reminders._send


def arrange() -> None:
    """What a scenario wants otherwise than the others, from the environment; everything is imported already.

    Each pause has a name of its own: the slow functions look it up when they are called.
    """
    jobs.LOST_AFTER = timedelta(seconds=int(os.environ.get("JOB_LOST_AFTER", settings.JOB_LOST_AFTER)))
    # A claim must end long before it counts as lost, here after seconds; on a busy machine twenty letters may not.
    sending.BATCH = 4
    settings.OUTBOX_SENDERS = int(os.environ.get("OUTBOX_SENDERS", settings.OUTBOX_SENDERS))
    if for_cells := float(os.environ.get("FAULT_SLOW_EXPORT", "0")):
        # An export of a few units then takes as long as one of very many.
        settings.EXPORT_INLINE_ROWS, export.CHUNK = 1, 3

        def slow_cells(self, *args, **kwargs):
            time.sleep(for_cells)
            return _cells(self, *args, **kwargs)

        ColumnSet.cells = slow_cells
    if for_bills := float(os.environ.get("FAULT_SLOW_BILLS", "0")):
        # A run over a few units then takes as many steps and as long as one over very many.
        bill_runs.CHUNK = 3

        def slow_write(run, pks):
            time.sleep(for_bills)
            return _write(run, pks)

        bill_runs._write = slow_write
    if for_letters := float(os.environ.get("FAULT_SLOW_REMINDERS", "0")):
        reminders.CHUNK = 3

        def slow_send(pks, today):
            time.sleep(for_letters)
            return _send(pks, today)

        reminders._send = slow_send


def note(name):
    """Leave a row: this was done, by this process."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_effect (name, pid) VALUES (%s, %s)", [name, os.getpid()])


@jobs.job("faults.work")
def work(*, what, seconds=0.0):
    """Says when it begins, takes its time, has its effect."""
    note(f"begin {what}")
    time.sleep(seconds)
    note(what)


@jobs.job("faults.poison")
def poison(*, what):
    """Kills the process it runs in, each time."""
    note(f"begin {what}")
    os.kill(os.getpid(), signal.SIGKILL)
