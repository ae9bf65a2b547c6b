"""The kinds of notices that the events app sends, one module a room."""

from events.notices import events, petitions  # noqa: F401  (each registers itself)
