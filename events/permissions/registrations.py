"""Who reads and keeps the registrations of events (domain 1.5)."""

from association.permissions import KEEPERS, has_role, question
from events.permissions.events import READERS

__all__ = ["can_keep_registrations", "can_see_registrations", "may_read_registration"]


@question("看一场活动的全部报名", group="活动")
def can_see_registrations(user) -> bool:
    return has_role(user, *READERS)


@question("代人报名、审核与取消报名，设定名额与问题", group="活动")
def can_keep_registrations(user) -> bool:
    return has_role(user, *KEEPERS)


def may_read_registration(user, registration) -> bool:
    """Whether the person may read this one: theirs, one that they filed, or any as staff."""
    return user.pk in (registration.user_id, registration.filed_by_id) or can_see_registrations(user)
