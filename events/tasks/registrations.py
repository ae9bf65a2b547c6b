"""Seats and reminders by schedule; primitives in, safe to run twice."""

from association.jobs import job
from events.domain import feedback, registration_reminders, registrations
from events.models import Registration


@job("events.settle_seats")
def settle_seats():
    """Events where an offer ran out, each in a transaction of its own."""
    for event in Registration.events_with_overdue_offers():
        registrations.settle_seats(event)


@job("events.remind_tomorrow")
def remind_tomorrow():
    registration_reminders.remind_tomorrow()


@job("events.ask_for_feedback")
def ask_for_feedback():
    feedback.ask_yesterdays()
