"""What the events app puts on the workbench, one module a room."""

from events.desk import (  # noqa: F401  (each registers itself)
    attendance,
    board,
    deals,
    events,
    invitations,
    matching,
    petitions,
    projects,
    registrations,
    visits,
)
