"""Named questions of the events app, one module a room. Role names appear here and in `association.permissions` only."""

from events.permissions.events import *  # noqa: F403
from events.permissions.petitions import *  # noqa: F403
