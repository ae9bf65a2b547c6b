"""The invariants of the events app, one module a room."""

from events.integrity import events, petitions  # noqa: F401  (each registers itself)
