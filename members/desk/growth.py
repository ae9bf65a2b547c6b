"""Growth and structure on the workbench."""

from association import desk
from members import permissions

desk.menu("会员", "增长与结构", "members:growth", allowed=permissions.can_view_roster, order=22)
