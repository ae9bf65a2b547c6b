"""The kinds of notices that the events app sends, one module a room."""

from events.notices import (  # noqa: F401  (each registers itself)
    deals,
    events,
    invitations,
    matching,
    petitions,
    projects,
    registrations,
)
