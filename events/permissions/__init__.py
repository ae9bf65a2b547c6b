"""Named questions of the events app, one module a room. Role names appear here and in `association.permissions` only."""

from events.permissions.attendance import *  # noqa: F403
from events.permissions.deals import *  # noqa: F403
from events.permissions.events import *  # noqa: F403
from events.permissions.invitations import *  # noqa: F403
from events.permissions.matching import *  # noqa: F403
from events.permissions.petitions import *  # noqa: F403
from events.permissions.projects import *  # noqa: F403
from events.permissions.registrations import *  # noqa: F403
from events.permissions.visits import *  # noqa: F403
