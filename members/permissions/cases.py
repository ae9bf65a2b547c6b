"""Who has to do with leaving: by the unit's own wish, for arrears, by expulsion (domain 10.12)."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, question
from members.choices import ContactDuty
from members.permissions.roster import acts_for

__all__ = [
    "can_ask_to_leave", "can_decide_cases", "can_handle_cases", "can_see_cases", "can_see_cases_of",
    "can_speak_for", "can_suspend_rights",
]  # fmt: skip


@question("看退会与除名", group="退会")
def can_see_cases(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER, Role.PRESIDENT, Role.AUDITOR)


@question("办理退会：核对、催告、公示、提交理事会", group="退会")
def can_handle_cases(user) -> bool:
    return has_role(user, *KEEPERS)


@question("登记理事会与会员大会对退会、除名的决定", group="退会")
def can_decide_cases(user) -> bool:
    return has_role(user, Role.SECRETARY_GENERAL)


@question("登记暂停与恢复会员权利", group="退会")
def can_suspend_rights(user) -> bool:
    return has_role(user, Role.SECRETARY_GENERAL)


@question("看本单位的退会事项", group="本单位", of="单位")
def can_see_cases_of(user, organization) -> bool:
    return can_see_cases(user) or acts_for(user, organization, *SPEAKERS)


SPEAKERS = (ContactDuty.MANAGER, ContactDuty.REPRESENTATIVE, ContactDuty.HEAD)


@question("申请退会", group="本单位", of="单位")
def can_ask_to_leave(user, organization) -> bool:
    return acts_for(user, organization, ContactDuty.MANAGER)


@question("代表单位申辩与申诉", group="本单位", of="单位")
def can_speak_for(user, organization) -> bool:
    return acts_for(user, organization, *SPEAKERS)
