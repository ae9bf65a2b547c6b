from events.models.department import Department, Liaison
from events.models.event import AgendaItem, Event, EventHost
from events.models.petition import Answer, Handover, Petition, PetitionStep
from events.models.series import Brand, Series, ThemeYear

__all__ = [
    "AgendaItem", "Answer", "Brand", "Department", "Event", "EventHost", "Handover", "Liaison", "Petition", "PetitionStep",
    "Series", "ThemeYear",
]  # fmt: skip
