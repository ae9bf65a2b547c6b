"""The closed lists of the events app, with the words a reader sees; one module a room."""

from events.choices.attendance import *  # noqa: F403
from events.choices.board import *  # noqa: F403
from events.choices.deals import *  # noqa: F403
from events.choices.events import *  # noqa: F403
from events.choices.invitations import *  # noqa: F403
from events.choices.matching import *  # noqa: F403
from events.choices.petitions import *  # noqa: F403
from events.choices.projects import *  # noqa: F403
from events.choices.registrations import *  # noqa: F403
from events.choices.visits import *  # noqa: F403
