"""What the events app puts on the workbench, one module a room."""

from events.desk import events  # noqa: F401  (registers itself)
