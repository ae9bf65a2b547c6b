"""Background functions of the events app, one module a room."""

from events.tasks import (  # noqa: F401  (each registers itself)
    matching,
    petitions,
    registrations,
)
