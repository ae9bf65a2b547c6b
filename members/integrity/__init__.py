"""The invariants of the members app, one module a room."""

from members.integrity import certificates, roster  # noqa: F401  (each registers itself)
