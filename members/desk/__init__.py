"""What the members app puts on the workbench, one module a room."""

from members.desk import reminders, roster  # noqa: F401  (each registers itself)
