"""Verbs on exports: hand one over at once or have it made, fetch it, let it expire. What a list is, the apps say."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from association.choices import ExportState, JobState
from association.domain.activities import record, verb
from association.errors import Refused
from association.jobs import MAX_ATTEMPTS, later
from association.models import ExportJob

KEPT = timedelta(days=7)
MOST_OPEN = 3
MOST_RECENT, RECENT = 30, timedelta(minutes=10)
BROKEN = "生成文件时出错，没有生成。请重新导出；仍不成功时请联系系统管理员。"


@dataclass(frozen=True)
class ExportRequest:
    """What is to be taken out: the list and its state in the address (the day pinned), the same in words, the keys
    of the columns in order, and the purpose when personal numbers are in full. `rows` is how many there are."""

    listing: str
    title: str
    query: str
    conditions: str
    columns: list[str]
    as_of: date
    format: str
    file_name: str
    rows: int
    is_unmasked: bool = False
    reason: str = ""

    @property
    def fingerprint(self) -> str:
        parts = (self.listing, self.query, ",".join(self.columns), self.format, str(self.is_unmasked))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@verb
def hand_over(request: ExportRequest, content: bytes, *, by) -> ExportJob:
    """Write down an export whose file is handed to the person in this very answer.

    Raises Refused (429) when the person exports too often.
    """
    _refuse_haste(by)
    now = timezone.now()
    export = _create(
        request,
        by,
        state=ExportState.DONE,
        rows_done=request.rows,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        finished_at=now,
        downloaded_at=now,
    )
    _record("association.export.handed_over", export, by, f"导出{_what(request)}")
    return export


@verb
def request_export(request: ExportRequest, *, by, job: str) -> ExportJob:
    """Queue a large export; the background function `job` is called with its key as `export_id`.

    Asking twice for the same gives the one that is still being made. Raises Refused when three are open already
    or when the person exports too often.
    """
    _bury_dead(ExportJob.objects.filter(person=by))
    open_ones = ExportJob.objects.unfinished().filter(person=by)
    if same := open_ones.filter(fingerprint=request.fingerprint).first():
        return same
    if open_ones.count() >= MOST_OPEN:
        raise Refused(f"你已有 {MOST_OPEN} 份导出正在生成，请等其中一份完成后再申请。")
    _refuse_haste(by)
    try:
        with transaction.atomic():
            export = _create(request, by, fingerprint=request.fingerprint)
    except IntegrityError:
        return open_ones.get(fingerprint=request.fingerprint)
    export.work = later(job, export_id=export.pk)
    export.save(update_fields=["work"])
    _record("association.export.requested", export, by, f"申请导出{_what(request)}")
    return export


def _create(request, by, **state):
    fields = {k: v for k, v in asdict(request).items() if k != "rows"}
    return ExportJob.objects.create(person=by, rows_total=request.rows, **fields, **state)


def _what(request) -> str:
    secrecy = "，含完整个人号码" if request.is_unmasked else ""
    return f"{request.title} {request.rows} 行、{len(request.columns)} 列，截至 {request.as_of}{secrecy}"


def _record(kind, export, by, sentence):
    record(kind, export, by=by, sentence=sentence, basis=export.reason)


def _refuse_haste(person):
    since = timezone.now() - RECENT
    if ExportJob.objects.filter(person=person, created_at__gt=since).count() >= MOST_RECENT:
        raise Refused(f"十分钟内已导出 {MOST_RECENT} 次，请过几分钟再试。", status=429)


def produce(export_id: int, *, write: Callable, check: Callable) -> None:
    """Make the file of a queued export. Doing it twice changes nothing; what a dead worker left is begun again.

    `write(export, path, progress)` writes the file and calls `progress(done, total)` as it goes. `check(export)` raises
    Refused when the person may no longer have it; it is asked before, at every step, and before the file is there
    to fetch. A refusal ends the export with its sentence; any other error is tried again and then ends it too.
    """
    export = ExportJob.objects.select_related("work").get(pk=export_id)
    if export.state in (ExportState.QUEUED, ExportState.RUNNING):
        try:
            with TemporaryDirectory(prefix="export-") as folder:
                _make(export, Path(folder) / export.file_name, write, check)
        except Refused as refused:
            _end(export, ExportState.FAILED, failure=refused.sentence)
        except Exception:
            if export.work is None or export.work.attempts >= MAX_ATTEMPTS:
                _end(export, ExportState.FAILED, failure=BROKEN)
            raise


def _make(export, path, write, check):
    check(export)
    ExportJob.objects.unfinished().filter(pk=export.pk).update(state=ExportState.RUNNING, rows_done=0)
    write(export, path, partial(_progress, export, check))
    check(export)
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        name = storages["exports"].save(f"{uuid4().hex}.{export.format}", File(file))
    size = path.stat().st_size
    _end(export, ExportState.DONE, file=name, sha256=checksum, size=size, rows_done=F("rows_total"))


def _progress(export, check, done, total):
    check(export)
    ExportJob.objects.unfinished().filter(pk=export.pk).update(rows_done=done, rows_total=total)


def _end(export, state, **values):
    ended = ExportJob.objects.unfinished().filter(pk=export.pk)
    ended.update(state=state, finished_at=timezone.now(), **values)
    cache.delete(_waiting_key(export.person_id))


@verb
def note_download(export, *, by) -> ExportJob:
    """Write down that the file was fetched; the first time counts. Doing it twice changes nothing.

    Raises Refused when the file is not there (not yet, no longer, or failed).
    """
    export = ExportJob.objects.select_for_update().get(pk=export.pk)
    if export.state == ExportState.EXPIRED:
        raise Refused("文件已超过保留期，请重新导出。")
    if export.state != ExportState.DONE or not export.file:
        raise Refused("文件还没有生成好，请稍后再下载。")
    if export.downloaded_at is None:
        export.downloaded_at = timezone.now()
        export.save(update_fields=["downloaded_at"])
        transaction.on_commit(lambda: cache.delete(_waiting_key(by.pk)), robust=True)
        _record(
            "association.export.downloaded", export, by, f"下载{export.file_name}，共 {export.rows_total} 行"
        )
    return export


def waiting(person) -> int:
    """How many finished files the person has not fetched; kept for an hour or until one is made or fetched."""
    key = _waiting_key(person.pk)
    return cache.get_or_set(key, lambda: ExportJob.objects.to_fetch(person).count(), 3600)


def _waiting_key(person_id) -> str:
    return f"exports.waiting.{person_id}"


def expire() -> int:
    """Remove files older than seven days and files that no row names; the rows stay. Gives how many files went."""
    _bury_dead(ExportJob.objects.all())
    store, old = storages["exports"], timezone.now() - KEPT
    due = ExportJob.objects.filter(state=ExportState.DONE, finished_at__lt=old).exclude(file="")
    gone = [e.file for e in due if _let_expire(e)]
    for name in gone:
        store.delete(name)
    return len(gone) + _sweep(store)


def _let_expire(export) -> bool:
    return (
        ExportJob.objects.filter(pk=export.pk, state=ExportState.DONE).update(
            state=ExportState.EXPIRED, file=""
        )
        == 1
    )


def _sweep(store) -> int:
    """Files that were written when the row could not be: a crash between the two leaves one behind."""
    if not store.exists(""):
        return 0
    known = set(ExportJob.objects.exclude(file="").values_list("file", flat=True))
    yesterday = timezone.now() - timedelta(days=1)
    strays = [n for n in store.listdir("")[1] if n not in known and store.get_modified_time(n) < yesterday]
    for name in strays:
        store.delete(name)
    return len(strays)


def _bury_dead(exports):
    """Exports whose work was given up (a worker that died three times) are failed in name as well."""
    dead = exports.unfinished().filter(work__state=JobState.FAILED)
    dead.update(state=ExportState.FAILED, failure=BROKEN, finished_at=timezone.now())
