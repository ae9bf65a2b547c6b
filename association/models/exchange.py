"""Imports from workbooks: a batch is one uploaded file, its rows are what would become of each line."""

import uuid
from pathlib import PurePath

from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from association import importing
from association.choices import ImportState, JobState, RowResult


def private_store():
    return storages["attachments"]


def stored_name(batch, filename):
    """A name that nobody can guess and that owes nothing to the person's own."""
    return f"imports/{uuid.uuid4().hex}{PurePath(filename).suffix.lower()[:5]}"


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Batches of the plans that the person may import with: colleagues see each other's."""
        return self.filter(plan__in=importing.allowed_keys(user))


class ImportBatch(models.Model):
    """One uploaded workbook on its way in. `round` counts how often it was checked: a page that shows an older
    check cannot confirm a newer one."""

    plan = models.CharField(max_length=60)
    owner = models.ForeignKey("association.User", models.PROTECT, related_name="+", verbose_name="上传人")
    filename = models.CharField("文件名", max_length=120)
    file = models.FileField(storage=private_store, upload_to=stored_name, max_length=200, blank=True)
    error_copy = models.FileField(storage=private_store, upload_to=stored_name, max_length=200, blank=True)
    size = models.PositiveIntegerField(default=0)
    checksum = models.CharField(max_length=64, blank=True)
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.CHECKING)
    round = models.PositiveSmallIntegerField(default=1)
    job = models.ForeignKey("association.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    sentence = models.CharField(max_length=500, blank=True)
    as_of = models.DateField("截至日期", null=True, blank=True)
    columns = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    update_count = models.PositiveIntegerField(default=0)
    same_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    difference_count = models.PositiveIntegerField(default=0)
    only_right = models.BooleanField(default=False)
    effects = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    last_activity = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "association.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("association.User", models.PROTECT, null=True, blank=True, related_name="+")
    undo_basis = models.CharField(max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        indexes = [models.Index(fields=["plan", "-created_at"])]

    def __str__(self):
        return self.filename

    @property
    def change_count(self) -> int:
        """Rows that an import would write."""
        return self.new_count + self.update_count

    @property
    def is_applied(self) -> bool:
        """Whether it was imported once, even if it was taken back later."""
        return self.state in (ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE)

    @property
    def is_running(self) -> bool:
        return self.state in (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)

    @property
    def is_stuck(self) -> bool:
        """Whether the background work gave up on it, so that it would be running for ever."""
        return self.is_running and self.job is not None and self.job.state == JobState.FAILED

    @property
    def can_be_discarded(self) -> bool:
        return (
            self.state in (ImportState.REFUSED, ImportState.READY, ImportState.STALE)
            or self._nothing_came_of_it
        )

    @property
    def can_be_rechecked(self) -> bool:
        return self.state in (ImportState.READY, ImportState.STALE) or self._nothing_came_of_it

    @property
    def can_be_undone(self) -> bool:
        return self.state == ImportState.DONE or (self.state == ImportState.UNDOING and self.is_stuck)

    @property
    def _nothing_came_of_it(self) -> bool:
        return self.is_stuck and self.state != ImportState.UNDOING


class ImportRow(models.Model):
    """What would become of one line of the file."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行")
    result = models.PositiveSmallIntegerField("结果", choices=RowResult)
    title = models.CharField("单位", max_length=200, blank=True)
    found_by = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    differences = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    operations = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    target = models.BigIntegerField(null=True, blank=True)
    fingerprint = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        ordering = ["result", "number"]
        indexes = [models.Index(fields=["batch", "result", "number"])]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_number_unique")]

    def __str__(self):
        return f"第{self.number}行"
