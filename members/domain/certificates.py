"""Verbs on membership certificates (domain 10.17)."""

import secrets
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.errors import Refused
from members.choices import Grade
from members.models import Certificate, Organization


def grade_on(organization, day) -> int:
    """The unit's grade on `day`: the highest of its posts, a plain member's without one (domain 2.4)."""
    grades = organization.posts.on(day).values_list("grade", flat=True)
    return min(grades, default=Grade.MEMBER)


@verb
def issue(organization, *, by, reason: str) -> Certificate:
    """Issue the unit's certificate as of today; one that says the same and is valid is left alone.

    A former one is void from now on. Raises Refused when the unit is no member.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    today = localdate()
    if not organization.memberships.on(today).exists() or not organization.member_number:
        raise Refused(f"{organization.name}现在不是会员，不能签发会员证。")
    printed = {
        "name": organization.name,
        "member_number": organization.member_number,
        "grade": grade_on(organization, today),
    }
    present = organization.certificates.filter(voided_at__isnull=True).first()
    if present and present.is_valid and all(getattr(present, k) == v for k, v in printed.items()):
        return present
    if present:
        _void(present, f"换发：{reason}"[:100])
    number = f"{organization.member_number}-{organization.certificates.count() + 1:02d}"
    certificate = Certificate.objects.create(
        organization=organization, number=number, token=secrets.token_urlsafe(24), issued_on=today,
        valid_until=_last_day(today), reason=reason, issued_by=by, **printed,
    )  # fmt: skip
    sentence = f"签发会员证 {number}（{reason}）"
    record("members.certificate.issued", organization, by=by, sentence=sentence)
    return certificate


def _last_day(day: date) -> date:
    """The last day of validity: the day before the same day some years later."""
    years = settings.CERTIFICATE_YEARS
    try:
        later = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        later = date(day.year + years, 3, 1)
    return later - timedelta(days=1)


def _void(certificate, reason):
    certificate.voided_at, certificate.void_reason = timezone.now(), reason
    certificate.save(update_fields=["voided_at", "void_reason"])


@verb
def void(organization, *, by, reason: str) -> Certificate | None:
    """Make the unit's certificate void at once; gives it, or None when there is none. Twice changes nothing."""
    Organization.everything.select_for_update().get(pk=organization.pk)
    certificate = organization.certificates.filter(voided_at__isnull=True).first()
    if certificate:
        _void(certificate, reason)
        sentence = f"会员证 {certificate.number} 作废（{reason}）"
        record("members.certificate.voided", organization, by=by, sentence=sentence)
    return certificate
