"""The invariants of the events app, one module a room."""

from events.integrity import attendance, events, registrations  # noqa: F401  (each registers itself)
