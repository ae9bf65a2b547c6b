"""bin/serve: from a clone to a running site."""

import argparse
import contextlib
import errno
import http.client
import os
import signal
import socket
from dataclasses import asdict

from association.embedded import CannotStart, Program
from starter.children import Family, Stopped
from starter.console import result, say, tail, tell
from starter.folder import DataFolder, Facts
from starter.services import django_environment, manage_command, start_services
from starter.virtualenv import ROOT, SERVE, VirtualEnvironment

MANY_FAILURES = 3  # of one process before the site was ever ready: then it is broken, not unlucky


def main() -> int:
    options = _options()
    try:
        folder = DataFolder(options.data).open()
        with Family(folder.lock) as family:
            return _serve(options, folder, family)
    except CannotStart as refusal:
        tell(str(refusal))
        return 1
    except Stopped:
        say("已停止")
        return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/serve", description="启动网站：数据库、队列、网页、后台任务与定时任务。"
    )
    parser.add_argument("--port", type=_port, default=8000, help="网页端口，默认 8000")
    parser.add_argument("--data", default=str(ROOT / "var"), help="数据目录，默认 var")
    parser.add_argument("--no-demo", action="store_true", help="不装入演示数据，也不显示演示账号")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("端口应为 1–65535 的整数")
    return int(text)


def _serve(options: argparse.Namespace, folder: DataFolder, family: Family) -> int:
    folder.take_for_serving(family)
    _require_free_port(options.port)
    demo = not options.no_demo and os.environ.get("DEMO", "1") != "0"
    environment = VirtualEnvironment()
    environment.ensure(family, SERVE)
    say("正在启动数据库和队列")
    services = start_services(family, folder, environment)
    settings = django_environment(services, folder, demo=demo)
    settings.setdefault("SITE_URL", f"http://127.0.0.1:{options.port}")  # for the links in letters
    _prepare_database(family, folder, environment, settings, demo)
    folder.write_facts(Facts(os.getpid(), options.port, demo, asdict(services)))
    _require_free_port(options.port)  # again: it takes time to get here
    _start_site(family, folder, environment, settings, options.port)
    _wait_until_ready(family, options.port)
    result(f"ready http://127.0.0.1:{options.port}/")
    say("网站已就绪，按 Ctrl-C 停止")
    while True:
        family.tend()
        family.rest(0.2)


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotStart(
                    f"没有权限使用端口 {port}。请用 1024 以上的端口，例如：bin/serve --port 8000"
                )
            raise CannotStart(
                f"端口 {port} 已被占用。请换一个端口，例如：bin/serve --port {port % 65535 + 1}"
            )


def _prepare_database(family, folder, environment, settings, demo: bool) -> None:
    say("正在更新数据库结构")
    run_step(family, folder, environment, settings, "migrate", "--verbosity=0", "--no-input")
    if demo:
        say("正在装入演示数据")
        run_step(family, folder, environment, settings, "demo")


def run_step(family, folder, environment, settings, *arguments: str) -> None:
    """Run one management command of the start; raises CannotStart, after showing why, when it fails."""
    log = folder.log(arguments[0])
    # Preparing may take longer than a page: the worker's time limit for statements, not the web's.
    options = {"env": settings | {"IN_WORKER": "1"}, "cwd": ROOT}
    program = Program(manage_command(environment, *arguments), signal.SIGTERM, options)
    if family.run(arguments[0], program, log=log):
        tell(tail(log))
        raise CannotStart(f"manage.py {arguments[0]} 没有成功，详见 {log}。")


def _start_site(family, folder, environment, settings, port: int) -> None:
    python = str(environment.python)
    gunicorn = ["-m", "gunicorn", "association.wsgi", "-k", "gthread", "-w", "2", "--threads", "8"]
    gunicorn += ["-b", f"127.0.0.1:{port}", "--no-control-socket", "--graceful-timeout", "5"]
    gunicorn += ["--preload"]  # the code is loaded once for both workers; a killed one is back at once
    celery = ["-m", "celery", "-A", "association"]
    worker = ["worker", "-c", "2", "--without-gossip", "--without-mingle"]
    beat = ["beat", "-s", str(folder.run / "beat-schedule")]
    background = settings | {"IN_WORKER": "1"}
    for name, arguments, env in (
        ("web", gunicorn, settings),
        ("worker", celery + worker, background),
        ("beat", celery + beat, background),
    ):
        program = Program([python, *arguments], signal.SIGTERM, {"env": env, "cwd": ROOT})
        family.start(name, program, log=folder.log(name))


def _wait_until_ready(family: Family, port: int) -> None:
    # Asked once a round: of two web processes the slower one may not answer in time when asked again.
    ready = False

    def ready_or_broken() -> bool:
        nonlocal ready
        family.tend()
        ready = _is_ready(port)
        return ready or any(child.failures >= MANY_FAILURES for child in family.children)

    family.until(ready_or_broken, 120)
    if not ready:
        culprit = max(family.children, key=lambda child: child.failures)
        tell(tail(culprit.log))
        raise CannotStart(f"网站没有就绪：{culprit.name} 的日志见 {culprit.log}。")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    return False
