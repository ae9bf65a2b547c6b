"""The closed lists of the events app, with the words a reader sees; one module a room."""

from events.choices.events import *  # noqa: F403
from events.choices.petitions import *  # noqa: F403
