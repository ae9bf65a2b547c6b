"""The invariants of the events app, one module a room."""

from events.integrity import deals, events, projects  # noqa: F401  (registers itself)
