"""How the membership grew and what it consists of: figures of the dated records, each with the roster behind it."""

import calendar
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, F
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.timezone import localdate

from members.choices import Category, District, Grade
from members.models import Membership, Organization, Park
from members.models.certificate import grade_of

FOUNDED = date.fromisoformat(settings.ASSOCIATION_APPROVED_ON)


@dataclass(frozen=True)
class Month:
    """One month, the present one until today: units that joined and left in it, members on its last day."""

    first: date
    last: date
    joined: int
    left: int
    members: int

    @property
    def label(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def joined_url(self) -> str:
        return self._url(standing="ever", joined_after=self.first, joined_before=self.last)

    @property
    def left_url(self) -> str:
        return self._url(standing="ever", left_after=self.first, left_before=self.last)

    @property
    def members_url(self) -> str:
        return self._url()

    def _url(self, **more):
        return roster_address(as_of=self.last, **more)


def roster_address(**conditions) -> str:
    """The roster under such conditions."""
    return f"{reverse('members:roster')}?{urlencode(conditions)}"


def months(today: date) -> list[Month]:
    """Every month from the association's approval (or an earlier joining) until `today`; in two queries.

    Of a unit that joined twice in a month one joining is counted, as the roster has one row of it; the members of the
    month's end follow from the periods themselves (domain 1.4).
    """
    joins, leaves = _by_month("joined_on", today), _by_month("left_on", today)
    first = min([FOUNDED.replace(day=1), *joins])
    found, members = [], 0
    while first <= today:
        (joined, begun), (left, ended) = joins.get(first, (0, 0)), leaves.get(first, (0, 0))
        members += begun - ended
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        found.append(Month(first, min(last, today), joined, left, members))
        first = _following(first)
    return found


def _following(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _by_month(column, today) -> dict:
    """First day of a month → (units, periods) that begin or end in it."""
    rows = Membership.objects.filter(**{f"{column}__lte": today}).order_by()
    rows = rows.annotate(month=TruncMonth(column)).values_list("month")
    counted = rows.annotate(units=Count("organization", distinct=True), periods=Count("pk"))
    return {month: (units, periods) for month, units, periods in counted}


def structure(day: date) -> dict:
    """Kind (category, grade, district) → [(label, number, address of the roster)] of the members on `day`.

    A unit counts in the district of its own and in that of each of its parks, as the roster's filter has it. Four
    queries.
    """
    members = Organization.objects.members_on(day)
    return {
        "category": _rows(Category, _counted(members, "category"), day, "category"),
        "grade": _rows(Grade, _counted(members.annotate(top=grade_of(day, unit="pk")), "top"), day, "grade"),
        "district": _rows(District, _by_district(members), day, "district"),
    }


def _counted(members, column) -> dict:
    return dict(members.order_by().values_list(column).annotate(number=Count("pk")))


def _by_district(members) -> dict:
    found = _counted(members, "district")
    further = Park.objects.filter(organization__in=members.values("pk"), is_main=False)
    further = further.exclude(district=F("organization__district")).order_by()
    for district, number in further.values_list("district").annotate(n=Count("organization", distinct=True)):
        found[district] = found.get(district, 0) + number
    return found


def _rows(choices, numbers, day, condition) -> list[tuple]:
    return [
        (label, numbers[key], roster_address(as_of=day, **{condition: key}))
        for key, label in choices.choices
        if numbers.get(key)
    ]


def as_of(year: int | None, today: date | None = None) -> date:
    """The last day that a year's figures speak of: its end, or today."""
    today = today or localdate()
    return min(date(year, 12, 31), today) if year else today
