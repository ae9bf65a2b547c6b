"""Named questions about visits of member parks. Who keeps events (`can_keep_events`) keeps their visits."""

from association.permissions import question
from events.permissions.events import can_see_events, can_see_member_events

__all__ = ["can_see_visits", "sees_unvisited"]


@question("看走访足迹", group="活动")
def can_see_visits(user) -> bool:
    return can_see_member_events(user)


def sees_unvisited(user) -> bool:
    """Whether the person reads which units were not visited yet, and who guided a visit: what visits are planned by.
    Members see how many there are, and the visits themselves."""
    return can_see_events(user)
