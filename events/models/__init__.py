from events.models.attendance import Attendance
from events.models.door import DoorPass
from events.models.event import AgendaItem, Event, EventHost
from events.models.feed import CalendarFeed
from events.models.online import OnlineList, OnlineRow
from events.models.registration import Answer, Question, Registration
from events.models.series import Brand, Series, ThemeYear

__all__ = [
    "AgendaItem", "Answer", "Attendance", "Brand", "CalendarFeed", "DoorPass", "Event", "EventHost", "OnlineList",
    "OnlineRow", "Question", "Registration", "Series", "ThemeYear",
]  # fmt: skip
