"""Who hears of what: those who pay for a unit, everybody of every member, those of the association who decide."""

from collections import defaultdict

from django.utils.timezone import localdate

from association.models import User
from association.models.account import RoleAssignment
from members import permissions
from members.models import ContactRole, Organization


def payers(organization):
    """Accounts of the people who see to the unit's payments today: its managers and its finance people."""
    roles = ContactRole.objects.current().filter(organization=organization, duty__in=permissions.PAYING)
    return User.objects.filter(is_active=True, contact__in=roles.values("contact")).order_by("pk")


def payers_by_unit(organizations) -> dict[int, list[User]]:
    """Key of the unit → those accounts, for many units in one query."""
    roles = ContactRole.objects.current().filter(
        organization__in=organizations, duty__in=permissions.PAYING, contact__user__is_active=True
    )
    found = defaultdict(dict)
    for role in roles.select_related("contact__user").order_by("pk"):
        found[role.organization_id][role.contact.user_id] = role.contact.user
    return {unit: list(people.values()) for unit, people in found.items()}


def holders(roles):
    """Accounts that hold one of the association's duties `roles` today."""
    held = RoleAssignment.objects.current().filter(role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk")


def everybody_of_members():
    """Accounts of everybody who holds a duty at a unit that is a member today."""
    units = Organization.objects.members_on(localdate())
    roles = ContactRole.objects.current().filter(organization__in=units.values("pk"))
    return User.objects.filter(is_active=True, contact__in=roles.values("contact")).order_by("pk")
