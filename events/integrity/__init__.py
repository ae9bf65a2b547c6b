"""The invariants of the events app, one module a room."""

from events.integrity import deals, events, matching, projects  # noqa: F401  (each registers itself)
