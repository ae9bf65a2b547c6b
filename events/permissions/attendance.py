"""Named questions about check-in and attendance."""

from association.permissions import KEEPERS, has_role, question
from events.permissions.events import READERS

__all__ = ["can_export_participants", "can_see_attendance", "can_see_turnout", "can_take_attendance"]


@question("给参加者签到，发签到链接，导入线上名单", group="活动")
def can_take_attendance(user) -> bool:
    return has_role(user, *KEEPERS)


@question("看活动的签到名单与人数", group="活动")
def can_see_attendance(user) -> bool:
    return has_role(user, *READERS)


@question("导出活动的参加者名单", group="活动")
def can_export_participants(user) -> bool:
    return has_role(user, *KEEPERS)


@question("看各会员参加活动的情况", group="活动")
def can_see_turnout(user) -> bool:
    return has_role(user, *READERS)
