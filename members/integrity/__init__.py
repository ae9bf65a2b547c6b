"""The invariants of the members app, one module a room."""

from members.integrity import people, roster  # noqa: F401  (each registers itself)
