"""Who invites to events, who answers, who reads what people said afterwards (domain 1.5)."""

from association.permissions import KEEPERS, has_role, question
from events.permissions.events import READERS
from members.choices import ContactDuty
from members.permissions import acts_for

__all__ = ["answers_invitation", "can_invite_to_events", "can_read_feedback", "can_see_invitations"]

ACTING = (ContactDuty.MANAGER, ContactDuty.CLERK)


@question("按名册筛选发活动邀请、提醒回复", group="活动")
def can_invite_to_events(user) -> bool:
    return has_role(user, *KEEPERS)


@question("看活动邀请与回执", group="活动")
def can_see_invitations(user) -> bool:
    return has_role(user, *READERS)


@question("看参加者对活动的评价", group="活动")
def can_read_feedback(user) -> bool:
    return has_role(user, *READERS)


def answers_invitation(user, invitation) -> bool:
    """Whether the person answers it: the invited, who acts for the unit day by day, or the secretariat."""
    if invitation.contact.user_id is not None and invitation.contact.user_id == user.pk:
        return True
    return acts_for(user, invitation.organization, *ACTING) or can_invite_to_events(user)
