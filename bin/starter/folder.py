"""The data folder: database, attachments, secret key, logs, and the facts of a running start."""

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from association.embedded import CannotStart
from starter.children import Family
from starter.console import say
from starter.locks import Holder, Lock

LOG_LIMIT = 5_000_000  # bytes; a longer log is put aside at the next start, one old one is kept


@dataclass(frozen=True)
class Facts:
    """How to reach what a start has running; kept in the data folder for bin/manage."""

    pid: int
    port: int
    demo: bool
    services: dict


class DataFolder:
    """A folder given with --data, or a temporary one."""

    def __init__(self, path: str | Path):
        self.path = Path(path).expanduser().resolve()
        self.run, self.logs = self.path / "run", self.path / "log"
        self.lock: Lock | None = None
        self.waiting = False

    def open(self) -> "DataFolder":
        """Make the folder and what belongs in it; raises CannotStart when it is not ours to write."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)  # attachments are nobody else's matter
            for folder in (self.run, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
            self.lock = Lock(self.run / "lock")
        except OSError as error:
            raise CannotStart(f"数据目录 {self.path} 不可写（{error.strerror}）。请换一个目录：--data 目录。")
        return self

    def log(self, name: str) -> Path:
        """The log file of this name, put aside when it has grown long."""
        path = self.logs / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > LOG_LIMIT:
                path.replace(path.with_suffix(".log.1"))
        return path

    def secret_key(self) -> str:
        """The secret key of this installation, made at the first start."""
        path = self.path / "secret-key"
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            _write_private(fresh, secrets.token_urlsafe(50))
            fresh.rename(path)
        return path.read_text().strip()

    def write_facts(self, facts: Facts) -> None:
        fresh = self.run / "services.json.new"
        fresh.unlink(missing_ok=True)
        _write_private(fresh, json.dumps(asdict(facts)))
        fresh.rename(self.run / "services.json")

    def facts(self) -> Facts | None:
        """The facts of the last start, running or not."""
        try:
            return Facts(**json.loads((self.run / "services.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def running(self) -> Facts | None:
        """The facts of the bin/serve that is running on this folder now."""
        holder, facts = self.lock.holder(), self.facts()
        return facts if facts and _serves(holder) and facts.pid == holder.pid else None

    def take_for_serving(self, family: Family) -> None:
        """Take the folder for bin/serve; raises CannotStart when a living one has it."""
        while not self._take("serve", family):
            if _serves(self.lock.holder()):
                facts = self.running()
                where = f"，地址 http://127.0.0.1:{facts.port}/" if facts else "，正在启动"
                raise CannotStart(
                    f"已有一个 bin/serve 在使用数据目录 {self.path}{where}（进程 {self.lock.holder().pid}）。"
                )

    def take_for_command(self, family: Family) -> Facts | None:
        """Take the folder for one command, or return the facts of the bin/serve that is running on it."""
        while not self._take("manage", family):
            if facts := self.running():
                return facts
        return None

    def _take(self, command: str, family: Family) -> bool:
        """One attempt, with a wait when it fails for a reason that passes."""
        if self.lock.take(command):
            return True
        if self.running() or (command == "serve" and _serves(self.lock.holder())):
            return False
        if not self.waiting:
            say(f"数据目录 {self.path} 正被另一个命令使用，请稍候……")
            self.waiting = True
        family.rest(0.2)
        return False


def _serves(holder: Holder | None) -> bool:
    return holder is not None and holder.command == "serve" and holder.is_alive()


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
