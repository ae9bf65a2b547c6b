"""What the events app puts on the workbench, one module a room."""

from events.desk import attendance, events, registrations  # noqa: F401  (each registers itself)
