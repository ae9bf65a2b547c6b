"""Writes the planned projects and deals: those of 2022 in bulk, what waits for somebody today by the verbs.

The deals of 2022 are counted by their dated facts; a file each would be a hundred times their weight, so only those that
wait to be verified carry one, which says that it is invented.
"""

from datetime import datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate, make_aware

from association import demo as accounts
from association.domain import attachments
from association.domain.activities import record_many, verb
from association.models import User
from events.choices import Maturity, Need, PartyRole, ProjectKind, Stage
from events.demo import projects_plan as plan
from events.domain import deals, projects, reviews
from events.models import Deal, DealParty, Event, Project, ProjectStage, Review
from members.models import Organization

MARK_NAMES = ("novelty", "fit", "readiness", "reach")
CONTACT = {"contact_name": "演示联系人", "contact_mobile": "13900000000"}
EVIDENCE = "演示协议：本文件为演示而写，不是真实的协议。".encode()


def load(secretary, general) -> None:
    """Write everything once, after the events."""
    experts = [_expert(number, name, secretary) for number, name in enumerate(plan.EXPERTS, 1)]
    units = dict(Organization.objects.filter(is_demo=True).values_list("name", "pk"))
    events = Event.objects.filter(series__code="wenke", number__lte=len(plan.PUBLISHED)).order_by("number")
    for event in events.select_related("series"):
        _write_event(event, event.number - 1, secretary, general, experts, units)
    _write_waiting(secretary, general, experts)


def _expert(number, name, by) -> User:
    email = f"expert{number}@example.cn"
    return User.objects.filter(email=email).first() or accounts.open_account(name, email, by)


def _unit(place, *, is_known=True) -> str:
    """An invented unit; some of them are members."""
    if is_known and place % 4 == 0:
        return f"演示运营公司{place % 60 + 1:02d}"
    return f"演示创意科技公司{place + 1:02d}"


# --- 2022 ---------------------------------------------------------------------------------------------------------


@verb
def _write_event(event, issue, secretary, general, experts, units):
    """The projects and deals of one event, with their steps and reviews, in a statement a table."""
    day, plans = localdate(event.starts_at), plan.projects(issue)
    made = Project.objects.bulk_create(_project(event, one, secretary, units) for one in plans)
    pairs = list(zip(made, plans, strict=True))
    ProjectStage.objects.bulk_create(
        ProjectStage(
            project=project, stage=stage, reached_on=plan.day_of(day, stage),
            by=general if stage == Stage.PUBLISHED else secretary, reason=_reason(stage),
        )
        for project, one in pairs for stage in one.steps
    )  # fmt: skip
    Review.objects.bulk_create(
        _review(project, person, marks, secretary, plan.day_of(day, Stage.SCREENING))
        for project, one in pairs
        for person, marks in zip(experts, one.marks, strict=False)
    )
    record_many(
        "events.project.put_forward", ((p, f"{p.unit_name}申报项目“{p}”") for p in made), by=secretary
    )
    _write_deals(event, issue, made, secretary, general, units)


def _project(event, one, secretary, units):
    _, kind, scene, needs = one.subject
    unit = _unit(one.unit, is_known=one.stage not in (Stage.REJECTED, Stage.UNSUCCESSFUL))
    return Project(
        event=event, name=one.name, unit_name=unit, organization_id=units.get(unit), kind=kind, scene=scene,
        maturity=plan.MATURITY[one.unit % 4], needs=list(needs), filed_by=secretary, is_demo=True,
        description=f"演示介绍：用于{scene}，已在演示环境试用。", **CONTACT,
    )  # fmt: skip


def _reason(stage) -> str:
    return {Stage.REJECTED: plan.REJECTED_BECAUSE, Stage.UNSUCCESSFUL: plan.NO_DEAL_BECAUSE}.get(stage, "")


def _review(project, person, marks, secretary, asked_on):
    given = dict(zip(MARK_NAMES, marks, strict=True))
    return Review(
        project=project, reviewer=person, asked_by=secretary, due_on=asked_on + timedelta(days=7), comment=plan.COMMENT,
        submitted_at=_noon(asked_on + timedelta(days=5)), **given,
    )  # fmt: skip


def _noon(day):
    return make_aware(datetime.combine(day, time(12)))


def _write_deals(event, issue, made, secretary, general, units):
    day = localdate(event.starts_at)
    rows = Deal.objects.bulk_create(
        _deal(event, day, one, made, secretary, general) for one in plan.deals(issue)
    )
    DealParty.objects.bulk_create(
        DealParty(deal=row, role=role, name=name, organization_id=units.get(name), position=place)
        for number, row in enumerate(rows)
        for place, (role, name) in enumerate(_parties(row, issue, number))
    )
    record_many("events.deal.verified", ((row, f"核实“{row}”落地") for row in rows), by=general)


def _deal(event, day, one, made, secretary, general):
    landed_on = min(day + timedelta(days=one.days[1]), plan.LAST_DAY)
    project = None if one.project is None else made[one.project]
    return Deal(
        title=f"{one.title}：{project.scene if project else '园区服务'}", event=event, project=project, amount=one.amount,
        amount_is_confidential=one.is_confidential, signed_on=day + timedelta(days=one.days[0]), registered_by=secretary,
        landed_on=landed_on, landed_by=secretary, landed_note="演示：场景已投入使用。", verified_by=general,
        verified_at=_noon(landed_on + timedelta(days=5)), is_demo=True,
    )  # fmt: skip


def _parties(row, issue, number):
    host = f"演示运营公司{(issue * 11 + number * 3) % 60 + 1:02d}"
    other = row.project.unit_name if row.project else f"演示服务公司{issue + 1}{number + 1:02d}"
    return [(PartyRole.FIRST, host), (PartyRole.SECOND, other if other != host else f"{other}（运营方）")]


# --- what waits today ---------------------------------------------------------------------------------------------


def _write_waiting(secretary, general, experts):
    """What the secretariat, the secretary-general and a reviewer find to do today."""
    put = {"kind": ProjectKind.TECHNOLOGY, "maturity": Maturity.TRIAL, "needs": [Need.SCENE], **CONTACT}
    for number, scene in enumerate(("园区智能导览", "园区数字藏品")):
        projects.put_forward(
            by=secretary, name=f"演示新项目{number + 1}：{scene}", unit_name=_unit(91 + number), scene=scene, is_demo=True, **put
        )  # fmt: skip
    coming = Event.objects.filter(series__code="matchmaking", number=9).first()
    for number, scene in enumerate(("园区机器人巡检", "园区声景装置")):
        made = projects.put_forward(
            by=secretary, name=f"演示新项目{number + 3}：{scene}", unit_name=_unit(93 + number), scene=scene, event=coming,
            is_demo=True, **put,
        )  # fmt: skip
        if coming is not None:
            projects.begin_screening(made, by=secretary)
            reviews.ask(made, by=secretary, people=experts)
            for person in experts[: 3 - number]:
                marks = dict.fromkeys(MARK_NAMES, 80 - 5 * number)
                reviews.give(made, by=person, marks=marks, comment=plan.COMMENT)
    _deals_that_wait(secretary, general)


def _deals_that_wait(secretary, general):
    """One that is signed, two landings that wait to be verified by either of two, one that ended."""
    event, today = Event.objects.filter(series__code="wenke").order_by("-number").first(), localdate()
    for number, (by, days) in enumerate(((secretary, 30), (secretary, 60), (general, 50), (secretary, 90))):
        parties = [
            {"role": PartyRole.FIRST, "name": f"演示运营公司{number + 41}"},
            {"role": PartyRole.SECOND, "name": f"演示智能公司{number + 1}"},
        ]
        signed_on = today - timedelta(days=days)
        made = deals.sign(
            by=by, title=f"演示在办合作{number + 1}", parties=parties, signed_on=signed_on, event=event,
            amount=(20 + number) * 1_000_000, confidential=number == 1,
        )  # fmt: skip
        Deal.objects.filter(pk=made.pk).update(is_demo=True)
        if number in (1, 2):
            upload = SimpleUploadedFile("演示协议.txt", EVIDENCE, content_type="text/plain")
            attachments.add(made, upload, by=by, kind="协议")
            deals.land(made, by=by, on=today - timedelta(days=5), note="演示：设备已进场。")
        if number == 3:
            deals.end(made, by=by, on=today - timedelta(days=10), reason="演示：双方协商终止。")
