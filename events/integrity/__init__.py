"""The invariants of the events app, one module a room."""

from events.integrity import events, visits  # noqa: F401  (registers itself)
