"""Who took part in the demonstration's events: 文科汇 to the last person as domain 1.3 counts it, a few people of members
at every other event of 2022. People and companies are invented; every member takes part in something."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import cycle

from django.utils.timezone import localdate

from association.domain.activities import verb
from events.choices import ArrivalSource, Mode
from events.companies import company_key
from events.models import Attendance, Event
from members.models import Membership

YEAR = 2022
# For each 文科汇 of the year: people online, people on site, companies, and how many of these came to an earlier one.
WENKE = ((186, 48, 38, 0), (214, 62, 41, 10), (203, 55, 35, 9), (231, 51, 44, 12), (204, 61, 40, 10))
MEMBERS_AT_WENKE = 12
EACH = 8
COMPANY = "演示企业{:03}"


def load() -> None:
    """Write the attendance of the year, in one statement."""
    events = list(Event.objects.held().of_year(YEAR).select_related("series").order_by("starts_at", "pk"))
    units = _Units()
    rows = [*_wenke([e for e in events if e.series.code == "wenke"], units)]
    rows += _others([e for e in events if e.series.code != "wenke"], units)
    _write(rows, [event for event in events if event.archived_at])


@verb
def _write(rows, archived):
    """Attendance, and the head-counts that were locked when the events were archived."""
    Attendance.objects.bulk_create(rows, batch_size=1_000)
    counts = defaultdict(Counter)
    companies = defaultdict(set)
    for row in rows:
        counts[row.event_id][row.mode] += 1
        companies[row.event_id].add(row.organization_id or row.unit_key)
    for event in archived:
        event.closed_onsite, event.closed_online = (counts[event.pk][m] for m in (Mode.ONSITE, Mode.ONLINE))
        event.closed_companies = len(companies[event.pk])
    Event.objects.bulk_update(archived, ["closed_onsite", "closed_online", "closed_companies"])


class _Units:
    """The members with the days of their membership, by the day of joining."""

    def __init__(self):
        periods = Membership.objects.select_related("organization").order_by("joined_on", "organization_id")
        self.periods = [(p.organization, p.joined_on, p.left_on) for p in periods]
        self.people = 0

    def on(self, day) -> list:
        return [
            unit for unit, since, until in self.periods if since <= day and (until is None or until > day)
        ]

    def person(self) -> str:
        self.people += 1
        return f"演示来宾{self.people:04}"


def _wenke(events, units):
    steady = [unit for unit, _, until in units.periods if until is None][:MEMBERS_AT_WENKE]
    names = [*((unit.name, unit.pk) for unit in steady)]
    known = 0
    for event, (online, onsite, companies, again) in zip(events, WENKE, strict=True):
        new = companies - again
        names += [(COMPANY.format(n + 1), None) for n in range(len(names), known + new)]
        came = [*names[:again], *names[known : known + new]]
        known += new
        modes = [Mode.ONSITE] * onsite + [Mode.ONLINE] * online
        for place, (mode, unit) in enumerate(zip(modes, cycle(came), strict=False)):
            yield _row(event, mode, unit, units.person(), place)


def _others(events, units):
    """At each event those members who came least so far, so that nobody of the year is left out."""
    times = {}
    for event in events:
        members = units.on(localdate(event.starts_at))
        names = [(unit.name, unit.pk) for unit in members] or [
            (COMPANY.format(n + 1), None) for n in range(EACH)
        ]
        mode = Mode.ONLINE if event.mode == Mode.ONLINE else Mode.ONSITE
        for place, unit in enumerate(sorted(names, key=lambda unit: times.get(unit, 0))[:EACH]):
            times[unit] = times.get(unit, 0) + 1
            yield _row(event, mode, unit, units.person(), place)


def _row(event, mode, unit, person, place):
    online = mode == Mode.ONLINE
    name, pk = unit
    arrived_at = event.starts_at + timedelta(minutes=place % 7 if online else place % 55 - 50)
    return Attendance(
        event=event, mode=mode, full_name=person, unit_name=name, unit_key=company_key(name), organization_id=pk,
        source=ArrivalSource.IMPORT if online else ArrivalSource.SCAN, arrived_at=arrived_at, is_demo=True,
        minutes=40 + place * 7 % 45 if online else None,
    )  # fmt: skip
