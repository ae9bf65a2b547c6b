"""bin/bench public: what visitors get at 100,000 units, against a bare Django under the same gunicorn.

Every number is a ratio of two things measured in this run on this machine, but for the memory of a web process.
`--units N` measures at another size, `--filled` on a database that is filled already.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from members.models import Organization, Park  # noqa: E402
from tests.bench.load import gunicorn, permille, requests_per_second  # noqa: E402
from tests.bench.report import Report  # noqa: E402

WITHOUT, WITH, MEGABYTES = 50, 300, 150


def pages() -> list[tuple[str, str]]:
    """(address, name) of the three pages; the park is one with everything that a park's page shows."""
    park = (
        Park.objects.public().filter(recognitions__isnull=False, introduction__gt="").order_by("-pk").first()
    )
    return [("/", "首页"), ("/parks/", "园区名录"), (f"/parks/{park.pk}/", "园区页面")]


def memory_of_workers(master: int) -> list[float]:
    """The most memory in MB that each worker process of a gunicorn has had so far."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(
                line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line
            )
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(status["PPid"]) == master:
            found.append(int(status["VmHWM"].split()[0]) / 1024)
    return found


def measure(report):
    environment = os.environ | {"IN_WORKER": "0"}
    with gunicorn("tests.bench.hello:application", environment) as bare:
        requests_per_second(f"{bare}/")
        for seconds, wanted, how in (("0", WITHOUT, "每次重写"), ("60", WITH, "整页缓存")):
            settings = environment | {"PUBLIC_PAGE_SECONDS": seconds}
            with gunicorn("association.wsgi:application", settings) as server:
                measure_pages(report, server, bare, wanted, how)


def measure_pages(report, server, bare, wanted, how):
    for address, name in pages():
        share, speed = permille(server + address, f"{bare}/")
        report.line(
            f"{name}（{how}）：每秒请求 ÷ 裸 Django",
            f"{share:.0f} ‰（每秒 {speed:.0f} 次）",
            f"≥ {wanted} ‰",
            share >= wanted,
        )
    most = max(memory_of_workers(server.pid))
    report.line(f"每个网页进程的内存（{how}）", f"{most:.0f} MB", f"≤ {MEGABYTES} MB", most <= MEGABYTES)


def grow(units):
    call_command("demo", scale=units // 100)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--filled", action="store_true")
    options = parser.parse_args()
    if not options.filled:
        grow(options.units)
    report = Report()
    report.note(f"共 {Organization.objects.count():,} 家单位，{Park.objects.public().count():,} 个公开的园区")
    measure(report)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
