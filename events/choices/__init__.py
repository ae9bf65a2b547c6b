"""The closed lists of the events app, with the words a reader sees; one module a room."""

from events.choices.attendance import *  # noqa: F403
from events.choices.events import *  # noqa: F403
from events.choices.registrations import *  # noqa: F403
