"""Named questions about events. Role names appear here and in `association.permissions` only (domain 1.5)."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, question
from members.permissions import serves_member

READERS = frozenset({*KEEPERS, Role.TREASURER, Role.PRESIDENT, Role.AUDITOR})


@question("看全部活动，包括策划中的", group="活动")
def can_see_events(user) -> bool:
    return has_role(user, *READERS)


@question("策划、修改、归档活动，维护系列", group="活动")
def can_keep_events(user) -> bool:
    return has_role(user, *KEEPERS)


@question("批准发布活动", group="活动")
def can_approve_events(user) -> bool:
    """Whether the person approves events at all; of one that they submitted themselves somebody else does."""
    return has_role(user, Role.SECRETARY_GENERAL)


def approves(user, event) -> bool:
    """Whether the person approves this event (domain 10.6: 活动部 submits, 秘书长 approves)."""
    return can_approve_events(user) and event.submitted_by_id != user.pk


@question("看面向会员的活动", group="活动")
def can_see_member_events(user) -> bool:
    return can_see_events(user) or serves_member(user)


def sees_online_link(user, event) -> bool:
    """Whether the person sees the link of the online room: those who hold the event, and whoever's place is confirmed."""
    if can_keep_events(user):
        return True
    return user.is_authenticated and event.registrations.confirmed().filter(user=user).exists()
