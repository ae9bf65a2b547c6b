"""Making a backup: one moment of the database, the stored files, and a manifest that says what must be there."""

import json
import os
import shutil
import subprocess
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from association.backup import checksums, hooks
from association.backup.tools import BackupRefused, find, run, server_version, version_of
from association.domain.attachments import stored_names

FORMAT = 1
DUMP, SUMS, MANIFEST = "database.dump", "SHA256SUMS", "manifest.json"
STORES = ("attachments", "exports")
PREFIX, UNFINISHED = "house-", ".partial"


def make(folder: Path, *, with_files: bool = True) -> Path:
    """Save everything below `folder`; gives the new folder, which carries its name only once it is complete."""
    name = f"{PREFIX}{timezone.localtime():%Y%m%d-%H%M%S}"
    draft = folder / f"{name}{UNFINISHED}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        draft.mkdir(mode=0o700)
    except FileExistsError:
        raise BackupRefused("这一秒已有另一个备份在进行。") from None
    try:
        _fill(draft, with_files)
        os.sync()  # the name is a promise that all of it is on the disk
        made = draft.rename(folder / name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    hooks.beside(folder)
    return made


def _fill(draft, with_files):
    stores = STORES if with_files else ()
    # Files first and once more after the dump: each file that a saved row names lay there before or after it.
    sums = _save_files(draft, stores, {})
    facts = _save_database(draft)
    sums = _save_files(draft, stores, sums)
    sums[DUMP] = checksums.of_file(draft / DUMP)
    text = checksums.written_as_list(sums)
    (draft / SUMS).write_text(text, "utf-8")
    facts |= {"files": len(sums) - 1, "with_files": with_files, "sums": sha256(text.encode()).hexdigest()}
    (draft / MANIFEST).write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")


def _save_database(draft) -> dict:
    """Dump the database and count it, both as of one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={draft / DUMP}")
        return _facts() | {"tables": checksums.of_tables()}


def _facts():
    return {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "server": server_version(),
        "pg_dump": version_of(find("pg_dump")),
        "program": _commit(),
        "requirements": checksums.of_file(settings.BASE_DIR / "requirements.txt"),
        "secret_key": secret_key_mark(),
    }


def secret_key_mark(secret: str | None = None) -> str:
    """By which a restore sees whether it has the same SECRET_KEY; the key itself is never saved with the data."""
    return salted_hmac(__name__, "mark", secret=secret).hexdigest()[:16]


def _commit() -> str:
    asked = ["git", "-C", str(settings.BASE_DIR), "rev-parse", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _save_files(draft, stores, sums) -> dict[str, str]:
    """Save what is in the stores and not yet in `sums`; gives all checksums by name."""
    for alias in stores:
        storage = storages[alias]
        for name in stored_names(storage):
            saved = f"{alias}/{name}"
            if saved not in sums and _save_file(storage, name, draft / saved):
                sums[saved] = checksums.of_file(draft / saved)
    return sums


def _save_file(storage, name, target) -> bool:
    """A hard link where the backup lies on the same disk (a stored file is never written again), else a copy."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        try:
            os.link(storage.path(name), target)
        except (NotImplementedError, PermissionError, OSError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            with storage.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
    except FileNotFoundError:
        return False  # removed while we looked
    return True


def complete_ones(folder: Path) -> list[Path]:
    """The complete backups below `folder`, oldest first."""
    return sorted(
        p
        for p in folder.glob(f"{PREFIX}*")
        if p.is_dir() and (p / MANIFEST).exists() and p.suffix != UNFINISHED
    )


def forget(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups, and drafts that broke off a day ago; gives what was removed."""
    old = complete_ones(folder)[:-keep]
    yesterday = (timezone.now() - timedelta(days=1)).timestamp()
    broken = [p for p in folder.glob(f"{PREFIX}*{UNFINISHED}") if p.stat().st_mtime < yesterday]
    for path in [*old, *broken]:
        shutil.rmtree(path)
    return [*old, *broken]
