"""Who watches over what units are reminded of."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, question

__all__ = ["can_see_reminders"]


@question("看将要发出与已经发出的会费提醒", group="会费")
def can_see_reminders(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER)
