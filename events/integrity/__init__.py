"""The invariants of the events app, one module a room."""

from events.integrity import (  # noqa: F401  (each registers itself)
    attendance,
    deals,
    events,
    matching,
    petitions,
    projects,
    registrations,
    visits,
)
