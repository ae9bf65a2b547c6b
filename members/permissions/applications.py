"""Who has to do with applications to become a member (domain 1.5, 10.1)."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, question

__all__ = [
    "can_check_applications", "can_decide_applications", "can_expire_applications", "can_pass_applications",
    "can_see_applications", "checking_roles", "decides_application", "expiring_roles",
]  # fmt: skip


@question("看入会申请", group="入会")
def can_see_applications(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER, Role.PRESIDENT, Role.AUDITOR)


@question("初审入会申请、要求补正", group="入会")
def can_check_applications(user) -> bool:
    return has_role(user, *KEEPERS)


@question("初审通过，提交理事会", group="入会")
def can_pass_applications(user) -> bool:
    return has_role(user, Role.SECRETARY_GENERAL)


@question("登记理事会对入会申请的决定", group="入会")
def can_decide_applications(user) -> bool:
    """Whether the person records what the council decided; the council's own vote comes with the governance app."""
    return has_role(user, *KEEPERS)


@question("确认逾期未缴费的入会申请失效", group="入会")
def can_expire_applications(user) -> bool:
    """Whether the person confirms that an admitted applicant who never paid is admitted no longer (domain 10.1)."""
    return has_role(user, Role.SECRETARY_GENERAL)


def checking_roles() -> frozenset:
    """Duties that hear of an application that was handed in."""
    return KEEPERS


def expiring_roles() -> frozenset:
    """Duties that hear of an admitted applicant who has not paid in sixty days."""
    return frozenset({Role.SECRETARY_GENERAL})


def decides_application(user, application) -> bool:
    """Whether the person may take any step on this application: nobody decides on their own (domain 10)."""
    names = ("address", "representative_mobile", "representative_email", "liaison_mobile", "liaison_email")
    own = {getattr(application, name).lower() for name in names} - {""}
    return can_check_applications(user) and own.isdisjoint({user.mobile, (user.email or "").lower()})
