"""Membership certificates of the two units."""

from members.domain import certificates
from members.models import Organization


def add(world) -> None:
    """Each unit has one; `certificate` is its key, `code` what its QR code carries."""
    for side, keeper in (("own", "secretary"), ("other", "secretary_general")):
        belongings = getattr(world, side)
        unit = Organization.objects.get(pk=belongings["unit"])
        made = certificates.issue(unit, by=world.people[keeper], reason="入会")
        belongings |= {"certificate": made.pk, "code": made.token}
