"""The kinds of notices that the members app sends, one module a room."""

from members.notices import cases, roster  # noqa: F401  (each registers itself)
