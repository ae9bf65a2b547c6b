"""Named questions of the members app, one module a room. Role names appear here and in `association.permissions` only."""

from members.permissions.applications import *  # noqa: F403
from members.permissions.cases import *  # noqa: F403
from members.permissions.dues import *  # noqa: F403
from members.permissions.paying import *  # noqa: F403
from members.permissions.people import *  # noqa: F403
from members.permissions.reminders import *  # noqa: F403
from members.permissions.roster import *  # noqa: F403
