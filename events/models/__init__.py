from events.models.deal import Deal, DealParty
from events.models.event import AgendaItem, Event, EventHost
from events.models.feed import CalendarFeed
from events.models.project import Project, ProjectStage, Review
from events.models.registration import Answer, Question, Registration
from events.models.series import Brand, Series, ThemeYear

__all__ = [
    "AgendaItem",
    "Answer",
    "Brand",
    "CalendarFeed",
    "Deal",
    "DealParty",
    "Event",
    "EventHost",
    "Project",
    "ProjectStage",
    "Question",
    "Registration",
    "Review",
    "Series",
    "ThemeYear",
]
