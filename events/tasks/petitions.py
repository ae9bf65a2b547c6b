"""Petitions by schedule; safe to run twice."""

from association.jobs import job
from events.domain import petition_watch


@job("events.watch_petitions")
def watch_petitions():
    petition_watch.watch()
