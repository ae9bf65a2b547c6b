"""The demonstration's events: the whole of 2022 as domain 1.3 counts it, and a few that are still to come."""

from events.demo.loading import load

__all__ = ["load"]
