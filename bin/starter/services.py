"""Postgres and Valkey for a start: those named by address, else embedded ones in the data folder."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from association.embedded import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    CannotStart,
    Postgres,
    Valkey,
    clean_environment,
)
from starter.children import SERVICE, Family
from starter.console import tail, tell
from starter.folder import DataFolder
from starter.virtualenv import ROOT, VirtualEnvironment

PROBE = """
import json, sys, psycopg
try:
    with psycopg.connect(sys.argv[1], connect_timeout=10, autocommit=True) as connection:
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except psycopg.Error as error:
            print(json.dumps({"extension": str(error).strip()})); sys.exit()
        print(json.dumps({"trigrams": connection.execute("select show_trgm('北京文化')").fetchone()[0]}))
except psycopg.Error as error:
    print(json.dumps({"connection": str(error).strip()}))
"""


@dataclass(frozen=True)
class Services:
    """Addresses: the application's, the owner's (for changes of the schema), the broker's."""

    database_url: str
    owner_url: str
    redis_url: str
    socket: str = ""  # of the embedded Postgres
    tools: str = ""  # folder of its psql and pg_dump
    is_new: bool = False  # made by this start, without tables

    def environment(self) -> dict[str, str]:
        addresses = {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
        }
        if self.socket:
            # dbshell calls psql by name, without the socket; a system psql may be too old for our server.
            addresses["PGHOST"] = self.socket
            addresses["PATH"] = os.pathsep.join([self.tools, os.environ.get("PATH", os.defpath)])
        return addresses


def start_services(
    family: Family, folder: DataFolder, environment: VirtualEnvironment, *, durable=True
) -> Services:
    """Start what is not given by address, wait until it answers; raises CannotStart with the reason."""
    redis_url = os.environ.get("REDIS_URL") or _start_valkey(family, folder, environment.site, durable).url()
    if database_url := os.environ.get("DATABASE_URL"):
        owner_url = os.environ.get("DATABASE_OWNER_URL") or database_url
        check_database(environment.python, owner_url)
        return Services(database_url, owner_url, redis_url)
    postgres = _start_postgres(family, folder, environment.site, durable)
    return Services(
        postgres.url(APP_ROLE),
        postgres.url(OWNER_ROLE),
        redis_url,
        socket=str(postgres.socket),
        tools=str(postgres.binaries),
        is_new=postgres.sql(DATABASE, "SELECT to_regclass('django_migrations') IS NULL") == "t",
    )


def _start_postgres(family: Family, folder: DataFolder, site: Path, durable: bool) -> Postgres:
    postgres = Postgres(site, folder.path / "postgres", durable=durable)
    family.remove_at_end(postgres.socket)
    postgres.prepare()
    _start_and_wait(family, folder, "postgres", postgres)
    postgres.create_roles_and_database()
    return postgres


def _start_valkey(family: Family, folder: DataFolder, site: Path, durable: bool) -> Valkey:
    valkey = Valkey(site, folder.path / "valkey", durable=durable)
    valkey.prepare()
    _start_and_wait(family, folder, "valkey", valkey)
    return valkey


def _start_and_wait(family: Family, folder: DataFolder, name: str, service: Postgres | Valkey) -> None:
    log = folder.log(name)
    child = family.start(name, service.program(), stage=SERVICE, log=log)
    # A database that was cut off replays its journal first, which may take minutes.
    family.until(lambda: service.is_ready() or child.process.poll() is not None, 300)
    if child.process.poll() is not None or not service.is_ready():
        tell(tail(log))
        raise CannotStart(f"{name} 没有启动成功，详见 {log}。")


def check_database(python: Path, url: str) -> None:
    """Refuse a database that is out of reach or finds no Chinese trigrams; its sentence says what to do."""
    done = subprocess.run(
        [python, "-c", PROBE, url],
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment() | {"PYTHONUTF8": "1"},
    )
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise CannotStart(f"检查数据库时出错：{done.stderr.strip()}")
    if reason := found.get("connection"):
        raise CannotStart(f"连接不上 DATABASE_URL 指定的数据库：{reason}")
    if reason := found.get("extension"):
        raise CannotStart(
            f"数据库缺少 pg_trgm 扩展，而当前角色不能安装它（{reason}）。"
            "请由数据库管理员在该库中运行：CREATE EXTENSION pg_trgm;"
        )
    if not found["trigrams"]:
        raise CannotStart(
            "这个数据库的 LC_CTYPE 是 C，中文检索会一无所获，因此不能使用。请新建一个库并改用它："
            "CREATE DATABASE house TEMPLATE template0 ENCODING 'UTF8' "
            "LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';"
        )


def django_environment(services: Services, folder: DataFolder, *, demo: bool) -> dict[str, str]:
    """What the settings read, see docs/operations.md; values given by the caller's environment win."""
    given = clean_environment()
    # A dozen processes start from this; each would compile the whole house for itself, five seconds of work.
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    defaults = {
        "HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "APP_DATABASE_ROLE": APP_ROLE,
        "DJANGO_SETTINGS_MODULE": "association.settings",
        "MALLOC_ARENA_MAX": "2",  # memory that is given back at once; threads that share one lock need no more
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    secret = {} if given.get("SECRET_KEY") else {"SECRET_KEY": folder.secret_key()}
    own = {"DATA_DIR": str(folder.path), "DEMO": "1" if demo else "0"}
    return defaults | given | secret | own | services.environment()


def manage_command(environment: VirtualEnvironment, *arguments: str) -> list[str]:
    return [str(environment.python), str(ROOT / "manage.py"), *arguments]
