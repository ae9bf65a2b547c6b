"""Background functions of the members app, one module a room."""

from members.tasks import bank, roster  # noqa: F401  (each registers itself)
