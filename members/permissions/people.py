"""Who handles what people may ask for about their own data (domain 8, 10.18)."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, question

__all__ = [
    "REQUEST_HANDLERS",
    "can_handle_person_requests",
    "can_see_contact_views",
    "can_see_person_requests",
]

# Whom people turn to (个人信息保护法 §50): the secretariat; two of them for an erasure.
REQUEST_HANDLERS = KEEPERS


@question("看个人信息请求", group="个人信息")
def can_see_person_requests(user) -> bool:
    return has_role(user, *REQUEST_HANDLERS, Role.AUDITOR)


@question("办理个人信息的查阅、复制、更正、删除请求", group="个人信息")
def can_handle_person_requests(user) -> bool:
    return has_role(user, *REQUEST_HANDLERS)


@question("看谁查看过完整联系方式", group="个人信息")
def can_see_contact_views(user) -> bool:
    """Everybody sees who looked at their own; the auditor sees all."""
    return has_role(user, Role.AUDITOR)
