"""The Celery application: settings from Django, recurring jobs from `association.schedule`."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")
app = Celery("association")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.on_after_configure.connect
def _schedule(sender, **kwargs):
    from association.schedule import SCHEDULE  # noqa: PLC0415  (settings are ready only now)

    sender.conf.beat_schedule = SCHEDULE


@setup_logging.connect
def _keep_django_logging(**kwargs):
    """Celery must not replace the structured logging set up by Django."""


@worker_process_init.connect
def _own_connections(**kwargs):
    from django.db import connections  # noqa: PLC0415  (only in a worker child)

    connections.close_all()
