"""The closed lists of the members app, with the words a reader sees; one module a room."""

from members.choices.applications import *  # noqa: F403
from members.choices.cases import *  # noqa: F403
from members.choices.certificates import *  # noqa: F403
from members.choices.dues import *  # noqa: F403
from members.choices.people import *  # noqa: F403
from members.choices.roster import *  # noqa: F403
