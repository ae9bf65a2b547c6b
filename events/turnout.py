"""Which members take part: how many events, how many people, who registered and did not appear, who never comes.

Members are those of the year's last day, of the present year those of today. Only what counts is counted: events that
were held, and attendance of enough minutes (domain 1.4, 5.8).
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from events.models import Attendance, Event, Registration
from members.models import Organization

NUMBERS = {"attended": "参加场数", "people": "人次", "registered": "报名人次", "missed": "未到人次"}


@dataclass(frozen=True)
class Span:
    """A calendar year as far as it has come; `since` is the day a year before its end."""

    year: int
    until: date

    @property
    def since(self) -> date:
        year = self.until.year - 1
        return (
            date(year, 2, 28)
            if (self.until.month, self.until.day) == (2, 29)
            else self.until.replace(year=year)
        )


def span_of(year: int) -> Span:
    """The year until its last day, or until today."""
    return Span(year, min(date(year, 12, 31), localdate()))


def years() -> list[int]:
    """This year and every earlier one of which attendance is known, the newest first."""
    found = Attendance.objects.counted().dates("event__starts_at", "year")
    return sorted({localdate().year, *(day.year for day in found)}, reverse=True)


def latest_year() -> int:
    """The latest year of which attendance is known; this year where none is."""
    last = Attendance.objects.counted().aggregate(last=Max("event__starts_at"))["last"]
    return localdate(last).year if last else localdate().year


def held_in(year: int):
    """Keys of the events of the year that were held."""
    return Event.objects.held().of_year(year).order_by().values("pk")


def attended(year: int):
    """Attendance that counts, of people of some unit, at events of the year."""
    return Attendance.objects.counted().filter(event__in=held_in(year), organization__isnull=False)


def registered(year: int):
    """Confirmed registrations of events of the year that were held."""
    return Registration.objects.confirmed().filter(event__in=held_in(year), organization__isnull=False)


def missed(year: int):
    """Those of them who did not appear."""
    return registered(year).missed()


def _number(rows, counted="pk"):
    of_unit = rows.filter(organization=OuterRef("pk")).order_by().values("organization")
    number = of_unit.annotate(number=Count(counted, distinct=True)).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def with_numbers(units, span: Span):
    """The units with `attended` (events), `people`, `registered`, `missed` of the year, and `last_came`, the day of the last
    event until then in whatever year."""
    came = attended(span.year)
    until = Attendance.objects.counted().filter(
        organization=OuterRef("pk"), event__in=Event.objects.held().values("pk"), event__starts_at__date__lte=span.until
    )  # fmt: skip
    last = until.order_by().values("organization").annotate(last=Max("event__starts_at")).values("last")
    return units.annotate(
        attended=_number(came, "event"), people=_number(came), registered=_number(registered(span.year)),
        missed=_number(missed(span.year)), last_came=Subquery(last),
    )  # fmt: skip


def members(span: Span):
    """Units that were members on the last day of the span."""
    return Organization.objects.members_on(span.until)


def is_known(span: Span) -> bool:
    """Whether attendance was taken at any event of the twelve months: else nobody can be said never to come."""
    return _of_twelve_months(span).exists()


def _of_twelve_months(span):
    within = {"event__starts_at__date__gt": span.since, "event__starts_at__date__lte": span.until}
    return Attendance.objects.counted().filter(event__in=Event.objects.held().values("pk"), **within)


def never_came(units, span: Span):
    """Units that had been members for the whole twelve months and took part in nothing (domain 5.8)."""
    if not is_known(span):
        return units.none()
    came = _of_twelve_months(span).filter(organization__isnull=False)
    return units.filter(latest_joined_on__lte=span.since).exclude(pk__in=came.values("organization"))


def rate(missed_number: int, registered_number: int) -> str:
    """25%, rounded to whole percent; — where nobody registered."""
    return f"{round(100 * missed_number / registered_number)}%" if registered_number else "—"
