"""Who has to do with leaving: by the unit's own wish, for arrears, by expulsion (domain 10.12)."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, is_staff_member, question
from members.choices import ContactDuty
from members.permissions.dues import can_see_dues_publication
from members.permissions.roster import acts_for, can_view_unit, duties_at

__all__ = [
    "CASE_DECIDERS", "CASE_HANDLERS", "SPEAKERS", "can_appeal_for", "can_ask_to_leave", "can_decide_cases",
    "can_handle_cases", "can_object_to_cases", "can_see_cases", "can_see_cases_of", "can_see_published_cases",
    "can_speak_for", "can_suspend_rights", "decides_case", "handles_case", "has_voting_rights", "suspends_rights_of",
]  # fmt: skip

CASE_HANDLERS = KEEPERS
CASE_DECIDERS = frozenset({Role.SECRETARY_GENERAL})
SPEAKERS = (ContactDuty.MANAGER, ContactDuty.REPRESENTATIVE, ContactDuty.HEAD)


@question("看退会与除名", group="退会")
def can_see_cases(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER, Role.PRESIDENT, Role.AUDITOR)


@question("办理退会：核对、催告、公示、提交理事会", group="退会")
def can_handle_cases(user) -> bool:
    return has_role(user, *CASE_HANDLERS)


def handles_case(user, case) -> bool:
    """Whether the person takes steps on this case: nobody on that of a unit they serve themselves (domain 10)."""
    return can_handle_cases(user) and not duties_at(user, case.organization)


@question("登记理事会与会员大会对退会、除名的决定", group="退会")
def can_decide_cases(user) -> bool:
    return has_role(user, *CASE_DECIDERS)


def decides_case(user, case) -> bool:
    """Whether the person records what was decided on this case: not on one they filed, nor of a unit they serve."""
    return can_decide_cases(user) and case.filed_by_id != user.pk and not duties_at(user, case.organization)


@question("登记暂停与恢复会员权利", group="退会")
def can_suspend_rights(user) -> bool:
    return has_role(user, *CASE_DECIDERS)


def suspends_rights_of(user, organization) -> bool:
    """Whether the person suspends and restores the rights of this unit: not of one they serve themselves."""
    return can_suspend_rights(user) and not duties_at(user, organization)


@question("看退会公示", group="退会")
def can_see_published_cases(user) -> bool:
    """Whether the person reads what is published before the council confirms: staff, and people of member units."""
    return can_see_dues_publication(user)


@question("对公示提出异议、登记异议", group="退会")
def can_object_to_cases(user) -> bool:
    return can_handle_cases(user) or (can_see_published_cases(user) and not is_staff_member(user))


@question("看本单位的退会事项", group="本单位", of="单位")
def can_see_cases_of(user, organization) -> bool:
    """Whether the person sees the unit's cases; those who speak for it as long as they may read its page."""
    speaks = not duties_at(user, organization).isdisjoint(SPEAKERS)
    return can_see_cases(user) or (speaks and can_view_unit(user, organization))


@question("申请退会", group="本单位", of="单位")
def can_ask_to_leave(user, organization) -> bool:
    return acts_for(user, organization, ContactDuty.MANAGER)


@question("代表单位说明与申辩", group="本单位", of="单位")
def can_speak_for(user, organization) -> bool:
    return acts_for(user, organization, *SPEAKERS)


@question("除名后代表单位向会员大会申诉", group="本单位", of="单位")
def can_appeal_for(user, organization) -> bool:
    """Whether the person appeals for the unit: it is no member any more, so as long as its people read its page."""
    speaks = not duties_at(user, organization).isdisjoint(SPEAKERS)
    return speaks and can_view_unit(user, organization)


def has_voting_rights(organization, day) -> bool:
    """Whether the unit has a vote on `day`: a member whose rights are not suspended. Arrears alone take nothing away
    (domain 2.2)."""
    is_member = organization.memberships.on(day).exists()
    return is_member and not organization.suspensions.on(day).exists()
