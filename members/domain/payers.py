"""Whom a unit's money concerns: its own people who pay, and those of the association who decide."""

from association.models import User
from association.models.account import RoleAssignment
from members import permissions
from members.models import ContactRole


def payers(organization):
    """Accounts of the people who see to the unit's dues today: its 会员管理员 and 财务."""
    roles = ContactRole.objects.current().filter(organization=organization, duty__in=permissions.DUES_DUTIES)
    return User.objects.filter(is_active=True, contact__in=roles.values("contact")).order_by("pk")


def holders(roles):
    """Accounts that hold one of the association's duties `roles` today."""
    held = RoleAssignment.objects.current().filter(role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk")
