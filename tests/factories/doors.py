"""Events at whose door people stand, for tests."""

from datetime import timedelta

from django.utils.timezone import now

from events.domain import doors
from tests.factories.happenings import make_event, make_registration, make_series, open_registration


def make_running(secretary, general, *, series=None, since=30, until=90, **fields):
    """A published event of both modes that began `since` minutes ago and ends in `until`."""
    made = make_event(
        series or make_series(by=secretary), by=secretary, stand="published", submitter=secretary, approver=general,
        audience="public", mode="hybrid", venue="演示会议室", **fields,
    )  # fmt: skip
    return running(made, since=since, until=until)


def running(event, *, since=30, until=90):
    """The event moved so that it began `since` minutes ago and ends in `until`; negative ones lie on the other side."""
    moment = now()
    opens = {"registration_opens_at": moment - timedelta(days=30)}
    starts, ends = moment - timedelta(minutes=since), moment + timedelta(minutes=until)
    return open_registration(event, starts_at=starts, ends_at=ends, registration_closes_at=ends, **opens)


def expected(event, number=1, **person):
    """Somebody with a seat on site."""
    return make_registration(event, number=number, **{"mode": "onsite"} | person)


def scan(registration, *, nonce="", minutes=0, short=False):
    """A scan of the person's code, so many minutes ago."""
    value = registration.short_code if short else registration.code
    return doors.Scan(nonce or f"n{registration.pk}", value, now() - timedelta(minutes=minutes))
