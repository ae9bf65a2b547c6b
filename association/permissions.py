"""Named questions about who may do what. Role names appear here and in the models only."""

from association.choices import Role

# Whom the association's own house is open to: everyone who holds a duty in it.
STAFF = frozenset(Role)
# Keeping the roster is the secretariat's work.
KEEPERS = frozenset({Role.SECRETARIAT, Role.SECRETARY_GENERAL})


def current_roles(user) -> frozenset:
    """Duties the person holds today; asked of the database once a request."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_current_roles"):
        user._current_roles = frozenset(user.role_assignments.current().values_list("role", flat=True))
    return user._current_roles


def has_role(user, *roles) -> bool:
    """Whether the person holds any of `roles` today."""
    return not current_roles(user).isdisjoint(roles)


def is_staff_member(user) -> bool:
    return bool(current_roles(user))


def is_administrator(user) -> bool:
    return has_role(user, Role.ADMINISTRATOR)


def can_share_views(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR)


def can_see_job_failures(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR)


def can_see_figures(user) -> bool:
    return is_staff_member(user)


def can_see_components(user) -> bool:
    return is_staff_member(user)
