from events.models.event import AgendaItem, Event, EventHost
from events.models.match import ContactSharing, Match, Talk
from events.models.posting import Posting
from events.models.series import Brand, Series, ThemeYear

__all__ = [
    "AgendaItem", "Brand", "ContactSharing", "Event", "EventHost", "Match", "Posting", "Series", "Talk", "ThemeYear",
]  # fmt: skip
