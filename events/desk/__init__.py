"""What the events app puts on the workbench, one module a room."""

from events.desk import board, events, visits  # noqa: F401  (registers itself)
