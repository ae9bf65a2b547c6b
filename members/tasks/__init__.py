"""Background functions of the members app, one module a room."""

from members.tasks import people, roster  # noqa: F401  (each registers itself)
