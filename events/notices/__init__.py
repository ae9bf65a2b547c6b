"""The kinds of notices that the events app sends, one module a room."""

from events.notices import (  # noqa: F401  (each registers itself)
    deals,
    events,
    matching,
    petitions,
    projects,
    registrations,
)
