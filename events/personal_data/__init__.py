"""What the events app keeps about one person, for the copy they may ask for; one module a room."""

from events.personal_data import (  # noqa: F401  (each registers itself)
    invitations,
    matching,
    petitions,
    projects,
    registrations,
)
