from events.models.attendance import Attendance
from events.models.cover import Cover
from events.models.deal import Deal, DealParty
from events.models.department import Department, Liaison
from events.models.door import DoorPass
from events.models.event import AgendaItem, Event, EventHost
from events.models.feed import CalendarFeed
from events.models.feedback import Feedback
from events.models.invitation import EventInvitation
from events.models.match import ContactSharing, Match, Talk
from events.models.online import OnlineList, OnlineRow
from events.models.petition import Answer, Handover, Petition, PetitionStep
from events.models.posting import Posting
from events.models.project import Project, ProjectStage, Review
from events.models.registration import Question, QuestionAnswer, Registration
from events.models.series import Brand, Series, ThemeYear
from events.models.visit import Visit

__all__ = [
    "AgendaItem",
    "Answer",
    "Attendance",
    "Brand",
    "CalendarFeed",
    "ContactSharing",
    "Cover",
    "Deal",
    "DealParty",
    "Department",
    "DoorPass",
    "Event",
    "EventHost",
    "EventInvitation",
    "Feedback",
    "Handover",
    "Liaison",
    "Match",
    "OnlineList",
    "OnlineRow",
    "Petition",
    "PetitionStep",
    "Posting",
    "Project",
    "ProjectStage",
    "Question",
    "QuestionAnswer",
    "Registration",
    "Review",
    "Series",
    "Talk",
    "ThemeYear",
    "Visit",
]
