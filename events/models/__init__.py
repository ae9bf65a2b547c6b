from events.models.deal import Deal, DealParty
from events.models.event import AgendaItem, Event, EventHost
from events.models.project import Project, ProjectStage, Review
from events.models.series import Brand, Series, ThemeYear

__all__ = [
    "AgendaItem", "Brand", "Deal", "DealParty", "Event", "EventHost", "Project", "ProjectStage", "Review", "Series",
    "ThemeYear",
]  # fmt: skip
