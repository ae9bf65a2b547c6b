"""Reminders by schedule; primitives in, safe to run twice."""

from association.jobs import job
from members.domain import reminders


@job("members.send_reminders")
def send_reminders():
    reminders.send_due()
