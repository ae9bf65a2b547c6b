from events.models.event import AgendaItem, Event, EventHost
from events.models.feed import CalendarFeed
from events.models.registration import Answer, Question, Registration
from events.models.series import Brand, Series, ThemeYear

__all__ = [
    "AgendaItem", "Answer", "Brand", "CalendarFeed", "Event", "EventHost", "Question", "Registration", "Series", "ThemeYear",
]  # fmt: skip
