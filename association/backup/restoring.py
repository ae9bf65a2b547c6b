"""The way back: check a backup, put it into an empty house, and show that what is there now is what was saved."""

import json
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection, transaction

from association import stamps
from association.backup import checksums, hooks
from association.backup.making import DUMP, FORMAT, MANIFEST, STORES, SUMS, secret_key_mark
from association.backup.tools import BackupRefused, run
from association.domain.attachments import stored_names

# A house that was only just set up has rows here without anybody having entered any.
OF_NO_ACCOUNT = ("django_migrations", "django_content_type", "auth_permission", "django_site")

OTHER_KEY = (
    "注意：这里的 SECRET_KEY 与备份时不同，所有人须重新登录，身份验证器和恢复码也读不出来。"
    "请换回原来的密钥，或把它放进 SECRET_KEY_FALLBACKS。"
)


def read(folder: Path) -> dict:
    """The manifest of a backup, after every file in it was compared with its checksum; raises BackupRefused."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        text = (folder / SUMS).read_text("utf-8")
        sums = checksums.read_list(text)
    except (OSError, ValueError) as error:
        raise BackupRefused(f"{folder} 不是一份完整的备份：{error}") from error
    if manifest.get("format") != FORMAT:
        raise BackupRefused(f"这份备份的格式是 {manifest.get('format')}，本程序只认识 {FORMAT}。")
    if sha256(text.encode()).hexdigest() != manifest["sums"]:
        raise BackupRefused(f"{SUMS} 与 {MANIFEST} 不相符，备份被改动过。")
    for name, checksum in sums.items():
        path = folder / name
        if not path.is_file() or checksums.of_file(path) != checksum:
            raise BackupRefused(f"备份中的 {name} 缺失或已损坏。")
    return manifest | {"sums": sums}


def refuse_to_overwrite(manifest) -> None:
    """Raise BackupRefused when there are records or files where the backup would go."""
    with transaction.atomic():
        filled = [n for n, (count, _) in checksums.of_tables().items() if count and n not in OF_NO_ACCOUNT]
    if filled:
        raise BackupRefused(f"数据库不是空的（例如 {filled[0]} 里有数据）。确要覆盖请加 --force。")
    for alias in STORES if manifest["with_files"] else ():
        if next(iter(stored_names(storages[alias])), None):
            raise BackupRefused(f"文件目录 {alias} 不是空的。确要覆盖请加 --force。")


def restore(folder: Path, manifest, *, tell) -> None:
    """Replace database and files by what was saved; `tell(text)` hears of each step.

    Raises BackupRefused when what came out is not what was saved. Migrations newer than the backup are applied and
    the application's rights given anew, because neither roles nor rights lie in the backup. What apps have to do
    again, such as erasures made since, they do last.
    """
    tell("正在恢复数据库")
    _restore_database(folder)
    _compare_tables(manifest)
    if manifest["with_files"]:
        tell(f"正在恢复 {manifest['files']} 个文件")
        _restore_files(folder, manifest["sums"])
    tell("正在应用新的迁移并授予权限")
    call_command("migrate", verbosity=0, interactive=False)
    hooks.after_restore_of(folder, tell=tell)
    stamps.bump()
    known = {secret_key_mark(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)}
    if manifest["secret_key"] not in known:
        tell(OTHER_KEY)


def _restore_database(folder):
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        # The owner of the database may do this; pg_restore --clean would stumble over tables the backup does not know.
        cursor.execute(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC"
        )
    connection.close()
    run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        str(folder / DUMP),
    )


def _compare_tables(manifest):
    with transaction.atomic():
        now = checksums.of_tables()
    wrong = [n for n in {**manifest["tables"], **now} if manifest["tables"].get(n) != now.get(n)]
    if wrong:
        raise BackupRefused(f"恢复后的表与备份不一致：{'、'.join(sorted(wrong)[:5])}。")


def _restore_files(folder, sums):
    for alias in STORES:
        storage = storages[alias]
        for name in list(stored_names(storage)):
            storage.delete(name)
    for saved in (name for name in sums if name != DUMP):
        alias, _, name = saved.partition("/")
        with (folder / saved).open("rb") as content:
            if storages[alias].save(name, File(content)) != name:
                raise BackupRefused(f"文件 {name} 没有按原名恢复。")
