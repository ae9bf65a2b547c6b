"""The kinds of notices that the members app sends, one module a room."""

from members.notices import reminders, roster  # noqa: F401  (each registers itself)
