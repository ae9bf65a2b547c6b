"""bin/bench dues: a year's bills for twenty thousand members, a bank list of five thousand lines, and the reminders.

A real worker and beat do the work, a web server answers beside it, a mail sink takes the letters. Times are of this
run on this machine; the bare work of the database that stands beside them is measured in the same run.
`--units N` and `--lines N` measure at another size.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Count, Exists, F, Max, OuterRef  # noqa: E402
from django.utils.timezone import localdate  # noqa: E402

from association import bulk, jobs  # noqa: E402
from association.celery import app  # noqa: E402
from association.choices import Channel  # noqa: E402
from association.models import Delivery, User  # noqa: E402
from members import permissions  # noqa: E402
from members.choices import ContactDuty, RunState, StatementState  # noqa: E402
from members.domain import bank_lists, bill_runs  # noqa: E402
from members.domain import reminders as reminders_of  # noqa: E402
from members.models import BankLine, Bill, BillReminder, Contact, ContactRole, Organization  # noqa: E402
from tests.bank_lists import ICBC, csv_file, icbc  # noqa: E402
from tests.bench import sending  # noqa: E402
from tests.bench.report import Report  # noqa: E402

RUN_SECONDS, LIST_SECONDS = 60, 30
MOMENT = 0.2


def until(done, sample=lambda: None) -> tuple[float, list]:
    """Seconds until `done()` gives something true, and what `sample()` gave meanwhile."""
    start, samples = time.perf_counter(), []
    while not done():
        samples.append(sample())
        time.sleep(MOMENT)
    return time.perf_counter() - start, samples


def appoint_payers():
    """A manager with an account for every unit that has none: nobody else is told of its bills and reminders."""
    units = Organization.objects.members_on(localdate())
    payers = ContactRole.objects.current().filter(duty__in=permissions.PAYING, contact__user__is_active=True)
    units = units.exclude(pk__in=payers.values("organization"))
    roles = ContactRole.objects.current().filter(organization__in=units, contact__user=None).order_by("pk")
    people = {role.organization_id: role.contact for role in roles.select_related("contact")}
    users = [User(email=f"bench{pk:07d}@example.cn", full_name=who.name) for pk, who in people.items()]
    bulk.insert(User, users)
    for contact, user in zip(people.values(), users, strict=True):
        contact.user = user
    bulk.update(Contact, people.values(), ["user"])
    since = localdate() - timedelta(days=365)
    bulk.insert(
        ContactRole,
        [
            ContactRole(organization_id=pk, contact=contact, duty=ContactDuty.MANAGER, since=since)
            for pk, contact in people.items()
        ],
    )


# --- the run ----------------------------------------------------------------------------------------------------


def issue_bills(report, worker):
    run = bill_runs.prepare(by=treasurer(), year=localdate().year, bill_on=localdate())

    def finished():
        run.refresh_from_db()
        return run.state in (RunState.DONE, RunState.FAILED)

    def sample():
        return run.issued / run.expected, max(sending.memory_of_children(worker, "VmHWM"), default=0)

    until(app.control.ping)
    bill_runs.confirm(run, by=treasurer(), version=run.version)
    took, memory = until(finished, sample)
    text = f"{took:.1f} 秒，每秒 {run.issued / took:.0f} 份"
    report.line(f"出 {run.issued:,} 份账单", text, f"≤ {RUN_SECONDS} 秒", took <= RUN_SECONDS)
    complete = (run.state, run.issued) == (RunState.DONE, run.expected)
    report.line(
        "应出的都出了，每家一份",
        "是" if complete and not twice(run) else "否",
        "是",
        complete and not twice(run),
    )
    bare = bare_bills(run)
    report.note(f"数据库单写这些账单：{bare:.1f} 秒；全程是它的 {took / bare:.1f} 倍（含动态、历史、通知）")
    report_growth(report, memory)


def treasurer():
    return User.objects.get(email="treasurer@example.cn")


def twice(run) -> int:
    found = Bill.objects.filter(year=run.year, voided_at__isnull=True, kind="dues").values("organization")
    return found.annotate(number=Count("pk")).filter(number__gt=1).count()


def bare_bills(run) -> float:
    """Seconds that the same rows take when nothing but a table of bills is written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE members_bill INCLUDING ALL) ON COMMIT DROP")
        start = time.perf_counter()
        cursor.execute("INSERT INTO bare SELECT * FROM members_bill WHERE run_id = %s", [run.pk])
        return time.perf_counter() - start


def report_growth(report, memory):
    """What the worker needs more at the end than when a quarter was done."""
    early = max(megabytes for share, megabytes in memory if share <= 0.25)
    growth = memory[-1][1] / early
    text = f"{growth:.2f}（{early:.0f} → {memory[-1][1]:.0f} MB）"
    report.line("后台进程最高内存：末 ÷ 前四分之一", text, f"≤ {sending.GROWTH}", growth <= sending.GROWTH)


# --- the bank's list --------------------------------------------------------------------------------------------


def match_list(report, count):
    claimed = BankLine.objects.filter(suggested=OuterRef("pk"))  # by the demonstration's own list
    bills = Bill.objects.outstanding().filter(~Exists(claimed), year=localdate().year).order_by("pk")[:count]
    day = f"{localdate()} 10:00:00"
    rows = [
        icbc(
            bill.payer_name,
            f"{bill.outstanding / 100:.2f}",
            day=day,
            number=f"{n:08d}",
            account=f"6222{n:08d}",
        )
        for n, bill in enumerate(bills)
    ]
    statement = bank_lists.upload(csv_file(ICBC, *rows), by=treasurer())

    def finished():
        statement.refresh_from_db()
        return statement.state != StatementState.READING

    took, _ = until(finished)
    report.line(
        f"读入并比对 {count:,} 笔银行流水", f"{took:.1f} 秒", f"≤ {LIST_SECONDS} 秒", took <= LIST_SECONDS
    )
    lines = BankLine.objects.filter(statement=statement)
    right = lines.filter(suggested__payer_name=F("payer_name")).count()
    text = f"{lines.count():,} 笔，建议正确 {right:,} 笔"
    report.line("每一笔都有建议，并且是付款的单位", text, f"{count:,}", right == count == lines.count())


# --- reminders --------------------------------------------------------------------------------------------------


def remind(report, server, worker, ids):
    """Let every open bill fall due in thirty days, and the schedule come."""
    cookie = sending.cookie_of("secretary@example.cn")
    sending.forget_letters(ids)
    bills = Bill.objects.outstanding().filter(year=localdate().year)
    held = [bill.bill for bill in reminders_of.asked(bills) if bill.is_held]  # nobody is reminded of these
    bills = bills.exclude(pk__in=held)
    bills.update(due_on=localdate() + timedelta(days=30), issued_on=localdate() - timedelta(days=20))
    count = bills.count()
    last = BillReminder.objects.aggregate(last=Max("pk"))["last"] or 0
    of_this_year = Bill.objects.filter(year=localdate().year).exclude(pk__in=held)
    reminders = BillReminder.objects.filter(pk__gt=last, bill__in=of_this_year)
    before = sending.idle_p95(server, cookie)
    start = time.perf_counter()
    jobs.later("members.send_reminders")

    def left():
        return count - reminders.count() + sending.waiting()

    during, memory = sending.while_sending(server, cookie, worker, count, left)
    took = time.perf_counter() - start
    after = sending.idle_p95(server, cookie)
    once = reminders.values("key").distinct().count() == reminders.count() == count
    report.line("提醒：每张账单一件", f"{reminders.count():,}", f"{count:,}", once)
    letters = Delivery.objects.filter(channel=Channel.EMAIL).count()
    report.line("邮件：每家至少一封", f"{letters:,}", f"≥ {count:,}", letters >= count)
    sending.report_letters(report, letters, took, ids)
    sending.report_list(report, before + after, during)
    sending.report_memory(report, max(sending.memory_of_children(server.pid, "VmRSS")), memory)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=20_000)
    parser.add_argument("--lines", type=int, default=5_000)
    options = parser.parse_args()
    call_command("demo", scale=options.units // 100)
    appoint_payers()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    report = Report()
    with tempfile.TemporaryDirectory() as name, sending.house(Path(name)) as (server, worker, ids):
        issue_bills(report, worker)
        match_list(report, options.lines)
        remind(report, server, worker, ids)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
