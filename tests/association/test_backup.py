"""The drill: a house in use is saved, restored into an empty database and an empty folder, and opened there."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from association.backup import checksums, making, restoring, tools
from association.backup.tools import BackupRefused
from tests.factories.world import OWN, build

PASSWORD = "drill-password-77"
# In a process of its own: it looks at the restored house as any other web process would.
OPEN = """
import json, sys, django
django.setup()
from django.test import Client
from association.models import User, Attachment
from django.urls import reverse
client = Client(HTTP_HOST="localhost")
login = client.post("/accounts/login/", {"login": sys.argv[5], "password": sys.argv[1]})
page = client.get(f"/members/{sys.argv[2]}/")
file = client.get(reverse("association:download", args=[sys.argv[3]]))
print(json.dumps({"login": login.status_code, "page": page.status_code, "name": sys.argv[4] in page.content.decode(),
                  "file": b"".join(file.streaming_content).hex() if file.streaming else file.status_code}))
"""


@contextmanager
def empty_database():
    """The address of a fresh database beside the one of the tests, gone afterwards."""
    given = connection.get_connection_params()
    name = f"{given['dbname'][:50]}_drill"
    where = {k: given[k] for k in ("host", "port", "user", "password") if given.get(k)}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            password = f":{where['password']}" if "password" in where else ""
            port = f"&port={where['port']}" if where.get("port") else ""
            host = where.get("host", "")
            yield f"postgresql://{where['user']}{password}@/{name}?host={host}{port}"
        finally:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def there(url, data, *command, **environment):
    """Run something in the restored house: its database, its folder."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        env=os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "DATA_DIR": str(data), "DEMO": "0", "HTTPS": "0",
                          "ALLOWED_HOSTS": "localhost", "DJANGO_SETTINGS_MODULE": "association.settings"} | environment,
        cwd=django_settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def house(secretary, secretary_general, treasurer):
    people = {"secretary": secretary, "secretary_general": secretary_general, "treasurer": treasurer}
    world = build(people)
    # A member: the staff would be asked for a second factor there.
    world.people["member"].set_password(PASSWORD)
    world.people["member"].save()
    return world


def all_tables():
    with transaction.atomic():
        return checksums.of_tables()


@pytest.mark.django_db(transaction=True)
def test_the_drill(house, tmp_path, settings, capsys):
    before = all_tables()
    call_command("backup", str(tmp_path / "backups"))
    made = Path(capsys.readouterr().out.strip())
    assert all_tables() == before
    with empty_database() as url:
        code, out, err = there(url, tmp_path / "new", "manage.py", "restore", str(made))
        assert (code, out.splitlines()[-1]) == (0, "数据自洽。"), err
        assert_same_tables(url, before)
        assert_same_files(tmp_path)
        again = there(url, tmp_path / "new", "manage.py", "restore", str(made))
        assert again[0] == 1
        assert "数据库不是空的" in again[2]
        opened = open_there(url, tmp_path / "new", house)
        assert opened == {"login": 302, "page": 200, "name": True, "file": opened["file"]}
        assert bytes.fromhex(opened["file"]).startswith(b"%PDF")
        assert there(url, tmp_path / "new", "manage.py", "restore", str(made), "--force")[0] == 0


def open_there(url, data, house):
    own = house.own
    arguments = (
        PASSWORD,
        str(own["unit"]),
        str(own["file"]),
        f"{OWN.public}公司",
        house.people["member"].email,
    )
    code, out, err = there(url, data, "-c", OPEN_WITH_TEST_HASHER, *arguments)
    assert code == 0, err[-2000:]
    return json.loads(out)


# The accounts of tests have quick passwords, which production would not read.
OPEN_WITH_TEST_HASHER = (
    "from association import settings\n"
    "settings.PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']\n" + OPEN
)


def assert_same_tables(url, before):
    """Counted over by a connection of its own, not by the restore that is tested."""
    with psycopg.connect(url, autocommit=True, options="-c TimeZone=UTC") as restored:
        names = [
            name
            for (name,) in restored.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        sums = 'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM "{}" t'
        assert {n: list(restored.execute(sums.format(n)).fetchone()) for n in names} == before


def assert_same_files(tmp_path):
    for alias in making.STORES:
        storage, new = storages[alias], tmp_path / "new" / alias
        saved = sorted(making.stored_names(storage))
        assert saved == sorted(str(p.relative_to(new)) for p in new.rglob("*") if p.is_file())
        assert all(storage.open(name).read() == (new / name).read_bytes() for name in saved)


# --- making ---------------------------------------------------------------------------------------------------


@pytest.fixture
def backup(transactional_db, tmp_path):
    storages["attachments"].save("ab/cdef", ContentFile(b"content"))
    return making.make(tmp_path / "backups")


def test_the_manifest_says_what_must_be_there(backup):
    manifest = json.loads((backup / "manifest.json").read_text())
    assert manifest["tables"]["django_migrations"][0] > 20
    assert (manifest["files"], manifest["with_files"], manifest["server"]) == (
        1,
        True,
        tools.server_version(),
    )
    lines = (backup / "SHA256SUMS").read_text().splitlines()
    assert f"{sha256(b'content').hexdigest()}  attachments/ab/cdef" in lines
    assert (
        subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=backup, check=False).returncode == 0
    )
    assert str(django_settings.SECRET_KEY) not in (backup / "manifest.json").read_text()


def test_nobody_else_can_look_into_it(backup):
    assert (backup.stat().st_mode & 0o777, backup.parent.stat().st_mode & 0o777) == (0o700, 0o700)


@pytest.mark.django_db(transaction=True)
def test_what_breaks_off_leaves_nothing_that_looks_complete(tmp_path, monkeypatch):
    def fail(*arguments):
        raise BackupRefused("磁盘已满")

    monkeypatch.setattr(making, "run", fail)
    with pytest.raises(CommandError, match="没有备份：磁盘已满"):
        call_command("backup", str(tmp_path / "backups"))
    assert list((tmp_path / "backups").iterdir()) == []


def test_old_backups_are_forgotten(tmp_path):
    for day in ("20220101-000000", "20220102-000000", "20220103-000000"):
        (tmp_path / f"house-{day}").mkdir()
        (tmp_path / f"house-{day}" / "manifest.json").write_text("{}")
    broken = tmp_path / "house-20220104-000000.partial"
    broken.mkdir()
    (tmp_path / "house-of-somebody").mkdir()
    assert [p.name for p in making.forget(tmp_path, keep=2)] == ["house-20220101-000000"]
    os.utime(broken, (0, 0))
    assert making.forget(tmp_path, keep=2) == [broken]
    left = ["house-20220102-000000", "house-20220103-000000", "house-of-somebody"]
    assert sorted(p.name for p in tmp_path.iterdir()) == left


def test_keeping_none_is_refused(tmp_path):
    with pytest.raises(CommandError, match="至少为 1"):
        call_command("backup", str(tmp_path), "--keep", "0")


# --- damaged backups --------------------------------------------------------------------------------------


def damage_dump(backup):
    with (backup / "database.dump").open("r+b") as file:
        file.seek(100)
        file.write(b"xxxx")


def lose_file(backup):
    (backup / "attachments/ab/cdef").unlink()


def rewrite_sums(backup):
    path = backup / "SHA256SUMS"
    path.write_text(path.read_text() + "\n")


def lead_out(backup):
    path = backup / "SHA256SUMS"
    path.write_text(f"{'0' * 64}  ../../etc/passwd\n")


def lose_manifest(backup):
    (backup / "manifest.json").unlink()


def future_format(backup):
    path = backup / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))


DAMAGES = {
    damage_dump: "database.dump 缺失或已损坏",
    lose_file: "attachments/ab/cdef 缺失或已损坏",
    rewrite_sums: "不是一份完整的备份|备份被改动过",
    lead_out: "不是一份完整的备份",
    lose_manifest: "不是一份完整的备份",
    future_format: "只认识 1",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_backup_is_refused_before_anything_is_touched(backup, damage):
    before = all_tables()
    damage(backup)
    with pytest.raises(CommandError, match=DAMAGES[damage]):
        call_command("restore", str(backup), "--force")
    assert all_tables() == before


def test_another_secret_key_is_told_apart(settings):
    mark = making.secret_key_mark()
    settings.SECRET_KEY = "another-key-0123456789"
    assert making.secret_key_mark() != mark
    assert making.secret_key_mark(django_settings.SECRET_KEY) == making.secret_key_mark()


def test_a_backup_can_be_checked_alone(backup):
    before = all_tables()
    call_command("restore", str(backup), "--check")
    assert all_tables() == before


def test_files_are_not_overwritten_unasked(backup):
    for table in ("django_session",):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    with pytest.raises(BackupRefused, match="不是空的"):
        restoring.refuse_to_overwrite(restoring.read(backup))


# --- Postgres' programs -----------------------------------------------------------------------------------


def program(folder, version):
    folder.mkdir()
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version} (Debian)'\n")
    path.chmod(0o755)
    return path


def test_the_program_of_the_servers_version_is_taken(tmp_path, monkeypatch):
    old, new, exact = (program(tmp_path / n, v) for n, v in (("a", "15.3"), ("b", "97.1"), ("c", "96.2")))
    monkeypatch.setattr(tools, "server_version", lambda: 96)
    monkeypatch.setenv("PATH", os.pathsep.join(str(p.parent) for p in (old, new, exact)))
    assert tools.find("pg_dump") == exact
    exact.unlink()
    assert tools.find("pg_dump") == new
    new.unlink()
    with pytest.raises(BackupRefused, match="postgresql-client-96"):
        tools.find("pg_dump")


def test_a_password_is_not_on_the_command_line(monkeypatch):
    seen = {}

    def call(arguments, **options):
        seen.update(arguments=arguments, password=options["env"].get("PGPASSWORD"))
        return subprocess.CompletedProcess(arguments, 0, "", "")

    monkeypatch.setattr(tools, "find", lambda name: Path("/bin/true"))
    monkeypatch.setattr(tools.subprocess, "run", call)
    given = {
        "host": "h",
        "dbname": "a'b",
        "password": "geheim",
        "options": "-c statement_timeout=1",
        "user": None,
    }
    monkeypatch.setattr(connection, "get_connection_params", lambda: given)
    tools.run("pg_dump", "--x")
    assert seen == {
        "arguments": ["/bin/true", "--dbname", r"host='h' dbname='a\'b'", "--x"],
        "password": "geheim",
    }
