"""Background functions of the events app, one module a room."""

from events.tasks import petitions  # noqa: F401  (registers itself)
