"""Taking files in, settling what becomes of them, removing them, and finding what does not match."""

import hashlib
import posixpath
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta

import structlog
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import FileField
from django.utils import timezone

from association import filetypes, images
from association.chinese import normalise
from association.choices import AttachmentState, FileRole, JobState
from association.domain.activities import record, verb
from association.errors import Refused
from association.jobs import later
from association.models import Attachment, Job, StoredFile
from association.models.attachment import attachment_storage, random_name

log = structlog.get_logger(__name__)

MAX_NAME_BYTES = 180
FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
RESERVED_NAMES = frozenset(["con", "prn", "aux", "nul"]) | {
    f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10)
}
# A file is written before its row is committed; nobody looks at it before it is this old.
GRACE = timedelta(hours=1)
ABANDONED_AFTER = timedelta(hours=24)


# --- taking in ------------------------------------------------------------------------------------------------


def add(owner, upload, *, by, kind: str = "") -> Attachment:
    """Attach the uploaded file to the record; a picture is redrawn in the background and shown after that.

    Raises Refused (422) for a file that may not come in, (503) when the store is full.
    """
    name = clean_name(upload.name)
    _check_size(upload.size)
    try:
        found = filetypes.identify(upload, extension_of(name))
    except filetypes.UnacceptableFile as error:
        raise Refused(error.sentence, status=422) from error
    facts = {"name": name, "kind": kind, "media_type": found.media_type, "size": upload.size}
    with _stored(upload) as (stored_name, sha256):
        return _enter(owner, stored_name, by=by, is_image=found.is_image, sha256=sha256, **facts)


@verb
def _enter(owner, stored_name, *, by, is_image, **facts):
    """Enter a stored file as an attachment of the record, with what is still to be done to it."""
    state = AttachmentState.PROCESSING if is_image else AttachmentState.READY
    attachment = Attachment.objects.create(
        content_type=ContentType.objects.get_for_model(owner),
        object_id=owner.pk,
        state=state,
        uploaded_by=by,
        **facts,
    )
    original = {key: facts[key] for key in ("media_type", "size", "sha256")}
    StoredFile.objects.create(
        attachment=attachment, role=FileRole.ORIGINAL, stored_name=stored_name, **original
    )
    record("association.attachment.added", owner, by=by, sentence=f"上传附件“{attachment.name}”")
    if is_image:
        later("association.redraw_picture", attachment_id=attachment.pk)
    return attachment


def refuse_other_than_pictures(uploads) -> None:
    """Raise Refused (422) for the first upload that is no picture."""
    for upload in uploads:
        name = clean_name(upload.name)
        try:
            found = filetypes.identify(upload, extension_of(name))
        except filetypes.UnacceptableFile as error:
            raise Refused(f"“{name}”：{error.sentence}", status=422) from error
        if not found.is_image:
            raise Refused(f"“{name}”不是图片。请上传 JPG、PNG、WebP 或 GIF。", status=422)


def clean_name(name: str) -> str:
    """A name fit to show and to save: no path, nothing unseen, at most 180 bytes, its ending kept."""
    name = normalise(str(name).replace("\\", "/")).rpartition("/")[2].translate(FORBIDDEN_IN_NAMES)
    name = name.rstrip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem = stem.strip(" .") or "未命名"
    if stem.lower() in RESERVED_NAMES:
        stem = f"_{stem}"
    ending = f".{_shortened(extension, 20)}" if extension else ""
    return _shortened(stem, MAX_NAME_BYTES - len(ending.encode())) + ending


def extension_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _shortened(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").strip(" .")


def _check_size(size):
    if not size:
        raise Refused("文件是空的，请检查后重新上传。", status=422)
    if size > settings.UPLOAD_MAX_BYTES:
        raise Refused(f"文件超过 {settings.UPLOAD_MAX_BYTES // 2**20} MB，请压缩或拆分后上传。", status=422)


@contextmanager
def _stored(content):
    """Put a file into the store and give its (name, sha256); take it out again if the block fails."""
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    storage = attachment_storage()
    try:
        name = storage.save(random_name(), content)
    except OSError as error:
        log.error("attachment.store_failed", error=type(error).__name__)
        raise Refused("服务器存储空间不足，文件没有保存，请稍后再试或联系秘书处。", status=503) from error
    try:
        yield name, digest.hexdigest()
    except BaseException:
        storage.delete(name)
        raise


# --- pictures, in the background -------------------------------------------------------------------------------


def redraw(attachment_id: int) -> None:
    """Redraw the picture of one attachment and settle it; what cannot be redrawn is refused with its reason.

    Doing it twice changes nothing.
    """
    attachment = Attachment.objects.present().waiting().filter(pk=attachment_id).first()
    if attachment is None:
        return
    original = attachment.files.get(role=FileRole.ORIGINAL)
    try:
        with original.open() as source:
            size, variants = images.redraw(source, max_pixels=settings.UPLOAD_MAX_PIXELS)
    except FileNotFoundError:
        refuse(attachment, "文件没有保存成功，请重新上传。")
    except images.PictureRefused as error:
        refuse(attachment, error.sentence)
    else:
        with suppress(AlreadySettled), ExitStack() as store:
            accept(attachment, original, size, [_store_variant(store, variant) for variant in variants])


def _store_variant(store, variant) -> StoredFile:
    """An unsaved row for the variant, whose file stays in the store if the block of `store` succeeds."""
    name, sha256 = store.enter_context(_stored(ContentFile(variant.data)))
    return StoredFile(
        role=variant.role,
        stored_name=name,
        media_type=variant.media_type,
        size=len(variant.data),
        sha256=sha256,
    )


class AlreadySettled(Exception):
    """Two runs redrew the same picture; the first one counts."""


@verb
def accept(attachment, original, size, rows):
    """Make a redrawn picture available and drop the original, with the place and camera data in it.

    Raises AlreadySettled when another run came first, so that this one's files are taken out of the store.
    """
    width, height = size
    settled = Attachment.objects.waiting().filter(pk=attachment.pk)
    if settled.update(state=AttachmentState.READY, width=width, height=height) != 1:
        raise AlreadySettled
    for row in rows:
        row.attachment = attachment
    StoredFile.objects.bulk_create(rows)
    _drop(original)


@verb
def refuse(attachment, reason):
    """Settle an attachment as refused and take its file out of the store; the facts about it stay."""
    if (
        Attachment.objects.waiting()
        .filter(pk=attachment.pk)
        .update(state=AttachmentState.REFUSED, reason=reason)
        != 1
    ):
        return
    drop_files(attachment)
    if attachment.owner is not None:
        record(
            "association.attachment.refused",
            attachment.owner,
            by=None,
            sentence=f"附件“{attachment.name}”未通过检查：{reason}",
        )


def drop_files(attachment) -> None:
    """Take every file of the attachment out of the store, once the present transaction is committed."""
    for file in attachment.files.all():
        _drop(file)


def _drop(file):
    name = file.stored_name
    file.delete()
    transaction.on_commit(lambda: attachment_storage().delete(name))


# --- removing --------------------------------------------------------------------------------------------------


@verb
def remove(attachment, *, by):
    """Take an attachment off its record. The row and the file stay, out of everyone's reach; twice is harmless."""
    gone = (
        Attachment.objects.present().filter(pk=attachment.pk).update(removed_at=timezone.now(), removed_by=by)
    )
    if gone and attachment.owner is not None:
        record(
            "association.attachment.removed", attachment.owner, by=by, sentence=f"移除附件“{attachment.name}”"
        )


@verb
def erase(owner):
    """Delete every file of a record that is itself about to be deleted, rows and all: nothing of it is to stay."""
    content_type = ContentType.objects.get_for_model(owner)
    for attachment in Attachment.objects.filter(content_type=content_type, object_id=owner.pk):
        for file in attachment.files.all():
            _drop(file)
        attachment.delete()


# --- what does not match ---------------------------------------------------------------------------------------


def missing_files() -> list[StoredFile]:
    """Rows whose file is not in the store."""
    storage = attachment_storage()
    rows = StoredFile.objects.select_related("attachment").order_by("pk").iterator(chunk_size=500)
    return [row for row in rows if not storage.exists(row.stored_name)]


def damaged_files() -> list[StoredFile]:
    """Rows whose file is there but has another checksum."""
    return [row for row in StoredFile.objects.order_by("pk").iterator(chunk_size=500) if _is_damaged(row)]


def _is_damaged(row) -> bool:
    try:
        with row.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != row.sha256
    except FileNotFoundError:
        return False


def orphan_files(older_than: timedelta = GRACE) -> list[str]:
    """Names of files in the store that no row knows and that are older than `older_than`."""
    storage, before = attachment_storage(), timezone.now() - older_than
    known = set(StoredFile.objects.values_list("stored_name", flat=True))
    known.update(name for model in apps.get_models() for name in _named_in(model))
    return [name for name in stored_names(storage) if name not in known and _written(storage, name) < before]


def _named_in(model):
    """Names of files that rows of the model hold in a field of their own; those of history are past."""
    if getattr(model, "pgh_tracked_model", None) is None:
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                rows = model._base_manager.exclude(**{field.name: ""})
                yield from rows.values_list(field.name, flat=True).iterator()


def stored_names(storage, folder=""):
    """The names of all files in a store, in no order; an iterator, because there may be many."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield posixpath.join(folder, name)
    for name in folders:
        yield from stored_names(storage, posixpath.join(folder, name))


def _written(storage, name):
    try:
        return storage.get_modified_time(name)
    except FileNotFoundError:
        return timezone.now()


def sweep() -> None:
    """Delete files that a failed upload left a day ago, and refuse pictures whose job has failed for good."""
    storage = attachment_storage()
    for name in orphan_files(ABANDONED_AFTER):
        storage.delete(name)
    open_jobs = Job.objects.filter(
        name="association.redraw_picture", state__in=[JobState.QUEUED, JobState.RUNNING]
    ).values_list("arguments__attachment_id", flat=True)
    stuck = (
        Attachment.objects.waiting()
        .filter(uploaded_at__lt=timezone.now() - GRACE)
        .exclude(pk__in=set(open_jobs))
    )
    for attachment in stuck:
        refuse(attachment, "图片处理失败，请重新上传。")
