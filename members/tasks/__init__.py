"""Background functions of the members app, one module a room."""

from members.tasks import cases, roster  # noqa: F401  (each registers itself)
