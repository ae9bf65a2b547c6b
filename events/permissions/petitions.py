"""Named questions about petitions to government (domain 1.5, 诉求; 10.7). Role names appear here only."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, is_staff_member, question
from members.choices import ContactDuty
from members.permissions import acts_for, duties_at, serves_member

__all__ = [
    "PETITION_FILERS", "PETITION_HANDERS", "PETITION_KEEPERS", "PETITION_PRESIDENTS", "answers_petition", "can_file_petitions",
    "can_file_petitions_for", "can_hand_over_petitions", "can_keep_departments", "can_keep_petitions", "can_see_petitions", "departments_served", "hands_over",
    "is_liaison_only", "keeps_petition", "knows_petitioner", "serves_department",
]  # fmt: skip

PETITION_FILERS = (ContactDuty.MANAGER, ContactDuty.CLERK)
PETITION_KEEPERS = KEEPERS
# Who hands petitions over hears first of one that is overdue, the president ten days later.
PETITION_HANDERS = frozenset({Role.SECRETARY_GENERAL})
PETITION_PRESIDENTS = frozenset({Role.PRESIDENT})


@question("看全部政企诉求与统计", group="诉求")
def can_see_petitions(user) -> bool:
    """Whether the person reads every petition, hidden members included; the treasurer and the administrators do not."""
    return has_role(user, *KEEPERS, Role.PRESIDENT, Role.AUDITOR)


@question("受理、答复、代录、回访政企诉求", group="诉求")
def can_keep_petitions(user) -> bool:
    return has_role(user, *PETITION_KEEPERS)


@question("把诉求转给政府部门", group="诉求")
def can_hand_over_petitions(user) -> bool:
    return has_role(user, *PETITION_HANDERS)


@question("维护政府部门与联络员", group="诉求")
def can_keep_departments(user) -> bool:
    return has_role(user, *KEEPERS)


@question("替本单位提出诉求", group="诉求")
def can_file_petitions(user) -> bool:
    """Whether the person sees 我的诉求: people of a unit that is a member, without a duty in the association itself."""
    return serves_member(user) and not is_staff_member(user)


@question("替本单位提出、补充、撤销诉求，确认答复", group="本单位", of="单位")
def can_file_petitions_for(user, organization) -> bool:
    return acts_for(user, organization, *PETITION_FILERS)


def keeps_petition(user, petition) -> bool:
    """Whether the person takes the secretariat's steps on it: nobody on that of a unit they serve themselves."""
    return can_keep_petitions(user) and not duties_at(user, petition.organization)


def hands_over(user, petition) -> bool:
    """Whether the person hands it to a department."""
    return can_hand_over_petitions(user) and not duties_at(user, petition.organization)


# --- government liaisons ------------------------------------------------------------------------------------------


def departments_served(user) -> frozenset:
    """Keys of the departments at which the person is liaison today; asked once a request.

    The duty is no role in the association: who holds one of those, or serves a member, is no liaison meanwhile.
    """
    if not user.is_authenticated or not user.is_active or is_staff_member(user) or serves_member(user):
        return frozenset()
    if not hasattr(user, "_departments_served"):
        user._departments_served = frozenset(
            user.liaison_duties.current().values_list("department_id", flat=True)
        )
    return user._departments_served


def serves_department(user) -> bool:
    """Whether the person is a liaison of a department of government today."""
    return bool(departments_served(user))


def is_liaison_only(user) -> bool:
    """Whether that is all they have to do here; it follows, for the two do not go together."""
    return serves_department(user)


def answers_petition(user, petition) -> bool:
    """Whether the person signs for, objects to and replies to it for the department: its liaison, or the secretariat
    when word came on paper."""
    handover = petition.handover
    if handover is None:
        return False
    return handover.department_id in departments_served(user) or keeps_petition(user, petition)


def knows_petitioner(user, petition) -> bool:
    """Whether the person may know whose petition it is: never the department when the member asked to be hidden."""
    return (
        not petition.hides_member or can_see_petitions(user) or bool(duties_at(user, petition.organization))
    )
