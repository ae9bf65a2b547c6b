"""bin/bench notices: twenty thousand notices go out by mail while somebody works with the roster.

A real worker, beat, web server and a mail sink in processes of their own. What is compared are times of this run on
this machine. `--notices N` and `--units N` measure at another size.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from association import jobs  # noqa: E402
from association.domain.notices import notify_many  # noqa: E402
from association.models import Notice, User  # noqa: E402
from members.models import Organization  # noqa: E402
from tests.bench import sending  # noqa: E402
from tests.bench.report import Report  # noqa: E402

KIND = "association.account_switched"


# --- the fan-out ----------------------------------------------------------------------------------------------


def people(count):
    """Accounts with an address each."""
    User.objects.bulk_create(
        (User(email=f"bench{n:06d}@example.cn", full_name=f"收信{n:06d}") for n in range(count)),
        batch_size=2000,
    )
    return User.objects.filter(email__startswith="bench")


def tell(count) -> float:
    start = time.perf_counter()
    told = notify_many(people(count).iterator(), KIND)
    assert told == count, told
    return time.perf_counter() - start


def measure(report, count):
    cookie = sending.cookie_of("secretary@example.cn")
    with tempfile.TemporaryDirectory() as name, sending.house(Path(name)) as (server, worker, ids):
        before = sending.idle_p95(server, cookie)
        report.note(f"写入 {count:,} 条通知与发送记录：{tell(count):.1f} 秒")
        start = time.perf_counter()
        jobs.announce("association.send_deliveries")
        during, memory = sending.while_sending(server, cookie, worker, count)
        took = time.perf_counter() - start
        after = sending.idle_p95(server, cookie)
        web = max(sending.memory_of_children(server.pid, "VmRSS"))
        sending.report_letters(report, count, took, ids)
    told = Notice.objects.count()
    report.line("收件箱中的通知", f"{told:,}", f"{count:,}", told == count)
    sending.report_list(report, before + after, during)
    sending.report_memory(report, web, memory)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--notices", type=int, default=20_000)
    parser.add_argument("--units", type=int, default=1_000)
    options = parser.parse_args()
    call_command("demo", scale=options.units // 100)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    sending.forget_letters()
    report = Report()
    report.note(f"共 {Organization.objects.count():,} 家单位")
    measure(report, options.notices)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
