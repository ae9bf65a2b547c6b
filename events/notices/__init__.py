"""The kinds of notices that the events app sends, one module a room."""

from events.notices import deals, events, projects  # noqa: F401  (registers itself)
