"""Files that people attach to records: who put what where, and what lies in the store for it."""

import secrets
import shutil
import uuid
from contextlib import contextmanager
from pathlib import PurePath
from tempfile import NamedTemporaryFile

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q

from association.choices import AttachmentState, FileRole


class AttachmentQuerySet(models.QuerySet):
    def about(self, owner):
        """Attachments of the record `owner` that were not removed, newest first."""
        content_type = ContentType.objects.get_for_model(owner)
        return self.present().filter(content_type=content_type, object_id=owner.pk).order_by("-pk")

    def present(self):
        return self.filter(removed_at__isnull=True)

    def waiting(self):
        return self.filter(state=AttachmentState.PROCESSING)


class Attachment(models.Model):
    """A file that a person attached to a record of any app.

    `media_type`, `size` and `sha256` (hexadecimal) are of the file as it came, and so are `width` and `height` of a
    picture. A removal is a fact beside it; the row stays.
    """

    key = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    owner = GenericForeignKey()
    kind = models.CharField("种类", max_length=30, blank=True)
    name = models.CharField("文件名", max_length=200)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小")
    sha256 = models.CharField("校验值", max_length=64)
    state = models.CharField(
        "状态", max_length=12, choices=AttachmentState, default=AttachmentState.PROCESSING
    )
    reason = models.CharField("拒收原因", max_length=200, blank=True)
    width = models.PositiveIntegerField("宽", null=True, blank=True)
    height = models.PositiveIntegerField("高", null=True, blank=True)
    uploaded_by = models.ForeignKey(
        "association.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name="上传人",
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)
    removed_by = models.ForeignKey(
        "association.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移除人"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        indexes = [models.Index(fields=["content_type", "object_id", "-id"], name="attachment_owner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=AttachmentState.REFUSED) ^ Q(reason=""),
                name="attachment_refused_with_reason",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_ready(self) -> bool:
        return self.state == AttachmentState.READY

    def file(self, *roles):
        """The first stored file among `roles` that there is, or None; reads `files` when prefetched."""
        found = {file.role: file for file in self.files.all()}
        return next((found[role] for role in roles if role in found), None)

    @property
    def offered(self):
        """What a download gives: a picture as redrawn, anything else as it came."""
        return self.file(FileRole.DISPLAY, FileRole.ORIGINAL) if self.is_ready else None

    @property
    def thumbnail(self):
        return self.file(FileRole.THUMBNAIL) if self.is_ready else None


def attachment_storage():
    """The private store; asked for at each use, because its place differs between tests and houses."""
    return storages["attachments"]


@contextmanager
def on_disk(file):
    """A path from which the stored `file` can be read; one that lies in a bucket is fetched for as long as needed."""
    try:
        path = file.path
    except NotImplementedError:
        path = ""
    if path:
        yield path
        return
    with NamedTemporaryFile(suffix=PurePath(file.name).suffix) as copy, file.open("rb") as source:
        shutil.copyfileobj(source, copy)
        copy.flush()
        yield copy.name


def random_name() -> str:
    """A name in the store that tells nothing: two characters of folder, the rest of 128 random bits."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:]}"


class StoredFile(models.Model):
    """One file in the store: the upload as it came, or one of the pictures redrawn from it."""

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="files", verbose_name="附件")
    role = models.CharField("用途", max_length=10, choices=FileRole)
    stored_name = models.CharField("存储名", max_length=100, unique=True)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小")
    sha256 = models.CharField("校验值", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "存储文件"
        constraints = [
            models.UniqueConstraint(fields=["attachment", "role"], name="stored_file_one_of_a_role")
        ]

    def __str__(self):
        return f"{self.get_role_display()} {self.stored_name}"

    @property
    def is_redrawn(self) -> bool:
        return self.role != FileRole.ORIGINAL

    def open(self):
        return attachment_storage().open(self.stored_name)
