from association.models.account import FactorReset, RoleAssignment, User
from association.models.activity import Activity, ActivitySubject
from association.models.attachment import Attachment, StoredFile
from association.models.exchange import ImportBatch, ImportRow
from association.models.export_job import ExportJob
from association.models.job import Job
from association.models.listing import ColumnChoice, SavedView
from association.models.notice import AddressState, Delivery, Notice, NoticePreference
from association.models.submission import Submission

__all__ = [
    "Activity",
    "ActivitySubject",
    "AddressState",
    "Attachment",
    "ColumnChoice",
    "Delivery",
    "ExportJob",
    "FactorReset",
    "ImportBatch",
    "ImportRow",
    "Job",
    "Notice",
    "NoticePreference",
    "RoleAssignment",
    "SavedView",
    "StoredFile",
    "Submission",
    "User",
]
