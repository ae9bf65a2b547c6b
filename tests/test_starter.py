"""bin/serve and bin/manage as a person meets them: real starts on a data folder of their own."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from association.embedded import clean_environment, free_port

ROOT = Path(__file__).resolve().parent.parent
# One after the other on one worker: two starts at once would measure each other.
pytestmark = [pytest.mark.starter, pytest.mark.xdist_group("starter")]
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "DEMO")


@dataclass(frozen=True)
class Process:
    pid: int
    born: str  # start time in clock ticks: a number that was given away again is another process
    parent: int

    def runs(self) -> bool:
        return read_process(self.pid) is not None and read_process(self.pid).born == self.born


def read_process(pid: int) -> Process | None:
    """The living process of this number; None when there is none or nobody has collected it yet."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else Process(pid, fields[19], int(fields[1]))


def offspring(pid: int) -> list[Process]:
    """The process and all that descend from it."""
    every = [read_process(int(path.name)) for path in Path("/proc").glob("[0-9]*")]
    family, grown = {pid}, True
    while grown:
        fresh = {one.pid for one in every if one and one.parent in family} - family
        family, grown = family | fresh, bool(fresh)
    return [one for one in every if one and one.pid in family]


# Seconds in which a site stands on two cores that other tests use, too; at rest it takes a third of them.
FIRST_START = 300


def eventually(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def environment(**more: str) -> dict[str, str]:
    return {k: v for k, v in clean_environment().items() if k not in OURS} | more


class Start:
    """One run of bin/serve."""

    def __init__(self, data: Path, *flags: str, **more: str):
        self.data, self.port, self.began = data, free_port(), time.monotonic()
        self.out, self.err = (data.parent / f"{data.name}.{self.port}.{end}" for end in ("out", "err"))
        command = [ROOT / "bin/serve", "--port", str(self.port), "--data", data, *flags]
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment(**more)
            )

    def lost_its_port(self) -> bool:
        """Whether another process of this machine took the port between choosing and using it."""
        ended = eventually(
            lambda: self.out.read_text().endswith("\n") or self.process.poll() is not None, FIRST_START
        )
        return ended and self.process.poll() is not None and "已被占用" in self.err.read_text()

    def wait_until_ready(self) -> "Start":
        eventually(
            lambda: self.out.read_text().endswith("\n") or self.process.poll() is not None, FIRST_START
        )
        assert self.out.read_text() == f"ready http://127.0.0.1:{self.port}/\n", self.err.read_text()
        self.seconds = time.monotonic() - self.began
        self.processes = offspring(self.process.pid)
        return self

    def status(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            return connection.getresponse().status
        return None

    def children(self) -> list[Process]:
        return [one for one in offspring(self.process.pid) if one.parent == self.process.pid]

    def child(self, *words: str) -> Process:
        """The direct child whose command line has all these words."""
        return next(one for one in self.children() if set(words) <= set(command_line(one.pid)))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(40)

    def survivors(self, seconds: float) -> list[list[str]]:
        """Command lines of what still runs after so many seconds."""
        eventually(lambda: not any(one.runs() for one in self.processes), seconds)
        return [command_line(one.pid) for one in self.processes if one.runs()]


def command_line(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        return [words[0].rsplit("/", 1)[-1], *words[1:]]
    return []


@contextlib.contextmanager
def serving(data: Path, *flags: str, **more: str):
    start = Start(data, *flags, **more)
    while start.lost_its_port():
        start = Start(data, *flags, **more)
    try:
        yield start.wait_until_ready()
    finally:
        if start.process.poll() is None:
            start.end(signal.SIGTERM)


def refusal(data: Path, *flags: str, **more: str) -> str:
    """The sentence with which bin/serve refuses; nothing may stand on standard output."""
    start = Start(data, *flags, **more)
    assert start.process.wait(60) == 1, start.err.read_text()
    assert start.out.read_text() == ""
    return start.err.read_text().splitlines()[-1]


def manage(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    command = [ROOT / "bin/manage", "--data", data, *arguments]
    return subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=environment(**more),
    )


def answer(data: Path, code: str, **more: str) -> str:
    """What this piece of Python prints inside Django, by way of bin/manage."""
    done = manage(data, "shell", "--verbosity", "0", "--command", code, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


COUNT_PEOPLE = "from django.contrib.auth import get_user_model as u; print(u().objects.count())"


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Start:
    """The first start on a new data folder, without the demo, already ended with SIGINT."""
    start = Start(tmp_path_factory.mktemp("starter") / "data", "--no-demo").wait_until_ready()
    start.people = answer(start.data, COUNT_PEOPLE)
    start.demo = answer(start.data, "from django.conf import settings; print(settings.DEMO)")
    start.exit_code = start.end(signal.SIGINT)
    return start


@pytest.fixture(scope="module")
def first(bare) -> Start:
    """The start that loads the demo, ended with SIGTERM; its folder serves the tests below."""
    start = Start(bare.data).wait_until_ready()
    start.answered = start.status("/readyz")
    start.exit_code = start.end(signal.SIGTERM)
    return start


def test_without_demo_there_is_nobody(bare):
    assert (bare.people, bare.demo) == ("0\n", "False\n")


def test_sigint_leaves_nothing(bare):
    assert bare.exit_code == 0
    assert bare.survivors(0) == []


def test_start_answers_and_sigterm_leaves_nothing(first):
    assert first.answered == 200
    assert first.exit_code == 0
    assert first.survivors(0) == []


def test_secrets_are_private(first):
    modes = {
        name: oct((first.data / name).stat().st_mode & 0o777) for name in ("secret-key", "run/services.json")
    }
    assert modes == {"secret-key": "0o600", "run/services.json": "0o600"}


def test_manage_starts_the_services_itself_and_stops_them(first):
    done = manage(first.data, "showmigrations", "--plan")
    assert done.returncode == 0, done.stderr
    assert {line[:3] for line in done.stdout.splitlines()} == {"[X]"}
    assert read_process(json.loads((first.data / "run/lock").read_text())["pid"]) is None
    assert not (first.data / "postgres/postmaster.pid").exists()


def test_what_was_compiled_is_kept_whatever_the_caller_wants(first):
    code = "import sys; print(sys.dont_write_bytecode)"
    assert answer(first.data, code, PYTHONDONTWRITEBYTECODE="1") == "False\n"


def test_sigkill_leaves_nothing_and_the_data_opens_again(first):
    with serving(first.data) as start:
        people = answer(first.data, COUNT_PEOPLE)
        assert int(people) > 0
        start.end(signal.SIGKILL)
        assert start.survivors(25) == []
    # As after a power cut in a container: the number in the file now belongs to another living process.
    (first.data / "postgres/postmaster.pid").write_text(f"{os.getpid()}\n")
    assert answer(first.data, COUNT_PEOPLE) == people


@pytest.fixture(scope="module")
def running(first):
    """A start that finds everything in place; the tests above need the folder for themselves."""
    with serving(first.data) as start:
        yield start


def test_second_start_is_quicker(first, running):
    assert running.seconds < first.seconds


@pytest.mark.parametrize("words", [("postgres",), ("gunicorn",), ("celery", "worker")], ids="-".join)
def test_killed_child_comes_back(running, words):
    killed = running.child(*words)
    with_children = offspring(killed.pid)
    os.kill(killed.pid, signal.SIGKILL)
    assert eventually(lambda: not any(one.runs() for one in with_children), 10)
    assert eventually(lambda: came_back(running, words, killed), 20)
    assert eventually(lambda: running.status("/readyz") == 200, 30)
    name = {"gunicorn": "web", "celery": "worker"}.get(words[0], words[0])
    assert f"{name} 意外退出（信号 9）" in running.err.read_text()


def came_back(start: Start, words: tuple[str, ...], killed: Process) -> bool:
    with contextlib.suppress(StopIteration):
        return start.child(*words) != killed
    return False


def test_manage_uses_the_running_services_and_prints_nothing_of_its_own(running):
    before = running.children()
    assert answer(running.data, "print(1)") == "1\n"
    assert running.children() == before


def test_application_role_may_not_change_the_schema(running):
    code = "from django.db import connection as c; k = c.cursor(); k.execute('select current_user'); "
    assert answer(running.data, code + "print(k.fetchone()[0])") == "house_app\n"
    done = manage(running.data, "shell", "-v0", "-c", code + "k.execute('create table public.mine (a int)')")
    assert done.returncode == 1
    assert "ProgrammingError: permission denied for schema public" in done.stderr


def test_second_start_on_the_same_folder_is_refused(running):
    sentence = refusal(running.data)
    assert sentence == (
        f"已有一个 bin/serve 在使用数据目录 {running.data}，"
        f"地址 http://127.0.0.1:{running.port}/（进程 {running.process.pid}）。"
    )


def test_sigkill_of_start_and_guardian_together_leaves_nothing(running):
    """Ends the second start, so it stays behind the tests that use it."""
    running.processes = offspring(running.process.pid)
    os.kill(running.child("-I", "-S").pid, signal.SIGKILL)
    running.end(signal.SIGKILL)
    assert running.survivors(25) == []
    facts = json.loads((running.data / "run/services.json").read_text())
    shutil.rmtree(facts["services"]["socket"])  # with both gone, nobody could clear it up


def test_port_in_use_is_refused(tmp_path):
    with socket.socket() as taken:
        port = free_port()
        taken.bind(("127.0.0.1", port))
        taken.listen()
        sentence = refusal(tmp_path / "data", "--port", str(port))
    assert sentence == f"端口 {port} 已被占用。请换一个端口，例如：bin/serve --port {port + 1}"


def test_folder_of_another_major_version_is_refused(tmp_path):
    (tmp_path / "data/postgres").mkdir(parents=True)
    (tmp_path / "data/postgres/PG_VERSION").write_text("16\n")
    assert refusal(tmp_path / "data").startswith(
        f"数据目录 {tmp_path}/data/postgres 由 Postgres 16 建立，现在的程序是 Postgres 18，不能直接打开。"
    )


def test_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "data").write_text("这里已经有一个文件")
    assert refusal(tmp_path / "data") == (
        f"数据目录 {tmp_path}/data 不可写（File exists）。请换一个目录：--data 目录。"
    )


def test_external_database_without_chinese_trigrams_is_refused(tmp_path, owner_url):
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE starter_lc_c TEMPLATE template0 ENCODING 'UTF8' "
            "LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc"
        )
        try:
            url = with_database(owner_url, "starter_lc_c")
            sentence = refusal(tmp_path / "data", DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1/0")
        finally:
            connection.execute("DROP DATABASE starter_lc_c WITH (FORCE)")
    assert sentence == (
        "这个数据库的 LC_CTYPE 是 C，中文检索会一无所获，因此不能使用。请新建一个库并改用它："
        "CREATE DATABASE house TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';"
    )


@pytest.fixture
def owner_url() -> str:
    return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def with_database(url: str, name: str) -> str:
    head, mark, query = url.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + mark + query


def test_old_python_is_refused_with_a_sentence():
    code = "import sys; sys.version_info = (3, 9, 2); sys.path.insert(0, 'bin'); import starter"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "需要 Python 3.11 或更新的版本，当前的 python3 是 3.9。装好后可以这样启动：python3.11 bin/serve\n"
    )
