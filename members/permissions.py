"""Named questions about members' records. Role names appear here and in `association.permissions` only."""

from association.choices import Role
from association.columns import Tier
from association.permissions import KEEPERS, STAFF, has_role

# Domain 1.5: the roster is read by everyone with a duty in the association; the system administrator takes it out
# to Excel (docs/decisions/0003) but sees neither bank data nor full telephone numbers.
CONTACT_READERS = frozenset({*KEEPERS, Role.TREASURER, Role.PRESIDENT})
FINANCE_READERS = frozenset({Role.TREASURER})


def can_view_roster(user) -> bool:
    return has_role(user, *STAFF)


def has_own_units(user) -> bool:
    """Whether the person comes from the members' side: whoever has no duty in the association itself."""
    return user.is_authenticated and not can_view_roster(user)


def can_edit_members(user) -> bool:
    return has_role(user, *KEEPERS)


def can_import_members(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR)


def can_export_members(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER, Role.PRESIDENT, Role.ADMINISTRATOR)


def can_view_contacts(user) -> bool:
    """Whether telephone numbers and addresses of persons are shown in full; in lists they stay masked."""
    return has_role(user, *CONTACT_READERS)


def can_view_contacts_of(user, organization) -> bool:
    """Whether they are shown in full for this one unit: its own people see each other's."""
    return can_view_contacts(user) or organization.contact_roles.current().filter(contact__user=user).exists()


def can_view_bank(user) -> bool:
    return has_role(user, *FINANCE_READERS)


def can_view_export_log(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR, Role.AUDITOR)


def can_open_exports(user) -> bool:
    """Those who may export see their own exports there, those who watch over them everybody's."""
    return can_export_members(user) or can_view_export_log(user)


def tiers(user) -> frozenset:
    """Secrecy tiers of the columns that the person may see in lists; personal numbers are masked unless
    `can_view_contacts`."""
    if not can_view_roster(user):
        return frozenset({Tier.PUBLIC})
    allowed = {Tier.PUBLIC, Tier.MEMBER, Tier.STAFF, Tier.CONTACT}
    return frozenset(allowed | {Tier.FINANCE} if can_view_bank(user) else allowed)
