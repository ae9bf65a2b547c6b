"""What the events app puts on the workbench, one module a room."""

from events.desk import deals, events, projects  # noqa: F401  (registers itself)
