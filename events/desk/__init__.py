"""What the events app puts on the workbench, one module a room."""

from events.desk import events, petitions  # noqa: F401  (each registers itself)
