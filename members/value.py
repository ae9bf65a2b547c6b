"""What a year with the association was to a unit, line by line; each app adds what it knows of.

A line is one function `(organization, year) -> Line | None` under `@value_line`; None where there is nothing to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.urls import reverse
from django.utils.timezone import localdate

from association.formats import chinese_date
from association.money import yuan_of
from members import permissions, together
from members.choices import Grade
from members.completeness import measure
from members.models import Certificate, Organization
from members.queries import completeness_facts


@dataclass(frozen=True)
class Line:
    """A number with what it counts, a sentence on it, and the page where it can be followed."""

    label: str
    number: str
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class _Source:
    order: int
    write: Callable
    allowed: Callable | None


_sources: list[_Source] = []


def value_line(*, order: int = 100, allowed: Callable | None = None):
    """Register the decorated function; with `allowed(user, organization)` only they read its line."""

    def register(function):
        _sources.append(_Source(order, function, allowed))
        return function

    return register


def lines_for(user, organization: Organization, year: int) -> list[Line]:
    """The lines of the year that the person may read, in their order."""
    found = [
        each.write(organization, year)
        for each in sorted(_sources, key=lambda s: s.order)
        if each.allowed is None or each.allowed(user, organization)
    ]
    return [line for line in found if line is not None]


def years_of(organization) -> list[int]:
    """The years in which the unit was a member on at least one day, the newest first; none of the future."""
    found, today = set(), localdate()
    for period in organization.memberships.all():
        last = min(period.left_on - timedelta(days=1) if period.left_on else today, today)
        found |= set(range(period.joined_on.year, last.year + 1))
    return sorted(found, reverse=True)


# --- what the roster knows --------------------------------------------------------------------------------------


@value_line(order=10)
def membership_days(organization, year):
    """Days of membership in the year up to today, and since when the unit has been a member."""
    today = localdate()
    first, end = date(year, 1, 1), min(date(year + 1, 1, 1), today + timedelta(days=1))
    periods = list(organization.memberships.order_by("joined_on"))
    days = sum(max((min(p.left_on or end, end) - max(p.joined_on, first)).days, 0) for p in periods)
    if not days:
        return None
    grade = organization.posts.on(min(end - timedelta(days=1), today)).order_by("grade").first()
    text = (
        f"自{chinese_date(periods[0].joined_on)}入会，{Grade(grade.grade if grade else Grade.MEMBER).label}"
    )
    url = reverse("members:organization_membership", args=[organization.pk])
    return Line("会员天数", f"{days} 天", text, url)


@value_line(order=20)
def notices_received(organization, year):
    """Notices of the association about the unit that its people got in the year."""
    number = together.notices_of(organization).filter(created_at__year=year).count()
    return Line("协会通知", f"{number} 条", "发给本单位联系人的站内通知")


@value_line(order=30)
def completeness(organization, year):
    """How complete the unit's profile is today; of the present year only, for of others nobody knows."""
    if year != localdate().year:
        return None
    measured = measure(completeness_facts(organization, organization.parks.filter(is_main=True).first()))
    text = f"还缺 {len(measured.missing)} 项" if measured.missing else "资料齐全"
    return Line("资料完整度", f"{measured.percent}%", text, organization.get_absolute_url())


@value_line(order=40, allowed=permissions.can_see_dues_of)
def dues(organization, year):
    """What was paid of the bills of the year, and what is left."""
    bills = organization.bills.standing().filter(year=year)
    found = bills.aggregate(amount=Sum("amount"), paid=Sum("paid"), waived=Sum("waived"))
    if found["amount"] is None:
        return None
    left = found["amount"] - found["paid"] - found["waived"]
    parts = [f"应缴 {yuan_of(found['amount'])}"]
    parts += [f"减免 {yuan_of(found['waived'])}"] if found["waived"] else []
    parts.append(f"尚欠 {yuan_of(left)}" if left else "已缴清")
    return Line("已缴会费", yuan_of(found["paid"]), "，".join(parts))


@value_line(order=50, allowed=permissions.can_see_certificates_of)
def certificate(organization, year):
    """The certificate that was valid in the year, the latest of them."""
    issued = Certificate.objects.filter(
        organization=organization, issued_on__year__lte=year, valid_until__year__gte=year
    )
    found = issued.filter(voided_at__isnull=True).first() or issued.filter(voided_at__year__gte=year).first()
    if found is None:
        return None
    void = "，已作废" if found.voided_at else f"，有效期至{chinese_date(found.valid_until)}"
    return Line("会员证", found.number, f"{chinese_date(found.issued_on)}签发{void}")
