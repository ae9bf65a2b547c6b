"""Events with very many registrations and attendances, put into the database by COPY."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.timezone import get_current_timezone

from association import bulk
from events.models import Event, Project, ProjectStage, Registration, Series
from events.models.registration import new_code

PER_EVENT, YEARS, THIS = 100, range(1997, 2027), 2022
AT_ONCE = 20_000


def bench_series() -> Series:
    return Series.objects.get_or_create(name="演示压力测试系列", unit="session")[0]


def fill(registrations: int, *, years) -> None:
    """So many more registrations, a hundred for an event, the events spread over the years; two of three came."""
    series = bench_series()
    first = series.events.count() + 1
    events = [_event(series, first + n, years[n % len(years)]) for n in range(registrations // PER_EVENT)]
    bulk.insert(Event, events)
    for start in range(0, len(events), AT_ONCE // PER_EVENT):
        _register(events[start : start + AT_ONCE // PER_EVENT])
    _attend(events)
    _collect_projects(len(events), years)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")


def _event(series, number, year) -> Event:
    starts_at = datetime(year, 1 + number % 12, 1 + number % 28, 14, tzinfo=get_current_timezone())
    return Event(
        series=series, number=number, topic=f"演示压力测试{number}", mode="hybrid", venue="演示会议室", audience="public",
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), approved_at=starts_at - timedelta(days=20),
        submitted_at=starts_at - timedelta(days=21), registration_opens_at=starts_at - timedelta(days=20),
        registration_closes_at=starts_at, is_demo=True,
    )  # fmt: skip


def _register(events):
    rows = [
        Registration(
            event=event, mode="online" if n % 2 else "onsite", full_name=f"演示参加人{n}", mobile=f"19900{n:06d}",
            unit_name=f"演示来宾单位{n}", code=new_code(), source="staff", is_demo=True,
            confirmed_at=event.approved_at if n % 10 else None, waiting_since=None if n % 10 else event.approved_at,
        )
        for event in events
        for n in range(PER_EVENT)
    ]  # fmt: skip
    bulk.insert(Registration, rows)


def _attend(events):
    """Attendance of two of three that were confirmed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO events_attendance (event_id, registration_id, mode, full_name, mobile, title, unit_name,
                unit_key, source, arrived_at, minutes, nonce, undone_reason, correction, is_demo, version, created_at,
                updated_at)
            SELECT r.event_id, r.id, r.mode, r.full_name, r.mobile, '', r.unit_name, r.unit_name,
                CASE r.mode WHEN 'online' THEN 'import' ELSE 'scan' END, e.starts_at,
                CASE r.mode WHEN 'online' THEN 90 END, '', '', '', true, 1, now(), now()
            FROM events_registration r JOIN events_event e ON e.id = r.event_id
            WHERE r.event_id = ANY(%s) AND r.confirmed_at IS NOT NULL AND r.id %% 3 <> 0""",
            [[event.pk for event in events]],
        )


def _collect_projects(count, years):
    """A project for each event, put to the issues of 文科汇 in turns; half of them were pitched."""
    issues = list(Event.objects.filter(series__code="wenke").order_by("pk"))
    projects = [
        Project(
            name=f"演示压力测试项目{n}", unit_name=f"演示来宾单位{n}", event=issues[n % len(issues)], kind="technology",
            scene="演示", maturity="trial", contact_name="演示", contact_mobile="19900000000", is_demo=True,
        )
        for n in range(count)
    ]  # fmt: skip
    bulk.insert(Project, projects)
    steps = [
        ProjectStage(project=project, stage=stage, reached_on=f"{years[n % len(years)]}-05-10")
        for n, project in enumerate(projects)
        for stage in (("collected", "pitched") if n % 2 else ("collected",))
    ]
    bulk.insert(ProjectStage, steps)
