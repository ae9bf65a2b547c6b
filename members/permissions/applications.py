"""Who has to do with applications to become a member (domain 1.5, 10.1)."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, question

__all__ = [
    "can_check_applications", "can_decide_applications", "can_pass_applications", "can_see_applications",
    "decides_application",
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


def decides_application(user, application) -> bool:
    """Whether the person may take any step on this application: nobody decides on their own (domain 10)."""
    own = {application.address, application.representative_mobile, application.liaison_mobile} - {""}
    return can_check_applications(user) and own.isdisjoint({user.mobile, user.email})
