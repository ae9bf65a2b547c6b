from association.models.account import RoleAssignment, User
from association.models.activity import Activity, ActivitySubject
from association.models.attachment import Attachment, StoredFile
from association.models.exchange import ImportBatch, ImportRow
from association.models.export_job import ExportJob
from association.models.job import Job
from association.models.listing import ColumnChoice, SavedView
from association.models.submission import Submission

__all__ = [
    "Activity",
    "ActivitySubject",
    "Attachment",
    "ColumnChoice",
    "ExportJob",
    "ImportBatch",
    "ImportRow",
    "Job",
    "RoleAssignment",
    "SavedView",
    "StoredFile",
    "Submission",
    "User",
]
