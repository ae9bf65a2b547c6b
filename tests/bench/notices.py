"""bin/bench notices: twenty thousand notices go out by mail while somebody works with the roster.

A real worker, beat, web server and a mail sink in processes of their own. What is compared are times of this run on
this machine. `--notices N` and `--units N` measure at another size.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from association import jobs  # noqa: E402
from association.choices import DeliveryState  # noqa: E402
from association.domain.notices import notify_many  # noqa: E402
from association.models import Delivery, Notice, User  # noqa: E402
from members.models import Organization  # noqa: E402
from tests.bench.load import gunicorn  # noqa: E402
from tests.bench.report import Report  # noqa: E402
from tests.faults.visitors import session_key  # noqa: E402

KIND = "association.account_switched"
LIST = "/members/"
REQUESTS, ROUNDS, PAUSE = 100, 3, 0.05
SLOWER, MEGABYTES, GROWTH = 1.5, 150, 1.1


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


# --- the fan-out ----------------------------------------------------------------------------------------------


def people(count):
    """Accounts with an address each."""
    User.objects.bulk_create(
        (User(email=f"bench{n:06d}@example.cn", full_name=f"收信{n:06d}") for n in range(count)),
        batch_size=2000,
    )
    return User.objects.filter(email__startswith="bench")


def waiting() -> int:
    return Delivery.objects.filter(state__in=(DeliveryState.QUEUED, DeliveryState.SENDING)).count()


def while_sending(address, cookie, worker, count) -> tuple[list[float], list[tuple[float, float]]]:
    """The list's p95 in rounds until everything is out, and the worker's most memory beside the share sent."""
    rounds, memory = [], []
    while left := waiting():
        times = list_times(address, cookie)
        if waiting():  # the round fell wholly into the sending
            rounds.append(p95(times))
        memory.append((1 - left / count, max(memory_of_children(worker, "VmHWM"), default=0)))
    return rounds, memory


def tell(count) -> float:
    start = time.perf_counter()
    told = notify_many(people(count).iterator(), KIND)
    assert told == count, told
    return time.perf_counter() - start


def measure(report, count):
    cookie = f"sessionid={session_key(User.objects.get(email='secretary@example.cn'))}"
    with tempfile.TemporaryDirectory() as name, mail_sink(Path(name)) as (port, ids):
        folder = Path(name)
        # A demonstration sends nothing, so this is none.
        house = os.environ | {"DEMO": "0", "IN_WORKER": "0", "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}
        with gunicorn("association.wsgi:application", house) as server, background(house, folder) as worker:
            before = idle_p95(server, cookie)
            report.note(f"写入 {count:,} 条通知与发送记录：{tell(count):.1f} 秒")
            start = time.perf_counter()
            jobs.announce("association.send_deliveries")
            during, memory = while_sending(server, cookie, worker, count)
            took = time.perf_counter() - start
            after = idle_p95(server, cookie)
            web = max(memory_of_children(server.pid, "VmRSS"))
        report_letters(report, count, took, ids)
        report_list(report, before + after, during)
        report_memory(report, web, memory)


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
    report.line(
        "收件箱中的通知", f"{Notice.objects.count():,}", f"{count:,}", Notice.objects.count() == count
    )


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


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--notices", type=int, default=20_000)
    parser.add_argument("--units", type=int, default=1_000)
    options = parser.parse_args()
    call_command("demo", scale=options.units // 100)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # What the demonstration itself has told people is none of this.
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    report = Report()
    report.note(f"共 {Organization.objects.count():,} 家单位")
    measure(report, options.notices)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
