"""bin/bench roster: the roster at 1,000 and at 100,000 units, against stock import-export and a bare Django.

Every number is a ratio of two things measured in this run on this machine. `--units N` measures at another size.
"""

import argparse
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.cached_db import SessionStore  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils.timezone import localdate  # noqa: E402
from tablib import Dataset  # noqa: E402

from association import importing  # noqa: E402
from association.domain import imports  # noqa: E402
from association.exchange.writing import write_workbook  # noqa: E402
from association.jobs import run_queued_jobs  # noqa: E402
from association.models import User  # noqa: E402
from association.signing.doorkeeper import SIGNED_IN_AT  # noqa: E402
from members.columns import KEY, ROSTER  # noqa: E402
from members.exchange import export as roster_file  # noqa: E402
from members.models import Organization  # noqa: E402
from tests.bench import stock  # noqa: E402
from tests.bench.load import gunicorn, requests_per_second  # noqa: E402
from tests.bench.report import Report  # noqa: E402
from tests.factories.codes import credit_code  # noqa: E402

THIRTY = [c.key for c in ROSTER if c.tier != 4][:30]
FILTERED = "/members/?district=110105&standing=active&sort=-joined_on"
RARE = "壁画"
IMPORTED = 5_000


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def grow(units):
    """Invented units until there are about `units` of them, and fresh statistics for the planner."""
    call_command("demo", scale=units // 100)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")


def client():
    found = Client(HTTP_HOST="127.0.0.1")
    found.force_login(User.objects.get(email="secretary@example.cn"))
    return found


def page_times(browser, urls) -> dict:
    """{url: (median seconds of nine uncached requests, queries)}."""
    found = {}
    for url in urls:
        times = []
        for _ in range(9):
            cache.clear()
            browser.get("/today/")  # the counts of menu and to-dos, which every page shares
            times.append(seconds(lambda url=url: _ok(browser.get(url))))
        cache.clear()
        browser.get("/today/")
        with CaptureQueriesContext(connection) as captured:
            _ok(browser.get(url))
        found[url] = (statistics.median(times), len(captured))
    return found


def _ok(response):
    assert response.status_code == 200, response.status_code


def measure_pages(report, small, large):
    for url, name in ((FILTERED, "筛选并排序的列表"), (f"/members/?q={RARE}", f"两字罕见词“{RARE}”")):
        ratio = large[url][0] / small[url][0]
        report.line(f"{name}：大库时间 ÷ 千家时间", f"{ratio:.2f}", "≤ 3", ratio <= 3)
        report.line(f"{name}：查询数", large[url][1], "≤ 15", large[url][1] <= 15)


# --- export -------------------------------------------------------------------------------------------------


def measure_export(report, folder):
    day = localdate()
    columns = ROSTER.chosen(THIRTY)
    pks = list(
        Organization.objects.members_on(day).order_by("member_number", "pk").values_list("pk", flat=True)
    )
    ours = _own_process("export", folder)
    ready = list(roster_file.rows(pks, columns, day, unmasked=True))
    bare = seconds(
        partial(write_workbook, folder / "bare.xlsx", sheet="名册", columns=columns, rows=ready, as_of=day)
    )
    del ready
    tenth = Organization.objects.filter(pk__in=pks[: len(pks) // 10]).order_by("pk")
    usual = seconds(lambda: stock.export(tenth)) * 10
    report.note(f"导出 {len(pks):,} 家 × {len(columns.columns)} 列：{ours['seconds']:.1f} 秒")
    report.line(
        "导出：比 import-export 快", f"{usual / ours['seconds']:.1f} 倍", "≥ 8", usual / ours["seconds"] >= 8
    )
    report.line("导出：÷ 只写现成的行", f"{ours['seconds'] / bare:.2f}", "≤ 2", ours["seconds"] / bare <= 2)
    report.line("导出：最高内存", f"{ours['megabytes']:.0f} MB", "≤ 250 MB", ours["megabytes"] <= 250)


def _own_process(work, folder) -> dict:
    """Run one piece of work in a process of its own, because peak memory never falls; gives seconds and MB."""
    command = [sys.executable, "-m", "tests.bench.roster", "--only", work, "--folder", str(folder)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used, megabytes = text.split()[-2:]
    return {"seconds": float(used), "megabytes": float(megabytes)}


def only_export(folder):
    day = localdate()
    columns = ROSTER.chosen(THIRTY)
    pks = list(
        Organization.objects.members_on(day).order_by("member_number", "pk").values_list("pk", flat=True)
    )
    target = folder / "ours.xlsx"
    used = seconds(
        lambda: roster_file.write(
            target, pks, columns=columns, as_of=day, format="xlsx", unmasked=True, notes=[], progress=None
        )
    )
    print(used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


# --- import -------------------------------------------------------------------------------------------------


def workbook_of(count, offset) -> bytes:
    """A roster workbook of `count` new units with park, numbers and two people."""
    columns = ROSTER.chosen([c.key for c in ROSTER.importable if c.key in ROW])
    target = io.BytesIO()
    rows = [tuple(_row(offset + i)[c.key] for c in columns) for i in range(count)]
    write_workbook(target, sheet="数据", columns=columns, rows=rows)
    return target.getvalue()


def _row(number):
    return ROW | {
        "name": f"导入单位{number:06d}",
        "credit_code": credit_code(number),
        "park_name": f"导入园区{number:06d}",
        "representative_mobile": f"1991{number:07d}",
        "liaison_mobile": f"1992{number:07d}",
    }


ROW = {
    "name": "",
    "credit_code": "",
    "category": "园区运营机构",
    "grade": "会员单位",
    "joined_on": date(2022, 1, 26),
    "district": "朝阳区",
    "legal_representative": "王演示",
    "representative": "李演示",
    "representative_mobile": "",
    "liaison": "赵演示",
    "liaison_mobile": "",
    "park_name": "",
    "address": "示例路1号",
    "floor_area": 30000,
    "rentable_area": 25000,
    "tenants": 120,
    "culture_tenants": 96,
    "stat_year": 2022,
}


def measure_import(report):
    upload = SimpleUploadedFile("名册.xlsx", workbook_of(IMPORTED, 0))
    by = User.objects.get(email="secretary@example.cn")
    ours = seconds(lambda: _import(upload, by))
    usual = seconds(lambda: stock.import_rows(_dataset(IMPORTED // 10, IMPORTED))) * 10
    report.note(f"导入 {IMPORTED:,} 行（核对并写入）：{ours:.1f} 秒；import-export 折算 {usual:.0f} 秒")
    report.line("导入：比 import-export 快", f"{usual / ours:.1f} 倍", "≥ 5", usual / ours >= 5)


def _import(upload, by):
    before = Organization.objects.count()
    batch = imports.upload(importing.plan(KEY), upload, by=by)
    run_queued_jobs()
    batch.refresh_from_db()
    imports.confirm(batch, by=by, round=batch.round)
    run_queued_jobs()
    assert Organization.objects.count() == before + IMPORTED


def _dataset(count, offset):
    headers = [
        "单位名称",
        "统一社会信用代码",
        "会员类别",
        "法定代表人",
        "注册地址",
        "注册资本(万元)",
        "园区名称",
    ]
    dataset = Dataset(headers=[*headers, "会员代表", "会员代表手机", "联络员", "联络员手机"])
    for i in range(count):
        row = _row(offset + i)
        names = [
            row["name"],
            row["credit_code"],
            "park_operator",
            "王演示",
            "示例路1号",
            "1000",
            row["park_name"],
        ]
        dataset.append([*names, "李演示", row["representative_mobile"], "赵演示", row["liaison_mobile"]])
    return dataset


# --- throughput ---------------------------------------------------------------------------------------------


def session_cookie() -> str:
    user = User.objects.get(email="secretary@example.cn")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SIGNED_IN_AT] = time.time()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def measure_throughput(report):
    cookie = session_cookie()
    some = Organization.objects.filter(parks__isnull=False).first()
    environment = os.environ | {"IN_WORKER": "0"}
    with gunicorn("tests.bench.hello:application", environment) as address:
        hello = requests_per_second(f"{address}/")
    with gunicorn("association.wsgi:application", environment) as address:
        for url, name in (("/members/", "名册列表"), (f"/members/{some.pk}/", "单位详情")):
            permille = requests_per_second(address + url, cookie) / hello * 1000
            report.line(f"{name}：每秒请求 ÷ 裸 Django", f"{permille:.0f} ‰", "≥ 50 ‰", permille >= 50)
    with gunicorn("association.wsgi:application", environment | {"KEPT_PAGE_SECONDS": "0"}) as address:
        for url, name in (("/members/", "名册列表"), (f"/members/{some.pk}/", "单位详情")):
            permille = requests_per_second(address + url, cookie) / hello * 1000
            report.note(f"{name}，每次重写页面：{permille:.0f} ‰")
    report.note(f"裸 Django 每秒 {hello:.0f} 次")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--only", choices=["export", "throughput", "import"])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    report = Report()
    if options.only == "export":
        only_export(options.folder)
        return 0
    if options.only == "import":
        measure_import(report)
        return 1 if report.failed else 0
    if options.only == "throughput":
        measure_throughput(report)
        return 1 if report.failed else 0
    grow(1_000)
    browser = client()
    small = page_times(browser, [FILTERED, f"/members/?q={RARE}"])
    grow(options.units)
    report.note(f"共 {Organization.objects.count():,} 家单位")
    measure_pages(report, small, page_times(browser, [FILTERED, f"/members/?q={RARE}"]))
    with tempfile.TemporaryDirectory() as folder:
        measure_export(report, Path(folder))
    measure_throughput(report)
    measure_import(report)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
