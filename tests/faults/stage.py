"""What a scenario plays on: a database, a broker and a mail sink of its own, and the product's real processes."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from kombu import Connection as Broker

from association.choices import JobState
from association.embedded import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    Postgres,
    Valkey,
    clean_environment,
    free_port,
)
from association.jobs import later
from association.models import Job
from tests.faults.processes import ROOT, Born, Nursery, Process, eventually
from tests.faults.sink import Sink

SITE = Path(sysconfig.get_path("purelib"))
# What makes the product mend itself within seconds here; in production it is minutes (docs/operations.md).
QUICK = {"SWEEP_SECONDS": "1", "JOB_LOST_AFTER": "5", "OUTBOX_LOST_AFTER": "6", "OUTBOX_PACE": "0.02"}
SCENARIO = "scenario"  # the name of each scenario's database


def temporary_folder() -> Path:
    # /tmp may live in memory, and a database would fill it.
    base = None if os.environ.get("TMPDIR") or not os.access("/var/tmp", os.W_OK) else "/var/tmp"
    return Path(tempfile.mkdtemp(prefix="house-faults-", dir=base))


class Server:
    """A Postgres that scenarios may restart. A database is made for each from the migrated template."""

    def __init__(self):
        self.folder = temporary_folder()
        self.postgres = Postgres(SITE, self.folder / "postgres", durable=False)
        self.postgres.prepare()
        self.start()
        self.postgres.create_roles_and_database()
        self._migrate()
        self.valkey = Valkey(SITE, self.folder / "valkey", durable=False)
        self.sink = Sink().start()
        self.data = self.folder / "data"
        self.nursery = Nursery(self.folder / "nursery.log", self.environment())

    def start(self) -> None:
        program = self.postgres.program()
        # What was acknowledged must survive an immediate stop of the server, though not one of the machine.
        command = [*program.command, "-c", "synchronous_commit=on"]
        self.process = Process(command, self.folder / "postgres.log", **program.options)
        assert eventually(self.postgres.is_ready, 120), self.process.tail()

    def restart(self, number: int, pause: float = 0.0) -> None:
        """Stop with SIGINT (fast) or SIGQUIT (immediate), stay away for a while, come back."""
        self.process.send(number)
        self.process.wait(60)
        time.sleep(pause)
        self.start()
        connections["default"].close()

    def environment(self) -> dict[str, str]:
        """What the product's processes are told; the same for every scenario."""
        given = {k: v for k, v in clean_environment().items() if k not in ("IN_WORKER", "EMAIL_BACKEND")}
        own = {
            "DATABASE_URL": self.url(APP_ROLE, SCENARIO),
            "DATABASE_OWNER_URL": self.url(OWNER_ROLE, SCENARIO),
            "REDIS_URL": self.valkey.url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "DATA_DIR": str(self.data),
            "DJANGO_SETTINGS_MODULE": "association.settings",
            "DEMO": "0",  # a demonstration sends nothing
            "HTTPS": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.sink.port),
            "EMAIL_TIMEOUT": "2",
            "KEPT_PAGE_SECONDS": "0",
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": "INFO",
        }
        return given | own | QUICK

    def stop(self) -> None:
        self.nursery.stop()
        self.sink.stop()
        self.process.stop(signal.SIGQUIT)
        shutil.rmtree(self.postgres.socket, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, role: str, database: str = DATABASE) -> str:
        return self.postgres.url(role).replace(f"@/{DATABASE}?", f"@/{database}?")

    def create(self, name: str) -> None:
        self.postgres.sql("postgres", f"CREATE DATABASE {name} OWNER {OWNER_ROLE} TEMPLATE {DATABASE}")

    def drop(self, name: str) -> None:
        self.postgres.sql("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _migrate(self) -> None:
        environment = clean_environment() | {
            "DATABASE_URL": self.url(APP_ROLE),
            "DATABASE_OWNER_URL": self.url(OWNER_ROLE),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SECRET_KEY": settings.SECRET_KEY,
            "DATA_DIR": str(self.folder),
            "IN_WORKER": "1",
        }
        command = [sys.executable, ROOT / "manage.py", "migrate", "--verbosity=0", "--no-input"]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)
        self.postgres.sql(DATABASE, TABLE)


TABLE = """
CREATE TABLE fault_effect (name text, pid int, at timestamptz DEFAULT clock_timestamp());
GRANT SELECT, INSERT ON fault_effect TO house_app;
"""


def all_done() -> bool:
    return not Job.objects.filter(state__in=(JobState.QUEUED, JobState.RUNNING)).exists()


def queue(count: int, seconds: float) -> tuple[list[Job], list[str]]:
    """So many works of so many seconds, and their names."""
    names = [f"work-{number:03d}" for number in range(count)]
    return [later("faults.work", what=name, seconds=seconds) for name in names], names


class Stage:
    """One scenario's surroundings. The test's own Django connection leads to its database."""

    def __init__(self, server: Server, **environment: str):
        self.server, self.folder, self.more = server, server.data, environment
        self.sink, self.valkey, self.processes = server.sink, server.valkey, []
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        server.drop(SCENARIO)
        server.create(SCENARIO)
        self.sink.forget()
        self.valkey.prepare()
        self.start_broker()

    # --- processes ------------------------------------------------------------------------------------------

    def start(self, name: str, *command) -> Born:
        process = self.server.nursery.start(command, self.folder / f"{name}.log", self.more)
        self.processes.append(process)
        return process

    def worker(self, children: int = 2) -> Born:
        """A Celery worker as bin/serve starts it."""
        celery = ["celery", "-A", "tests.faults.house", "worker", "-c", children]
        return self.start("worker", *celery, "--without-gossip", "--without-mingle")

    def background(self) -> Born:
        """Worker and beat, at work; gives the worker."""
        worker = self.worker()
        self.beat()
        assert eventually(lambda: len(worker.children()) >= 2), worker.tail()
        return worker

    def beat(self, name: str = "beat") -> Born:
        celery = ["celery", "-A", "tests.faults.house", "beat"]
        return self.start(name, *celery, "-s", self.folder / f"{name}-schedule")

    def web(self, application: str = "tests.faults.web") -> str:
        """A web server with two processes; gives its address, which answers soon."""
        port = free_port()
        gunicorn = [
            "gunicorn",
            application,
            "-k",
            "gthread",
            "-w",
            2,
            "--threads",
            8,
            "-b",
            f"127.0.0.1:{port}",
        ]
        self.start("web", *gunicorn, "--no-control-socket", "--preload")
        return f"http://127.0.0.1:{port}"

    def start_broker(self) -> None:
        program = self.valkey.program()
        self.broker = Process(program.command, self.folder / "valkey.log", **program.options)
        self.processes.append(self.broker)
        assert eventually(self.valkey.is_ready, 60), self.broker.tail()

    def announce(self, *jobs) -> None:
        """Tell the broker of queued jobs, as the nudges of a web process do."""
        with Broker(self.valkey.url()) as broker, broker.Producer() as producer:
            for job in jobs:
                _publish(producer, job.pk)

    def waiting_messages(self) -> int:
        with Broker(self.valkey.url()) as broker:
            return broker.default_channel.client.llen("celery")

    def flush_broker(self) -> None:
        with Broker(self.valkey.url()) as broker:
            broker.default_channel.client.flushall()

    # --- what was done ----------------------------------------------------------------------------------------

    def done(self, names, *, kept: Born | None = None) -> None:
        """Nothing is open, nothing failed, every work has had its effect, whatever happened on the way.

        The worker `kept` is started anew if it ends, as systemd, Compose and bin/serve do: now and then Celery 5.7
        ends itself when it loses the broker ("'NoneType' object has no attribute 'hostname'").
        """
        assert eventually(lambda: self._keep(kept) and all_done()), self.logs()
        assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
        assert set(self.effects("work-%")) == set(names)
        self.sound()

    def _keep(self, worker) -> bool:
        latest = next((p for p in reversed(self.processes) if p.log.name == "worker.log"), None)
        if worker is not None and not latest.runs():
            self.worker()
        return True

    def sound(self) -> None:
        """`manage.py verify_integrity` finds every invariant to hold."""
        asked = self.start("verify", "manage.py", "verify_integrity", "--files")
        assert asked.wait(180)
        assert "数据自洽。" in asked.log.read_text(), asked.log.read_text()

    def effects(self, like: str = "%") -> list[str]:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT name FROM fault_effect WHERE name LIKE %s ORDER BY at", [like])
            return [name for (name,) in cursor.fetchall()]

    def logs(self) -> str:
        return "\n".join(f"--- {p.log.name}\n{p.tail()}" for p in self.processes)

    @contextlib.contextmanager
    def connected(self):
        """Lead this process' own database connection here."""
        kept = dict(connections["default"].settings_dict)
        self._leave()
        connections["default"].settings_dict |= {
            "NAME": SCENARIO,
            "USER": APP_ROLE,
            "PASSWORD": "",
            "HOST": str(self.server.postgres.socket),
            "PORT": "",
            "CONN_MAX_AGE": 0,
        }
        try:
            yield self
        finally:
            self._leave()
            connections["default"].settings_dict.update(kept)

    @staticmethod
    def _leave():
        connections["default"].close()
        ContentType.objects.clear_cache()  # their numbers are others in another database

    def close(self) -> None:
        for process in reversed(self.processes):
            process.kill()


def _publish(producer, job_id):
    producer.publish(
        ([], {"job_id": job_id}, {}),
        headers={"task": "association.run_job", "id": f"job-{job_id}-{time.monotonic_ns()}", "lang": "py"},
        routing_key="celery",
        exchange="",
        serializer="json",
    )
