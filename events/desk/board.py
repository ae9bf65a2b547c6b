"""The board of the year in the menu."""

from association import desk
from events import permissions

desk.menu("活动", "活动看板", "events:board", allowed=permissions.can_see_events, order=25)
