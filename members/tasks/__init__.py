"""Background functions of the members app, one module a room."""

from members.tasks import reminders, roster  # noqa: F401  (each registers itself)
