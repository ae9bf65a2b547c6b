"""The virtual environment: made when missing, filled from the pinned lists, mended after an interruption."""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from association.embedded import CannotStart, Program
from starter.children import Family
from starter.console import Progress, say, tail, tell
from starter.locks import Lock

ROOT = Path(__file__).resolve().parents[2]
SERVE, DEVELOP = ("requirements.txt",), ("requirements.txt", "requirements-dev.txt")


class VirtualEnvironment:
    """The folder .venv beside bin/, and what is installed in it."""

    def __init__(self, folder: Path = ROOT / ".venv"):
        self.folder = folder
        self.python = folder / "bin/python"
        self.half_done = folder / ".installing"

    @property
    def site(self) -> Path:
        """The folder of the installed packages."""
        return next((self.folder / "lib").glob("python3*/site-packages"))

    def ensure(self, family: Family, lists: tuple[str, ...]) -> None:
        """Make sure that the packages of these lists are installed; a second call costs nothing."""
        if self._is_current(lists):
            return
        lock = Lock(ROOT / ".venv.lock")
        waiting = False
        while not lock.take("install"):
            if not waiting:
                say("另一个命令正在本目录安装依赖，等它装完……")
            waiting = True
            family.rest(0.5)
        try:
            if not self._is_current(lists):
                self._install(family, lists)
        finally:
            lock.release()

    def _is_current(self, lists: tuple[str, ...]) -> bool:
        stamps = [(self._stamp(name), _fingerprint(name)) for name in lists]
        fresh = all(stamp.exists() and stamp.read_text() == mark for stamp, mark in stamps)
        return fresh and not self.half_done.exists() and self._runs()

    def _stamp(self, name: str) -> Path:
        return self.folder / f".installed-{name}"

    def _runs(self) -> bool:
        # A copied or moved folder, or a Python that was upgraded away, leaves a link that leads nowhere.
        check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        try:
            return (
                subprocess.run([self.python, "-c", check], capture_output=True, check=False).returncode == 0
            )
        except OSError:
            return False

    def _install(self, family: Family, lists: tuple[str, ...]) -> None:
        if self.half_done.exists() or not self._runs():
            self._make(family)
        self.half_done.touch()
        for name in lists:
            self._stamp(name).unlink(missing_ok=True)
        self._pip(family, lists)
        for name in lists:
            self._stamp(name).write_text(_fingerprint(name))
        self.half_done.unlink()

    def _make(self, family: Family) -> None:
        if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise CannotStart(
                f"这个 Python 缺少 venv 模块。Debian、Ubuntu 请先运行：apt-get install python{version}-venv"
            )
        say("正在建立虚拟环境 .venv")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.half_done.touch()
        log = self.folder / "install.log"
        if family.run("venv", _program([sys.executable, "-m", "venv", str(self.folder)]), log=log):
            tell(tail(log))
            raise CannotStart(f"建立虚拟环境失败，详见 {log}。")

    def _pip(self, family: Family, lists: tuple[str, ...]) -> None:
        log, progress, total = self.folder / "install.log", Progress(), _count(lists)
        before = len(list(self.site.glob("*.dist-info")))
        log.unlink(missing_ok=True)
        command = [str(self.python), "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"]
        command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        for name in lists:
            command += ["-r", str(ROOT / name)]
        say(f"正在安装依赖，共 {total} 个包（只在第一次和依赖变化时）")

        def show():
            progress.show(_phase(log, total, len(list(self.site.glob("*.dist-info"))) - before))

        code = family.run("pip", _program(command), log=log, meanwhile=show)
        progress.done()
        if code:
            tell(tail(log))
            raise CannotStart(f"依赖安装失败，详见 {log}。请检查网络或软件包镜像的设置后再试。")
        say("依赖已装好")


def _phase(log: Path, total: int, installed: int) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    if found := re.search(r"^Installing collected packages: (.*)$", text, re.M):
        number = len(found[1].split(","))
        return f"正在安装：{min(max(installed, 0), number)}/{number}"
    return (
        f"正在下载：{min(len(re.findall(r'^(?:Collecting|Requirement already)', text, re.M)), total)}/{total}"
    )


def _program(command: list[str]) -> Program:
    # PIP_USER would send the packages past the virtual environment.
    return Program(command, signal.SIGTERM, {"env": os.environ | {"PIP_USER": "0", "PYTHONUTF8": "1"}})


def _count(lists: tuple[str, ...]) -> int:
    """How many different packages the lists name."""
    text = "\n".join((ROOT / name).read_text() for name in lists)
    return len(set(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==", text, re.M)))


def _fingerprint(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
