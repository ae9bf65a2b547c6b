"""bin/bench events: six hundred people for fifty seats, the door's queue, and the lists with 300,000 registrations.

Every number of time is a ratio of two things measured in this run on this machine, but for the door's ten seconds.
`--rounds N` presses another number of times, `--registrations N` fills to another number, `--only rush|door|lists`
measures one of the three.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from datetime import timedelta
from http.client import HTTPConnection
from statistics import median
from threading import Thread
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from association import bulk  # noqa: E402
from association.models import User  # noqa: E402
from events.domain import doors  # noqa: E402
from events.models import Attendance, Event, Registration  # noqa: E402
from events.models.registration import new_code  # noqa: E402
from members.models import ContactRole  # noqa: E402
from tests.bench import happenings  # noqa: E402
from tests.bench.dues import appoint_payers  # noqa: E402
from tests.bench.load import gunicorn, permille  # noqa: E402
from tests.bench.report import Report  # noqa: E402
from tests.bench.roster import client, page_times, session_cookie  # noqa: E402
from tests.bench.rush import SECRET, Press, rush  # noqa: E402
from tests.faults.visitors import session_key  # noqa: E402

PRESSES, SEATS, PLACES = 600, 50, 50
SCANS, SCAN_SECONDS, A_BATCH = 500, 10, 100
SMALL, TIMES, PERMILLE = 3_000, 3, 50
# Five hundred who come too late are five hundred lines otherwise.
SERVED = {"IN_WORKER": "0", "LOG_LEVEL": "ERROR"}
BOARD, FUNNEL = "/events/board/?year=2022", "/events/projects/funnel/?year=2022"


# --- the rush -------------------------------------------------------------------------------------------------------


def visitors() -> list[tuple]:
    """(session cookie, key of the unit, name, mobile number) of six hundred managers, each of a unit of its own."""
    call_command("demo", scale=PRESSES // 100 + 1)
    appoint_payers()
    roles = ContactRole.objects.current().filter(
        contact__user__is_active=True, organization__is_demo=True, duty="manager"
    )
    found = {r.organization_id: r for r in roles.select_related("contact__user")}
    return [
        (f"sessionid={session_key(role.contact.user)}", unit, f"演示报名人{n}", f"1991{n:07d}")
        for n, (unit, role) in enumerate(list(found.items())[:PRESSES])
    ]


def new_event(**terms) -> Event:
    """An event of the next week that takes registrations now."""
    moment, series = now(), happenings.bench_series()
    event = Event(
        series=series, number=series.events.count() + 1, topic="演示抢名额", mode="onsite", venue="演示会议室",
        audience="members", starts_at=moment + timedelta(days=7), ends_at=moment + timedelta(days=7, hours=2),
        submitted_at=moment, approved_at=moment, registration_opens_at=moment,
        registration_closes_at=moment + timedelta(days=6), is_demo=True, **terms,
    )  # fmt: skip
    event.save(force_insert=True)
    return event


def press_all(address, people) -> tuple[Event, float, Counter]:
    event = new_event(onsite_capacity=SEATS, waiting_places=PLACES)
    presses = [
        Press(f"/events/{event.pk}/register/", cookie, {"unit": unit, "full_name": name, "mobile": mobile, "mode": "onsite"})
        for cookie, unit, name, mobile in people
    ]  # fmt: skip
    took, statuses = rush(address, presses)
    return event, took, statuses


def sold(event) -> tuple[int, int]:
    """(seats, waiting places) that were given away."""
    return event.registrations.confirmed().count(), event.registrations.waiting().count()


def measure_rush(report, rounds):
    people, environment = visitors(), os.environ | SERVED
    report.note(f"{len(people)} 人各报一次，同时 100 人在途，{SEATS} 个名额，{PLACES} 个候补，共 {rounds} 轮")
    results, seconds, statuses = [], [], Counter()
    with gunicorn("association.wsgi:application", environment) as server:
        for _ in range(rounds):
            event, took, answers = press_all(server, people)
            results.append(sold(event))
            seconds.append(took)
            statuses += answers
    exact = results.count((SEATS, PLACES))
    report.line("正好售出 50 个名额、50 个候补的轮数", f"{exact}", f"{rounds}", exact == rounds)
    broken = sum(number for status, number in statuses.items() if status >= 500)
    report.line("服务器错误", broken, "0", broken == 0)
    expected = Counter({303: rounds * (SEATS + PLACES), 409: rounds * (len(people) - SEATS - PLACES)})
    report.line("答复：成功与婉拒各多少", dict(statuses), dict(expected), statuses == expected)
    _without_lock(report, people, environment)
    _against_bare(report, people, environment, len(people) / median(seconds))


def _without_lock(report, people, environment):
    with gunicorn("tests.bench.unlocked:application", environment) as server:
        event, _, _ = press_all(server, people)
    seats, places = sold(event)
    more = (seats, places) != (SEATS, PLACES)
    report.line("关掉行锁再来一轮：名额与候补", f"{seats} + {places}", "超卖，即竞争确实存在", more)


def _against_bare(report, people, environment, speed):
    event = new_event()
    presses = [Press(f"/{event.pk}/", cookie, {}) for cookie, *_ in people]
    with gunicorn("tests.bench.bare_lock:application", environment) as server:
        rush(server, presses)
        took = median(rush(server, presses)[0] for _ in range(3))
    bare = len(presses) / took
    report.note(
        f"每秒处理 {speed:.0f} 次报名，是只取同一行锁的裸页面（每秒 {bare:.0f} 次）的 {speed / bare * 1000:.0f} ‰"
    )


# --- the door -------------------------------------------------------------------------------------------------------


def measure_door(report):
    """Two phones were offline and hand in the same five hundred people, each batch twice, as when an answer got lost."""
    event = new_event(onsite_capacity=None)
    rows = [
        Registration(
            event=event, mode="onsite", full_name=f"演示参加人{n}", mobile=f"1992{n:07d}", unit_name=f"演示来宾单位{n}",
            code=new_code(), source="staff", confirmed_at=now(), is_demo=True,
        )
        for n in range(SCANS)
    ]  # fmt: skip
    bulk.insert(Registration, rows)
    by = User.objects.get(email="secretary@example.cn")
    Event.objects.filter(pk=event.pk).update(starts_at=now(), ends_at=now() + timedelta(hours=2), registration_closes_at=now())  # fmt: skip
    tokens = [doors.open_door(event, by=by, label=f"演示手机{n}")[1] for n in (1, 2)]
    answers = Counter()
    with gunicorn("association.wsgi:application", os.environ | SERVED) as server:
        start = time.perf_counter()
        phones = [Thread(target=_hand_in, args=(server, token, rows, answers)) for token in tokens]
        for phone in phones:
            phone.start()
        for phone in phones:
            phone.join()
        took = time.perf_counter() - start
    there = Attendance.objects.filter(event=event)
    once = there.values("registration").distinct().count() == there.count() == SCANS
    report.line(
        "两部手机各补交 500 次签到，每批重发一次",
        f"{took:.1f} 秒",
        f"≤ {SCAN_SECONDS} 秒",
        took <= SCAN_SECONDS,
    )
    report.line("到场人数，一个不少，一个不重", there.count(), SCANS, once)
    report.note(f"各次答复：{dict(answers)}")


def _hand_in(server, token, rows, answers):
    connection = HTTPConnection(urlsplit(server).netloc, timeout=60)
    headers = {"Content-Type": "application/json", "X-CSRFToken": SECRET, "Cookie": f"csrftoken={SECRET}"}
    moment = int(time.time() * 1000)
    for start in range(0, len(rows), A_BATCH):
        batch = [
            {"nonce": f"{token[:8]}-{row.pk}", "value": row.code, "at": moment}
            for row in rows[start : start + A_BATCH]
        ]
        for _ in range(2):
            connection.request("POST", f"/door/{token}/scans/", json.dumps({"scans": batch}), headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {body[:200]!r}")
            answers.update(one["result"] for one in json.loads(body)["answers"])
    connection.close()


# --- lists ----------------------------------------------------------------------------------------------------------


def measure_lists(report, registrations):
    call_command("demo")
    browser = client()
    happenings.fill(SMALL, years=[happenings.THIS])
    small = page_times(browser, [BOARD, FUNNEL])
    happenings.fill(registrations - SMALL, years=happenings.YEARS)
    report.note(f"共 {Event.objects.count():,} 场活动，{Registration.objects.count():,} 个报名")
    large = page_times(browser, [BOARD, FUNNEL])
    for url, name in ((BOARD, "年度统计"), (FUNNEL, "项目漏斗")):
        ratio = large[url][0] / small[url][0]
        text = f"{ratio:.2f}（{small[url][0] * 1000:.0f} → {large[url][0] * 1000:.0f} 毫秒，{large[url][1]} 次查询）"
        report.line(f"{name}：{registrations:,} 个报名 ÷ {SMALL:,} 个", text, f"≤ {TIMES}", ratio <= TIMES)
    _throughput(report)


def _throughput(report):
    some = Event.objects.published().filter(audience="public").order_by("-starts_at").first()
    cookie, environment = session_cookie(), os.environ | SERVED
    pages = [
        ("/events/", cookie, "活动列表"),
        ("/events/?tab=all&year=2022", cookie, "全年活动列表"),
        ("/activities/", "", "公开的活动列表"),
        (f"/activities/{some.pk}/", "", "公开的活动页面"),
    ]
    with (
        gunicorn("tests.bench.hello:application", environment) as bare,
        gunicorn("association.wsgi:application", environment) as server,
    ):
        for address, whose, name in pages:
            share, speed = permille(server + address, f"{bare}/", cookie=whose)
            text = f"{share:.0f} ‰（每秒 {speed:.0f} 次）"
            report.line(f"{name}：每秒请求 ÷ 裸 Django", text, f"≥ {PERMILLE} ‰", share >= PERMILLE)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--registrations", type=int, default=300_000)
    parser.add_argument("--only", choices=["rush", "door", "lists"])
    options = parser.parse_args()
    report = Report()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    if options.only in (None, "rush"):
        measure_rush(report, options.rounds)
    if options.only in (None, "door"):
        measure_door(report)
    if options.only in (None, "lists"):
        measure_lists(report, options.registrations)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
