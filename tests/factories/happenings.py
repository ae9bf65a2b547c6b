"""Series and events for tests."""

from datetime import timedelta

from django.utils.timezone import localtime, now

from events.domain import events, registrations, series
from events.models import EventHost


def make_series(name="文科汇", *, by=None, **fields):
    return series.add_series(by=by, name=name, **fields)


def make_event(
    in_series, *, by=None, stand="planned", days=10, hours=2, submitter=None, approver=None, **fields
):
    """An event that begins `days` from now. `stand`: planned, submitted or published."""
    starts_at = localtime(now()).replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    given = {"topic": "园区与数字技术", "mode": "online", "starts_at": starts_at} | fields
    given.setdefault("ends_at", given["starts_at"] + timedelta(hours=hours))
    event = events.plan(in_series, by=by, **given)
    EventHost.objects.get_or_create(event=event, role="organizer", name="演示协会")
    if stand in ("submitted", "published"):
        event = events.submit(event, by=submitter)
    if stand == "published":
        event = events.approve(event, by=approver, version=event.version)
    return event


def open_registration(event, **terms):
    """Let the published event take registrations from yesterday until it begins."""
    fields = {
        "registration_opens_at": now() - timedelta(days=1),
        "registration_closes_at": event.starts_at,
    } | terms
    for name, value in fields.items():
        setattr(event, name, value)
    event.save(update_fields=[*fields])
    return event


def make_registration(event, *, by=None, number=1, **person):
    """One of the public registered by the staff, unless told otherwise; `number` makes person and mobile number."""
    given = {
        "source": "staff", "mode": event.modes[0], "full_name": f"参加人{number}", "mobile": f"1990001{number:04d}",
        "unit_name": f"演示来宾单位{number}",
    } | person  # fmt: skip
    return registrations.register(event, by=by, **given)
