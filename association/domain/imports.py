"""Verbs on import batches: upload, check, confirm, apply, undo, discard.

What the rows mean is the business of the registered plan; here is the order of things. Check, apply and undo run in
a worker: `confirm` and `undo` only say that it shall be done.
"""

import hashlib
import unicodedata
from pathlib import PurePath

import structlog
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg import errors

from association import bulk, importing, stamps
from association.choices import ImportState, RowResult
from association.domain.activities import record, verb
from association.errors import Refused
from association.exchange import annotate, reading
from association.exchange.limits import WorkbookRefused
from association.importing import Outdated
from association.jobs import later
from association.models import Activity, ImportBatch, ImportRow
from association.models.attachment import on_disk

log = structlog.get_logger(__name__)

FILE_GONE = "上传的文件已经不在了，请重新上传。"
# What the database says when somebody else was quicker; any other violation is a fault of ours.
RACES = (errors.UniqueViolation, errors.ExclusionViolation, errors.ForeignKeyViolation)
TAKEN = "核对之后，表里的信用代码或会员编号已被别的记录使用，请重新核对。"


# --- upload and check -----------------------------------------------------------------------------------------


@verb
def upload(plan, file, *, by) -> ImportBatch:
    """Keep an uploaded file and have it checked in the background. `file` is a Django upload."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    batch = ImportBatch(
        plan=plan.key, owner=by, filename=shown_name(file.name), size=file.size, checksum=digest.hexdigest()
    )
    file.seek(0)
    batch.file.save(file.name, file, save=False)
    try:
        with transaction.atomic():
            batch.save()
            _queue_check(batch)
    except Exception:
        batch.file.delete(save=False)
        raise
    record("association.import.uploaded", batch, by=by, sentence=f"上传{plan.label}“{batch.filename}”核对")
    return batch


def shown_name(name: str) -> str:
    """The person's own file name, fit to be shown: no folders, no control or direction characters, 120 at most."""
    seen = "".join(c for c in PurePath(name.replace("\\", "/")).name if unicodedata.category(c)[0] != "C")
    stem, suffix = PurePath(seen).stem, PurePath(seen).suffix[:10]
    return f"{stem[: 120 - len(suffix)]}{suffix}" or "未命名"


def _queue_check(batch):
    importing.Progress(batch.pk).step("正在排队")
    plan = importing.plan(batch.plan)
    batch.job = later(plan.check_job, key=f"{plan.check_job}:{batch.pk}:{batch.round}", batch_id=batch.pk)
    batch.save(update_fields=["job"])


@verb
def recheck(batch, *, by) -> ImportBatch:
    """Check the same file against the records as they are now. Doing it twice checks once."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if batch.state == ImportState.CHECKING and not batch.is_stuck:
        return batch
    if not batch.can_be_rechecked:
        raise Refused(f"这一批现在是“{batch.get_state_display()}”，不能重新核对。")
    batch.state, batch.round, batch.sentence = ImportState.CHECKING, batch.round + 1, ""
    batch.save(update_fields=["state", "round", "sentence"])
    _queue_check(batch)
    record("association.import.rechecked", batch, by=by, sentence=f"重新核对“{batch.filename}”")
    return batch


def check(batch_id: int) -> None:
    """Read and check the file of a batch; called in a worker. Running it again replaces the staged rows."""
    batch = (
        ImportBatch.objects.select_related("owner").filter(pk=batch_id, state=ImportState.CHECKING).first()
    )
    if batch is None:
        return
    plan, progress = importing.plan(batch.plan), importing.Progress(batch.pk)
    progress.step("正在读取文件")
    try:
        with on_disk(batch.file) as path:
            sheet = reading.read(path, filename=batch.filename, expected=list(plan.headers()))
        checked = plan.check(sheet, batch.owner, progress)
    except FileNotFoundError:
        _refuse(batch, FILE_GONE)
    except WorkbookRefused as refused:
        _refuse(batch, refused.sentence)
    else:
        progress.step("正在保存结果")
        _stage(batch, sheet, checked)


@transaction.atomic
def _refuse(batch, sentence):
    if _still_checking(batch):
        batch.rows.all().delete()
        ImportBatch.objects.filter(pk=batch.pk).update(
            state=ImportState.REFUSED, sentence=sentence[:500], checked_at=timezone.now()
        )


def _still_checking(batch):
    """Lock the batch; whether this check is still the one that counts."""
    stored = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
    return stored is not None and stored.state == ImportState.CHECKING and stored.round == batch.round


@transaction.atomic
def _stage(batch, sheet, checked):
    if not _still_checking(batch):
        return
    batch.rows.all().delete()
    bulk.insert(ImportRow, [_row(batch, staged) for staged in checked.rows])
    results = [row.result for row in checked.rows]
    batch.as_of, batch.columns, batch.notes = sheet.as_of, checked.columns, [*sheet.notes, *checked.notes]
    batch.total = len(results)
    batch.new_count, batch.update_count = results.count(RowResult.NEW), results.count(RowResult.UPDATE)
    batch.same_count, batch.error_count = results.count(RowResult.SAME), results.count(RowResult.ERROR)
    batch.difference_count = sum(len(r.differences) for r in checked.rows if r.result == RowResult.UPDATE)
    _keep_error_copy(batch, sheet, checked)
    batch.state, batch.sentence, batch.checked_at = ImportState.READY, "", timezone.now()
    batch.save()


def _row(batch, staged):
    return ImportRow(
        batch=batch,
        number=staged.number,
        result=staged.result,
        title=staged.title[:200],
        found_by=staged.found_by[:200],
        summary=staged.summary[:300],
        differences=staged.differences,
        errors=staged.errors,
        operations=staged.operations if staged.result in (RowResult.NEW, RowResult.UPDATE) else {},
        target=staged.target,
        fingerprint=staged.fingerprint,
    )


def _keep_error_copy(batch, sheet, checked):
    """Written here, where the sheet is at hand: reading it again would be too slow for a web request."""
    if batch.error_copy:
        batch.error_copy.delete(save=False)
    wrong = {
        row.number: "；".join(importing.phrase_of(error) for error in row.errors)
        for row in checked.rows
        if row.result == RowResult.ERROR
    }
    if not wrong:
        return
    file = ContentFile(b"")
    annotate.with_errors(sheet, file.file, wrong)
    batch.error_copy.save("errors.xlsx", file, save=False)


# --- confirm and apply ----------------------------------------------------------------------------------------


@verb
def confirm(batch, *, by, round: int, only_right: bool = False) -> ImportBatch:
    """Have the checked rows imported. Doing it twice, or two at once, imports once.

    `round` is the check that the person saw. With wrong rows in the file `only_right` must be said.
    Raises Refused when the batch does not wait for this, or the person may not see all that it would change.
    """
    batch = _locked(batch)
    if batch.state in (ImportState.APPLYING, ImportState.DONE):
        return batch
    if batch.state != ImportState.READY:
        raise Refused(f"这一批现在是“{batch.get_state_display()}”，不能导入。")
    if batch.round != round:
        raise Refused("这一批刚刚重新核对过，请看过新的结果再确认。")
    if batch.error_count and not only_right:
        raise Refused(f"还有 {batch.error_count} 行有错误。请改正后重新上传，或选择只导入正确的行。")
    if not batch.change_count:
        raise Refused("这一批没有需要导入的内容。")
    _refuse_unseen_columns(batch, by)
    importing.Progress(batch.pk).step("正在排队")
    plan = importing.plan(batch.plan)
    batch.state, batch.confirmed_by, batch.only_right = ImportState.APPLYING, by, bool(batch.error_count)
    batch.job = later(plan.apply_job, key=f"{plan.apply_job}:{batch.pk}:{batch.round}", batch_id=batch.pk)
    batch.save(update_fields=["state", "confirmed_by", "only_right", "job"])
    return batch


def _locked(batch):
    return ImportBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)


def _refuse_unseen_columns(batch, user):
    visible = importing.plan(batch.plan).columns_for(user).by_key
    if any(key not in visible for key in batch.columns):
        raise Refused(f"这一批含有你无权查看的列，请由上传人{batch.owner}确认。")


def apply(batch_id: int) -> None:
    """Write the right rows of a confirmed batch, all or nothing; called in a worker.

    When the records changed since the check, nothing is written and the batch waits to be checked again.
    """
    try:
        _apply(batch_id)
    except Outdated as outdated:
        _go_stale(batch_id, outdated.sentence)
    except IntegrityError as error:
        if not isinstance(error.__cause__, RACES):
            raise
        log.warning("import.conflict", batch=batch_id, error=type(error).__name__)
        _go_stale(batch_id, TAKEN)


def _go_stale(batch_id, sentence):
    ImportBatch.objects.filter(pk=batch_id, state=ImportState.APPLYING).update(
        state=ImportState.STALE, sentence=sentence[:500]
    )


@verb
def _apply(batch_id):
    batch = (
        ImportBatch.objects.select_for_update(of=("self",)).select_related("confirmed_by").get(pk=batch_id)
    )
    if batch.state != ImportState.APPLYING:
        return
    plan = importing.plan(batch.plan)
    rows = list(batch.rows.filter(result__in=(RowResult.NEW, RowResult.UPDATE)).order_by("number"))
    applied = plan.apply(rows, batch.confirmed_by, importing.Progress(batch.pk))
    _point_rows(batch, applied.targets)
    skipped = f"，跳过 {batch.error_count} 行错误" if batch.only_right else ""
    last = record(
        "association.import.applied",
        batch,
        by=batch.confirmed_by,
        sentence=f"导入{plan.label}：新增 {batch.new_count} 行，更新 {batch.update_count} 行{skipped}",
        basis=batch.filename,
    )
    batch.effects, batch.last_activity = applied.effects, last.pk
    batch.state, batch.applied_at, batch.sentence = ImportState.DONE, timezone.now(), ""
    batch.save()


def _point_rows(batch, targets):
    """Let each new row point to the record that it became, in one statement."""
    if not targets:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {ImportRow._meta.db_table} r SET target = v.target "
            "FROM unnest(%s::int[], %s::bigint[]) AS v(number, target) WHERE r.batch_id = %s AND r.number = v.number",
            [list(targets), list(targets.values()), batch.pk],
        )


# --- undo and discard -----------------------------------------------------------------------------------------


@verb
def undo(batch, *, by, basis: str) -> ImportBatch:
    """Have a whole import taken back. Doing it twice takes it back once.

    Whether anybody has touched the records since is asked when it is done; then nothing is taken back and the batch
    says which records stand in the way. `basis` is the reason that goes into the record.
    """
    batch = _locked(batch)
    if batch.state == ImportState.UNDONE or (batch.state == ImportState.UNDOING and not batch.is_stuck):
        return batch
    if not batch.can_be_undone:
        raise Refused(f"这一批现在是“{batch.get_state_display()}”，没有可以撤销的导入。")
    importing.Progress(batch.pk).step("正在排队")
    plan = importing.plan(batch.plan)
    batch.state, batch.undone_by, batch.undo_basis, batch.sentence = ImportState.UNDOING, by, basis[:200], ""
    batch.job = later(plan.undo_job, batch_id=batch.pk)
    batch.save(update_fields=["state", "undone_by", "undo_basis", "sentence", "job"])
    return batch


def take_back(batch_id: int) -> None:
    """Take an import back, all or nothing; called in a worker."""
    try:
        _take_back(batch_id)
    except Outdated as outdated:
        ImportBatch.objects.filter(pk=batch_id, state=ImportState.UNDOING).update(
            state=ImportState.DONE, sentence=outdated.sentence[:500]
        )


@verb
def _take_back(batch_id):
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("undone_by").get(pk=batch_id)
    if batch.state != ImportState.UNDOING:
        return
    plan = importing.plan(batch.plan)
    importing.Progress(batch.pk).step("正在撤销")
    plan.undo(batch.effects, batch.undone_by, batch.last_activity)
    batch.rows.filter(result=RowResult.NEW).update(target=None)
    record(
        "association.import.undone",
        batch,
        by=batch.undone_by,
        sentence=f"撤销导入{plan.label}“{batch.filename}”",
        basis=batch.undo_basis,
    )
    batch.state, batch.undone_at, batch.effects = ImportState.UNDONE, timezone.now(), {}
    batch.save()


def touched_since(model, pks, since: int, *, passing_over=()) -> set[int]:
    """Those of the records that a later activity than `since` is about, but for the kinds in `passing_over`."""
    content_type = ContentType.objects.get_for_model(model)
    later_ones = Activity.objects.exclude(kind__in=passing_over).filter(
        pk__gt=since, subjects__content_type=content_type, subjects__object_id__in=list(pks)
    )
    return set(later_ones.values_list("subjects__object_id", flat=True))


@verb
def discard(batch, *, by) -> ImportBatch:
    """Give an unconfirmed batch up; its file and rows are removed, because they hold personal data.

    Doing it twice changes nothing. Raises Refused once it is confirmed.
    """
    batch = _locked(batch)
    if batch.state == ImportState.DISCARDED:
        return batch
    if not batch.can_be_discarded:
        raise Refused(f"这一批现在是“{batch.get_state_display()}”，不能放弃。")
    batch.rows.all().delete()
    batch.state = ImportState.DISCARDED
    batch.save(update_fields=["state"])
    record("association.import.discarded", batch, by=by, sentence=f"放弃导入“{batch.filename}”")
    transaction.on_commit(lambda: remove_files(batch))
    return batch


def waiting(user) -> int:
    """How many checked batches of the person's own wait to be confirmed, checked again or given up."""
    own = ImportBatch.objects.filter(owner=user, state__in=(ImportState.READY, ImportState.STALE))
    own = own.exclude(state=ImportState.READY, new_count=0, update_count=0)
    return stamps.counted(f"imports.waiting.{user.pk}", own.count)


def remove_files(batch) -> None:
    """Remove the uploaded file and the copy with errors; what is gone already does no harm."""
    for file in (batch.file, batch.error_copy):
        if file:
            file.delete(save=False)
    ImportBatch.objects.filter(pk=batch.pk).update(file="", error_copy="")


def remove_old_files(before) -> int:
    """Remove the files of batches uploaded before the moment; gives how many batches had any."""
    old = ImportBatch.objects.filter(created_at__lt=before).exclude(file="", error_copy="")
    for batch in old:
        remove_files(batch)
    return len(old)
