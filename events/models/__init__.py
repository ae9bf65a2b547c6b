from events.models.cover import Cover
from events.models.event import AgendaItem, Event, EventHost
from events.models.series import Brand, Series, ThemeYear
from events.models.visit import Visit

__all__ = ["AgendaItem", "Brand", "Cover", "Event", "EventHost", "Series", "ThemeYear", "Visit"]
