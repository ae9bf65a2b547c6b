"""A process that has imported everything and becomes a worker, a beat or a web server within a moment.

It reads lines of JSON on standard input and answers each with the number of the process it brought forth. What is
imported and how it is configured is the same as in a fresh start; only the two seconds of importing are saved,
hundreds of times. It ends with its input, and its children end with it.
"""

import contextlib
import json
import os
import select
import sys
from importlib import import_module

from tests.faults import house
from tests.faults.processes import die_with_parent

PROGRAMS = {
    "celery": ("celery.__main__", "main"),
    "gunicorn": ("gunicorn.app.wsgiapp", "run"),
    "manage.py": ("django.core.management", "execute_from_command_line"),
}
# What the three would import only when they run.
AHEAD = ("celery.bin.celery", "celery.bin.worker", "celery.bin.beat", "celery.concurrency.prefork", "kombu.transport.redis",
         "celery.worker.consumer", "celery.apps.worker", "celery.apps.beat", "gunicorn.workers.gthread",
         "gunicorn.app.wsgiapp", "association.urls", "association.wsgi",
         "association.management.commands.verify_integrity")  # fmt: skip


def become(order: dict) -> None:
    """In the child: the program, with its own group, log and environment."""
    os.setpgid(0, 0)
    die_with_parent()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number, target in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
        os.dup2(number, target)
    os.environ.update(order["environment"])
    house.arrange()
    module, function = PROGRAMS[order["command"][0]]
    sys.argv = order["command"]
    getattr(import_module(module), function)()


def collect() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    for name in AHEAD:
        import_module(name)
    print("ready", flush=True)
    buffer = b""
    while True:
        readable, _, _ = select.select([0], [], [], 0.1)
        collect()
        if not readable:
            continue
        part = os.read(0, 65536)
        if not part:
            return
        *lines, buffer = (buffer + part).split(b"\n")
        for line in lines:
            order = json.loads(line)
            pid = os.fork()
            if pid == 0:
                become(order)
                os._exit(0)
            print(pid, flush=True)


if __name__ == "__main__":
    main()
