"""Telling people of their registration: in their inbox where they have an account, else by letter or text message; and
whoever filed it for them as well."""

from django.urls import reverse
from django.utils.timezone import localtime

from association.domain.notices import Outsider, Telling, notify_each
from association.formats import chinese_date
from events.choices import Mode

MINE = "activities:mine"


def moment_in_words(moment) -> str:
    """2022年3月1日 14:00."""
    local = localtime(moment)
    return f"{chinese_date(local)} {local:%H:%M}"


def place_of(event, mode) -> str:
    """Where one who takes part in that mode goes."""
    return "线上" if mode == Mode.ONLINE else event.venue


def telling(registration, *, key="", **context) -> Telling:
    """Who is told of this registration, with the words that every kind of notice has."""
    event = registration.event
    people = {p.pk: p for p in (registration.user, registration.filed_by) if p is not None}
    outsiders = []
    if registration.user_id is None and (registration.email or registration.mobile):
        url = reverse(MINE)
        outsiders = [Outsider(registration.full_name, registration.email, registration.mobile, url)]
    words = {
        "event": str(event), "numbered": event.numbered, "topic": event.topic,
        "when": moment_in_words(event.starts_at), "where": place_of(event, registration.mode),
        "who": registration.full_name, "mode": registration.get_mode_display(),
    }  # fmt: skip
    for name, value in context.items():
        words[name] = moment_in_words(value) if hasattr(value, "hour") else value
    url = reverse("events:registration", args=[registration.pk])
    return Telling(
        recipients=_reachable(people), outsiders=outsiders, about=event, url=url, key=key, context=words
    )


def _reachable(people: dict) -> list:
    return [person for person in people.values() if person.is_active]


def tell(registration, kind: str, *, by=None, key="", **context) -> int:
    """Tell of one registration; inside the verb. Gives how many notices and letters were written."""
    return notify_each([telling(registration, key=key, **context)], kind, by=by)


def tell_all(registrations, kind: str, *, by=None, key="", **context) -> int:
    """Tell of many; `registrations` may be any iterable."""
    return notify_each((telling(r, key=key, **context) for r in registrations), kind, by=by)


def people_of(registrations):
    """The rows with what telling needs: two joins and no query for each."""
    return registrations.select_related("event__series", "user", "filed_by")
