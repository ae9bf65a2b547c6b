"""What left the house as a file: one row for each export, kept for good; it is the queue of large ones as well."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from association.choices import ExportFormat, ExportState, JobState

OPEN = (ExportState.QUEUED, ExportState.RUNNING)
# Who took what out, and why: written once.
FIXED = [
    "person",
    "listing",
    "title",
    "query",
    "conditions",
    "columns",
    "as_of",
    "format",
    "reason",
    "is_unmasked",
]


class ExportJobQuerySet(models.QuerySet):
    def visible_to(self, user, *, sees_all: bool):
        """A person's own exports; all of them for those who may read the log."""
        return self if sees_all else self.filter(person=user)

    def unfinished(self):
        return self.filter(state__in=OPEN)

    def to_fetch(self, user):
        """Files that were made for the person and that they have not taken yet."""
        return self.filter(person=user, state=ExportState.DONE, downloaded_at__isnull=True)


class ExportJob(models.Model):
    """One export of a list: who took out which columns of which rows, as of which day and for what purpose.

    `query` is the list's query string with the day pinned; `conditions` says the same in words, as they read then.
    """

    person = models.ForeignKey(
        "association.User", models.PROTECT, related_name="exports", verbose_name="经办人"
    )
    listing = models.CharField("列表", max_length=60)
    title = models.CharField("名称", max_length=60)
    query = models.TextField("地址参数", blank=True)
    conditions = models.TextField("筛选条件", blank=True)
    columns = ArrayField(models.CharField(max_length=60), verbose_name="列", default=list)
    as_of = models.DateField("截至日期")
    format = models.CharField("格式", max_length=4, choices=ExportFormat, default=ExportFormat.XLSX)
    reason = models.CharField("用途", max_length=200, blank=True)
    is_unmasked = models.BooleanField("含完整个人号码", default=False)
    rows_total = models.PositiveIntegerField("总行数", default=0)
    rows_done = models.PositiveIntegerField("已完成行数", default=0)
    state = models.CharField("状态", max_length=10, choices=ExportState, default=ExportState.QUEUED)
    failure = models.CharField("失败原因", max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    work = models.OneToOneField("association.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    file = models.CharField("文件", max_length=100, blank=True)
    file_name = models.CharField("文件名", max_length=100)
    size = models.PositiveBigIntegerField("大小", default=0)
    sha256 = models.CharField("校验和", max_length=64, blank=True)
    created_at = models.DateTimeField("申请时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    downloaded_at = models.DateTimeField("首次下载时间", null=True, blank=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出记录"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="export_job_of_person"),
            models.Index(fields=["listing", "-id"], name="export_job_of_listing"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "fingerprint"],
                condition=Q(state__in=[s.value for s in OPEN]) & ~Q(fingerprint=""),
                name="export_job_one_open",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="request_is_fixed", fields=FIXED),
            pgtrigger.Protect(name="row_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"{self.title} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN and not self.has_died

    @property
    def has_died(self) -> bool:
        """Whether the work was given up although nobody was left to write that down here."""
        return self.state in OPEN and self.work is not None and self.work.state == JobState.FAILED

    @property
    def shown_state(self) -> ExportState:
        return ExportState.FAILED if self.has_died else ExportState(self.state)
