"""Writes the planned events: a series by its verb, its events of the past in bulk, what is to come by the verbs."""

from datetime import time, timedelta

from django.utils.timezone import localdate, make_aware, now

from association.demo import DEMO_ACCOUNTS
from association.domain.activities import record, record_many, verb
from association.models import Activity, User
from events.choices import Audience, HostRole, Mode
from events.demo import answers, attendance, market, petitions, plan, projects, visits
from events.domain import events, programme, registrations, series, terms
from events.models import AgendaItem, Event, EventHost, Series
from members.models import Organization

LOADED = "events.demo.loaded"
VENUE, ADDRESS = "演示会议室", "北京市朝阳区示例路1号（演示）"
# Minutes after two o'clock, what it is, how long it takes.
AGENDA = ((0, "致辞", 10), (10, "主题分享", 50), (60, "交流与对接", 60))


def load(*, scale: int = 0, tell=print) -> None:
    """Write the events of the demonstration once; afterwards they are left alone for good."""
    if Activity.objects.filter(kind=LOADED).exists():
        return
    secretary, general = (User.objects.get(email=email) for _, _, email in DEMO_ACCOUNTS[:2])
    for year, name in plan.THEMES.items():
        series.set_theme(by=secretary, year=year, name=name)
    for planned in plan.SERIES:
        _load_series(planned, secretary, general)
    for code, *coming in plan.COMING:
        _load_coming(code, *coming, secretary=secretary, general=general)
    projects.load(secretary, general)
    market.load(secretary, general)
    visits.load(by=secretary)
    attendance.load()
    answers.load(secretary)
    _finish(by=secretary)
    tell(f"演示活动已就绪：{Event.objects.count()} 场")
    petitions.load(secretary, general, tell=tell)


@verb
def _finish(*, by):
    record(LOADED, by=by, sentence="装入演示活动")


def _load_series(planned, secretary, general):
    found = Series.objects.filter(code=planned.code).first() or series.add_series(
        by=secretary, brand=plan.BRAND if planned.counts else "", name=planned.name, code=planned.code,
        unit=planned.unit, counts_in_brand=planned.counts, introduction=planned.introduction,
    )  # fmt: skip
    if not found.events.exists():
        _write_past(
            found, planned, [*plan.held(planned), *plan.UNCOUNTED.get(planned.code, ())], secretary, general
        )


@verb
def _write_past(found, planned, plans, secretary, general):
    """All events of a series in three statements: a hundred and thirty by their verbs would take a minute."""
    rows = [_row(found, planned, one, secretary, general) for one in plans]
    Event.objects.bulk_create(rows)
    EventHost.objects.bulk_create(host for row in rows for host in _hosts(row, planned))
    AgendaItem.objects.bulk_create(item for row in rows for item in _agenda(row))
    record_many("events.event.planned", [(row, f"策划{row}") for row in rows], by=secretary)


def _row(found, planned, one, secretary, general):
    starts_at = make_aware(plan.moment(one.day, one.hour))
    ends_at = starts_at + timedelta(minutes=planned.minutes)
    row = Event(
        series=found, number=one.number, topic=one.topic, starts_at=starts_at, ends_at=ends_at, mode=planned.mode,
        audience=planned.audience, is_demo=True, summary=planned.introduction[:150],
        contract_number="演示-2022-01" if planned.code == "wenke" else "", **_place(planned),
    )  # fmt: skip
    if one.stand == "planned":
        return row
    row.submitted_by, row.submitted_at = secretary, starts_at - timedelta(days=20)
    row.approved_by, row.approved_at = general, starts_at - timedelta(days=18)
    if one.stand == "held":
        row.archived_by, row.archived_at = secretary, ends_at + timedelta(days=7)
        return row
    row.cancelled_by, row.did_not_convene = secretary, one.stand == "failed"
    row.cancelled_at = ends_at if row.did_not_convene else starts_at - timedelta(days=3)
    row.cancel_reason = "演示：到场不足" if row.did_not_convene else "演示：场地另有安排"
    return row


def _place(planned):
    return {} if planned.mode == Mode.ONLINE else {"venue": VENUE, "address": ADDRESS}


def _hosts(row, planned):
    named = ((HostRole.ORGANIZER, plan.US, "北京"), *planned.hosts)
    for place, (role, name, city) in enumerate(named):
        yield EventHost(event=row, role=role, name=name, city=city, position=place)


def _agenda(row):
    for place, item in enumerate(_programme(row)):
        yield AgendaItem(event=row, position=place, **item)


def _programme(row) -> list[dict]:
    return [
        {
            "starts_at": time(14 + after // 60, after % 60),
            "minutes": minutes,
            "title": title,
        }
        for after, title, minutes in AGENDA
    ]


def _load_coming(code, number, topic, days, stand, *, secretary, general):
    found = Series.objects.get(code=code)
    if found.events.filter(number=number).exists():
        return
    planned = next(one for one in plan.SERIES if one.code == code)
    day = localdate() + timedelta(days=days)
    day += timedelta(days={6: 2, 7: 1}.get(day.isoweekday(), 0))  # no weekends
    starts_at = make_aware(plan.moment(day, 14))
    made = events.plan(
        found, by=secretary, number=number, topic=topic, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=planned.minutes), mode=planned.mode, audience=planned.audience,
        summary=planned.introduction[:150], is_demo=True, **_place(planned),
    )  # fmt: skip
    named = [(HostRole.ORGANIZER, plan.US, "北京"), *planned.hosts]
    rows = [{"role": role, "name": name, "city": city} for role, name, city in named]
    programme.set_hosts(made, by=secretary, version=made.version, rows=rows)
    made.refresh_from_db()
    lines = [item | {"speaker": "", "speaker_title": ""} for item in _programme(made)]
    programme.set_agenda(made, by=secretary, version=made.version, rows=lines)
    if stand != "planned":
        made = events.submit(made, by=secretary)
    if stand == "announced":
        made = events.approve(made, by=general, version=made.version)
        _sign_up(made, secretary)


def _sign_up(event, secretary):
    """Registration is open, a few seats are taken, one person waits."""
    event = terms.set_terms(
        event, by=secretary, version=event.version,
        changes={
            "registration_opens_at": now() - timedelta(days=3), "lists_participants": True, "quota_per_unit": 3,
            "registration_closes_at": event.starts_at - timedelta(hours=20), "waiting_places": 50,
            **{f"{mode}_capacity": plan.SEATS[mode] for mode in event.modes},
        },
    )  # fmt: skip
    terms.set_questions(event, by=secretary, version=event.version, rows=plan.QUESTIONS)
    for number, mode, unit in _who_signs_up(event):
        registrations.register(
            event, by=secretary, source="staff", mode=mode, full_name=f"演示参加人{number}", title="演示职务",
            mobile=f"1990000{event.number:02d}{number:02d}", organization=unit, is_demo=True,
            unit_name=unit.name if unit else f"演示企业{number:03d}", lists_name=number % 2 == 1,
        )  # fmt: skip


def _who_signs_up(event):
    """(number, mode, unit): people of members where the event is theirs, each unit once; else of invented companies."""
    modes = plan.signed_up(event.modes)
    units = [None] * len(modes)
    if event.audience == Audience.MEMBERS:
        units = Organization.objects.members_on(localdate()).order_by("pk")[: len(modes)]
    return [(number, mode, unit) for number, (mode, unit) in enumerate(zip(modes, units, strict=False), 1)]
