from association.models.account import RoleAssignment, User
from association.models.activity import Activity, ActivitySubject
from association.models.job import Job
from association.models.listing import ColumnChoice, SavedView
from association.models.submission import Submission

__all__ = [
    "Activity",
    "ActivitySubject",
    "ColumnChoice",
    "Job",
    "RoleAssignment",
    "SavedView",
    "Submission",
    "User",
]
