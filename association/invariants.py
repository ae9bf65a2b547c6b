"""The invariants of the ground floor: history, rights, structure, files, background work."""

from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from association.celery import app as celery
from association.choices import DeliveryState, ExportState, ImportState, JobState, RowResult
from association.domain import attachments, outbox
from association.grants import append_only_tables, history_tables
from association.history import event_models
from association.integrity import NotNow, invariant, rows
from association.models import Attachment, Delivery, ExportJob, ImportBatch, ImportRow, Job, RoleAssignment

# After a fault the system mends itself within this time (reliability: nothing waits for a person).
MENDED_AFTER = timedelta(minutes=15)
COUNTED = (
    ImportState.READY,
    ImportState.STALE,
    ImportState.APPLYING,
    ImportState.DONE,
    ImportState.UNDOING,
    ImportState.UNDONE,
)
COUNTS = {
    RowResult.NEW: "new_count",
    RowResult.UPDATE: "update_count",
    RowResult.SAME: "same_count",
    RowResult.ERROR: "error_count",
}


# --- structure and rights -------------------------------------------------------------------------------------


@invariant("migrations", "数据库的结构与程序一致，没有漏掉的迁移。")
def unapplied_migrations():
    loader = MigrationLoader(connection)
    return [f"{app}.{name}" for app, name in sorted(set(loader.graph.nodes) - set(loader.applied_migrations))]


@invariant("constraints", "程序声明的约束、唯一索引和触发器都在数据库里，并且有效。")
def lost_constraints():
    """A check that was dropped by hand, is not valid for the rows of old, or a trigger that was switched off."""
    wanted = {c.name for m in _our_models() for c in m._meta.constraints}
    there = "SELECT conname FROM pg_constraint WHERE convalidated UNION SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisvalid"
    wanted_triggers = {t.get_pgid(m) for m in _our_models() for t in getattr(m._meta, "triggers", ())}
    on = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
    return [
        *rows(f"SELECT '约束 ' || name FROM unnest(%s::text[]) AS name WHERE name NOT IN ({there}) ORDER BY 1", [sorted(wanted)]),
        *rows(f"SELECT '触发器 ' || name FROM unnest(%s::text[]) AS name WHERE name NOT IN ({on}) ORDER BY 1", [sorted(wanted_triggers)]),
    ]  # fmt: skip


def _our_models():
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in ("association", *_our_apps())]


def _our_apps():
    return [c.name for c in apps.get_app_configs() if (settings.BASE_DIR / c.name / "apps.py").exists()]


@invariant("rights", "应用的数据库角色不能改写历史与动态，也不能改动结构。")
def excessive_rights():
    role = settings.APP_DATABASE_ROLE
    if not rows("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]):
        raise NotNow(f"这里没有数据库角色 {role}")
    held = """
        SELECT %(role)s || ' 可以对 ' || t || ' 执行 ' || p FROM unnest(%(tables)s::text[]) AS t, unnest(%(rights)s::text[]) AS p
        WHERE has_table_privilege(%(role)s, quote_ident(t), p)"""
    structure = """
        SELECT %(role)s || ' 拥有表 ' || tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = %(role)s
        UNION ALL SELECT %(role)s || ' 是超级用户' FROM pg_roles WHERE rolname = %(role)s AND rolsuper
        UNION ALL SELECT %(role)s || ' 可以在 public 中建表' WHERE has_schema_privilege(%(role)s, 'public', 'CREATE')"""
    forging = {"role": role, "tables": history_tables(), "rights": ["INSERT", "UPDATE", "DELETE", "TRUNCATE"]}
    rewriting = {"role": role, "tables": append_only_tables(), "rights": ["UPDATE", "DELETE", "TRUNCATE"]}
    return [*rows(held, forging), *rows(held, rewriting), *rows(structure, {"role": role})]


@invariant("roles_by_two", "生效的职责由两个人分别授予和确认，或由命令行授予。")
def roles_by_one_person():
    alone = RoleAssignment.objects.filter(confirmed_at__isnull=False).filter(
        models.Q(granted_by__isnull=False, confirmed_by__isnull=True)
        | models.Q(granted_by__isnull=False, confirmed_by=models.F("granted_by"))
        | models.Q(confirmed_by=models.F("user"))
    )
    return (f"职责 {a.pk} {a}" for a in alone.select_related("user").order_by("pk"))


# --- history --------------------------------------------------------------------------------------------------


@invariant("history", "每一处改动都有历史：每条记录与它最后一次留下的历史相同，删除也留有记录。")
def unrecorded_changes():
    return [text for model in event_models() for text in _unrecorded(model)]


def _unrecorded(event_model):
    """Rows whose last event says something else, in one pass over both tables."""
    tracked, quote = event_model.pgh_tracked_model, connection.ops.quote_name
    names = {f.name for f in event_model._meta.concrete_fields}
    columns = [f.column for f in tracked._meta.concrete_fields if f.name in names]
    now, then = (", ".join(f"{a}.{quote(c)}" for c in columns) for a in ("t", "e"))
    table, events = quote(tracked._meta.db_table), quote(event_model._meta.db_table)
    key = f"t.{quote(tracked._meta.pk.column)}"
    last = f"SELECT * FROM {events} WHERE pgh_id IN (SELECT max(pgh_id) FROM {events} GROUP BY pgh_obj_id)"
    return rows(f"""
        SELECT '{tracked._meta.verbose_name} ' || COALESCE({key}, e.pgh_obj_id)
            || CASE WHEN e.pgh_id IS NULL THEN ' 没有历史' WHEN {key} IS NULL THEN ' 消失了而没有记录' ELSE ' 与最后的历史不同' END
        FROM {table} t FULL JOIN ({last}) e ON e.pgh_obj_id = {key}
        WHERE e.pgh_id IS NULL OR ({key} IS NULL AND e.pgh_label <> 'delete')
           OR ({key} IS NOT NULL AND (e.pgh_label = 'delete' OR ({now}) IS DISTINCT FROM ({then})))
        ORDER BY 1""")


# --- files ----------------------------------------------------------------------------------------------------


@invariant("files_missing", "附件的每个文件都在存储里。")
def missing_files():
    return (f"附件 {row.attachment_id} 的文件 {row.stored_name}" for row in attachments.missing_files())


@invariant("files_damaged", "附件的每个文件与登记的校验值一致。", reads_files=True)
def damaged_files():
    return (f"附件 {row.attachment_id} 的文件 {row.stored_name}" for row in attachments.damaged_files())


@invariant("files_orphaned", "存储里没有无人登记的文件（一天内写入的除外，夜间会清扫）。")
def orphan_files():
    return attachments.orphan_files(attachments.ABANDONED_AFTER + timedelta(days=1))


@invariant("attachments_owned", "每个附件都属于一条还在的记录。")
def attachments_of_nothing():
    present = Attachment.objects.present().order_by()
    for pk in present.values_list("content_type", flat=True).distinct():
        of_type = present.filter(content_type=pk)
        model = of_type.select_related("content_type").first().content_type.model_class()
        if model is None:
            yield f"对象类型 {pk} 已不存在"
            continue
        owners = model._base_manager.filter(pk=models.OuterRef("object_id"))
        for attachment in of_type.exclude(models.Exists(owners)).order_by("pk"):
            yield f"附件 {attachment.pk} {attachment.name}"


@invariant("exports_kept", "导出的文件在保留期内都能取到。")
def missing_exports():
    store = storages["exports"]
    for export in ExportJob.objects.filter(state=ExportState.DONE).exclude(file="").order_by("pk"):
        if not store.exists(export.file):
            yield f"导出 {export.pk} {export.file_name}"


# --- background work ------------------------------------------------------------------------------------------


@invariant("imports_add_up", "导入报告的行数与逐行结果相符，导入后的新记录都能找到。")
def wrong_reports():
    counted = ", ".join(
        f"count(*) FILTER (WHERE r.result = {result.value}) AS {name}" for result, name in COUNTS.items()
    )
    names = ", ".join(COUNTS.values())
    batch, row = ImportBatch._meta.db_table, ImportRow._meta.db_table
    states = [s.value for s in COUNTED]
    return [
        *rows(
            f"SELECT '批次 ' || b.id || ' ' || b.filename FROM {batch} b LEFT JOIN LATERAL (SELECT {counted}, count(*) AS total"
            f" FROM {row} r WHERE r.batch_id = b.id) s ON true WHERE b.state = ANY(%s)"
            f" AND (b.total, {_of('b', names)}) IS DISTINCT FROM (s.total, {_of('s', names)}) ORDER BY b.id",
            [states],
        ),
        *rows(
            f"SELECT '批次 ' || b.id || ' 第 ' || r.number || ' 行' FROM {row} r JOIN {batch} b ON b.id = r.batch_id"
            " WHERE b.state = %s AND r.result = ANY(%s) AND r.target IS NULL ORDER BY b.id, r.number",
            [ImportState.DONE, [RowResult.NEW.value, RowResult.UPDATE.value]],
        ),
    ]


def _of(alias, names):
    return ", ".join(f"{alias}.{name}" for name in names.split(", "))


@invariant("jobs_flow", "后台任务不积压：到期十五分钟后不再有未完成的。")
def stuck_jobs():
    before = timezone.now() - MENDED_AFTER
    due = models.Q(run_after__lt=before) | models.Q(run_after__isnull=True, created_at__lt=before)
    waiting = models.Q(state=JobState.QUEUED) & due
    held = models.Q(state=JobState.RUNNING, claimed_at__lt=before)
    return while_somebody_works(
        [f"任务 {j.pk} {j.name}" for j in Job.objects.filter(waiting | held).order_by("pk")]
    )


@invariant("deliveries_flow", "邮件和短信不积压：到期十五分钟后都已发出、失败或改期。")
def stuck_letters():
    found = outbox.stuck_deliveries().order_by("pk")
    return while_somebody_works([f"{d.get_channel_display()} {d.pk} {d.get_state_display()}" for d in found])


@invariant("deliveries_secret", "发出或放弃的验证码与一次性链接不留正文。")
def secrets_kept():
    ended = Delivery.objects.filter(secret=True, state__in=[DeliveryState.SENT, DeliveryState.FAILED])
    kept = ended.exclude(text="", html="", values={}).order_by("pk")
    return (f"{d.get_channel_display()} {d.pk}" for d in kept)


def while_somebody_works(stuck: list[str]) -> list[str]:
    """What is stuck, as long as a worker is there that ought to have done it; raises NotNow when none is."""
    if stuck and not worker_answers():
        raise NotNow(f"没有后台进程在运行，{len(stuck)} 项在等待")
    return stuck


def worker_answers() -> bool:
    """Whether a Celery worker answers within two seconds."""
    try:
        return bool(celery.control.ping(timeout=2))
    except Exception:  # whatever a broker that is away makes the client raise
        return False
