"""What the benchmarks of sending share: processes of their own, a reader of the list beside them, and the counting."""

import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from django.db.models import Count

from association.choices import DeliveryState
from association.models import Delivery, Notice, User
from tests.bench.load import gunicorn
from tests.faults.visitors import session_key

LIST = "/members/"
REQUESTS, ROUNDS, PAUSE = 100, 3, 0.05
SLOWER, MEGABYTES, GROWTH = 1.5, 150, 1.1
STALLED, QUIET = 120, 5  # seconds


# --- processes ------------------------------------------------------------------------------------------------


@contextmanager
def running(*command, **options):
    process = subprocess.Popen([sys.executable, "-m", *command], **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def mail_sink(folder):
    """Gives its port and the file that grows by one Message-ID a letter."""
    ids = folder / "ids"
    ids.touch()
    with running("tests.faults.sink", str(ids), stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip(), ids


@contextmanager
def background(environment, folder):
    """Worker and beat as bin/serve starts them; gives the worker's number."""
    celery = ("celery", "-A", "association")
    quiet = {"env": environment | {"IN_WORKER": "1", "LOG_LEVEL": "ERROR"}, "stdout": subprocess.DEVNULL}
    options = ("-c", "2", "--without-gossip", "--without-mingle")
    with (
        running(*celery, "worker", *options, **quiet) as worker,
        running(*celery, "beat", "-s", str(folder / "beat"), **quiet),
    ):
        yield worker.pid


@contextmanager
def house(folder):
    """Web server, worker and beat that send to a sink of our own; gives the server, the worker's number, and the file
    of what was taken."""
    with mail_sink(folder) as (port, ids):
        # A demonstration sends nothing, so this is none.
        environment = os.environ | {
            "DEMO": "0",
            "IN_WORKER": "0",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": port,
        }
        with (
            gunicorn("association.wsgi:application", environment) as server,
            background(environment, folder) as worker,
        ):
            yield server, worker, ids


def cookie_of(email) -> str:
    return f"sessionid={session_key(User.objects.get(email=email))}"


def memory_of_children(parent: int, measure: str) -> list[float]:
    """MB of each child: `VmRSS` what it has now, `VmHWM` the most it has had."""
    found = []
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            status = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(status["PPid"]) == parent and measure in status:
            found.append(int(status[measure].split()[0]) / 1024)
    return found


# --- the list -------------------------------------------------------------------------------------------------


def list_times(address, cookie) -> list[float]:
    """Seconds of each of a hundred requests of one who reads on, with a moment between them."""
    found = []
    for _ in range(REQUESTS):
        connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        start = time.perf_counter()
        connection.request("GET", LIST, headers={"Cookie": cookie})
        response = connection.getresponse()
        response.read()
        found.append(time.perf_counter() - start)
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"{LIST}: {response.status}")
        time.sleep(PAUSE)
    return found


def p95(times) -> float:
    return statistics.quantiles(times, n=20)[-1]


def idle_p95(address, cookie) -> list[float]:
    list_times(address, cookie)  # warms both processes
    return [p95(list_times(address, cookie)) for _ in range(ROUNDS)]


# --- while it is sent -----------------------------------------------------------------------------------------


def forget_letters(ids: Path | None = None) -> None:
    """What was told people before is no part of a measurement; `ids` is emptied when the last letter on its way has
    arrived."""
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    if ids:
        while time.time() - ids.stat().st_mtime < QUIET:
            time.sleep(1)
        ids.write_text("")


def waiting() -> int:
    return Delivery.objects.filter(state__in=(DeliveryState.QUEUED, DeliveryState.SENDING)).count()


def _states() -> list:
    return list(
        Delivery.objects.order_by()
        .values_list("notice__kind", "channel", "state", "last_error")
        .annotate(n=Count("pk"))
    )


def while_sending(
    address, cookie, worker, count, left=waiting
) -> tuple[list[float], list[tuple[float, float]]]:
    """The list's p95 in rounds until nothing is left, and the worker's most memory beside the share sent."""
    rounds, memory, moved, least = [], [], time.monotonic(), count + 1
    while remaining := left():
        if remaining < least:
            moved, least = time.monotonic(), remaining
        if time.monotonic() - moved > STALLED:
            raise RuntimeError(f"{remaining} left, and nothing moves: {_states()}")
        times = list_times(address, cookie)
        if left():  # the round fell wholly into the sending
            rounds.append(p95(times))
        memory.append((1 - remaining / count, max(memory_of_children(worker, "VmHWM"), default=0)))
    return rounds, memory


# --- the report -----------------------------------------------------------------------------------------------


def report_letters(report, count, took, ids):
    taken = Counter(ids.read_text().split())
    sent = Delivery.objects.filter(state=DeliveryState.SENT)
    report.note(f"发出 {count:,} 封：{took:.0f} 秒，每秒 {count / took:.0f} 封")
    report.line("不同的 Message-ID", f"{len(taken):,}", f"{count:,}", len(taken) == count)
    repeated = sum(times > 1 for times in taken.values())
    report.line("收到两次以上的", repeated, "0", repeated == 0)
    known = set(sent.values_list("message_id", flat=True)) == set(taken)
    report.line("记录为已发、且与收到的一致", "是" if known else "否", "是", known)


def report_list(report, idle, during):
    ratio = statistics.mean(during) / statistics.mean(idle)
    shown = "、".join(f"{seconds * 1000:.0f}" for seconds in during)
    report.note(f"名册列表 p95：平时 {statistics.mean(idle) * 1000:.0f} 毫秒，发信时各轮 {shown} 毫秒")
    report.line("名册列表 p95：发信时 ÷ 平时", f"{ratio:.2f}", f"≤ {SLOWER}", ratio <= SLOWER)


def report_memory(report, web, memory):
    report.line("每个网页进程的内存", f"{web:.0f} MB", f"≤ {MEGABYTES} MB", web <= MEGABYTES)
    early = max(megabytes for share, megabytes in memory if share <= 0.25)
    last = memory[-1][1]
    growth = last / early
    text = f"{growth:.2f}（{early:.0f} → {last:.0f} MB）"
    report.line("后台进程最高内存：末 ÷ 前四分之一", text, f"≤ {GROWTH}", growth <= GROWTH)
