from events.models.event import AgendaItem, Event, EventHost
from events.models.series import Brand, Series, ThemeYear

__all__ = ["AgendaItem", "Brand", "Event", "EventHost", "Series", "ThemeYear"]
