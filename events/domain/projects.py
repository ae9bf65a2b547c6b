"""Verbs on projects: put forward, corrected, given up, and every arrow of their stages (domain 5.6, 10.8)."""

from django.urls import reverse
from django.utils.timezone import localdate

from association.domain import attachments
from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.domain.notices import notify
from association.errors import Refused
from association.formats import chinese_date
from association.models import User
from events import permissions, scoring, stages
from events.choices import DealState, Stage
from events.models import Project, ProjectStage
from members.models import Organization

# --- put forward --------------------------------------------------------------------------------------------------


@verb
def put_forward(*, by, organization=None, unit_name="", event=None, **fields) -> Project:
    """A project of a unit, 征集中 from today. Of the roster's unit by `organization`, else by its name, which is linked
    where the roster has that very name. Raises Refused (422) for one of that name which the unit has put forward
    already and which still runs."""
    if organization is None:
        organization = Organization.objects.filter(name=unit_name).order_by("pk").first()
    else:
        organization = Organization.objects.select_for_update().get(pk=organization.pk)
    name = organization.name if organization else unit_name
    _refuse_again(name, fields["name"], event)
    project = Project.objects.create(
        organization=organization, unit_name=name, event=event, filed_by=by, **fields
    )
    ProjectStage.objects.create(project=project, stage=Stage.COLLECTED, reached_on=localdate(), by=by)
    record("events.project.put_forward", project, by=by, sentence=f"{name}申报项目“{project}”")
    return project


def _refuse_again(unit_name, name, event, *, but=None):
    same = Project.objects.filter(unit_name=unit_name, name=name, event=event).exclude(pk=but)
    if same.exists():
        raise Refused(f"{unit_name}已经申报过“{name}”，请在原来的项目上修改。", status=422)


def _locked(project) -> Project:
    return Project.objects.select_for_update(of=("self",)).get(pk=project.pk)


@verb
def update(project, *, by, version: int, changes: dict) -> Project:
    """Correct a project; its unit may do so until the screening begins.

    Raises Conflict when somebody saved it meanwhile, Refused to the unit's people afterwards, and for another event
    once it was published.
    """
    project = locked(project, version, changes)
    changes = changed_fields(project, changes)
    if not changes:
        return project
    if not permissions.edits_project(by, project):
        raise Refused(f"“{project}”{project.stage.label}，要改请联系秘书处。")
    if "unit_name" in changes:
        unit = Organization.objects.filter(name=changes["unit_name"]).order_by("pk").first()
        changes["organization"] = unit
    if "event" in changes and project.stage not in (Stage.COLLECTED, Stage.SCREENING):
        raise Refused(f"“{project}”{project.stage.label}，征集活动不能再改。", status=422)
    if changes.get("event", project.event) is None and project.stage != Stage.COLLECTED:
        raise Refused("进入初筛的项目要写明征集活动。", status=422)
    wanted = {name: changes.get(name, getattr(project, name)) for name in ("unit_name", "name", "event")}
    _refuse_again(**wanted, but=project.pk)
    store(project, changes)
    told = labels(project, [name for name in changes if name != "organization"])
    record("events.project.updated", project, by=by, sentence=f"修改项目“{project}”：{told}")
    return project


@verb
def discard(project, *, by) -> None:
    """Give up a project that nobody has begun to look at, with its files. Raises Refused afterwards."""
    project = _locked(project)
    if project.stage != Stage.COLLECTED:
        raise Refused(f"“{project}”{project.stage.label}，不能再撤下。")
    if not permissions.edits_project(by, project):
        raise Refused("只有秘书处和申报单位可以撤下项目。")
    about = project.organization or project.event
    if about is not None:
        record(
            "events.project.discarded", about, by=by, sentence=f"撤下项目“{project}”（{project.unit_name}）"
        )
    attachments.erase(project)
    project.delete()


# --- the stages ---------------------------------------------------------------------------------------------------


def _step(project, stage, *, by, on=None, reason="", guard=None, kind="") -> Project:
    """The arrow to `stage`: harmless when it stands there already, refused when it stands where no arrow leads on.
    With `kind` the unit is told."""
    project = _locked(project)
    current = project.stage
    if current == stage:
        return project
    if not stages.may_follow(current, stage):
        before = stages.before(stage).label
        raise Refused(f"“{project}”现在是“{current.label}”，要在“{before}”时才能转为“{stage.label}”。")
    on = on or localdate()
    _refuse_day(project, on)
    if guard is not None:
        guard(project)
    ProjectStage.objects.create(project=project, stage=stage, reached_on=on, by=by, reason=reason)
    store(project, {})
    record(f"events.project.{stage}", project, by=by, sentence=f"项目“{project}”{stage.label}", basis=reason)
    if kind:
        _tell_unit(project, kind, by, reason=reason)
    return project


def _refuse_day(project, on):
    if on > localdate():
        raise Refused("日期还没有到，请核对。", status=422)
    last = project.stages.standing().order_by("-pk").first()
    if on < last.reached_on:
        raise Refused(
            f"不能早于上一步“{last.get_stage_display()}”的日期 {chinese_date(last.reached_on)}。", status=422
        )


@verb
def begin_screening(project, *, by, on=None) -> Project:
    """征集中 → 初筛. Raises Refused (422) as long as it is not said for which event."""
    return _step(project, Stage.SCREENING, by=by, on=on, guard=_refuse_without_event)


def _refuse_without_event(project):
    if project.event_id is None:
        raise Refused(f"请先写明“{project}”归入哪一期活动，再进入初筛。", status=422)


def _refuse_without_reviews(project):
    given = project.reviews.filter(submitted_at__isnull=False).count()
    if given < scoring.LEAST_REVIEWS:
        raise Refused(
            f"至少要有 {scoring.LEAST_REVIEWS} 份评审才能定，“{project}”现有 {given} 份。", status=422
        )


@verb
def select(project, *, by, on=None) -> Project:
    """初筛 → 入选, with at least three reviews; whoever put it forward is told."""
    told = "events.project_selected"
    return _step(project, Stage.SELECTED, by=by, on=on, guard=_refuse_without_reviews, kind=told)


@verb
def reject(project, *, by, reason: str, on=None) -> Project:
    """初筛 → 淘汰, with at least three reviews and a reason; whoever put it forward is told."""
    told = "events.project_rejected"
    return _step(
        project, Stage.REJECTED, by=by, on=on, reason=reason, guard=_refuse_without_reviews, kind=told
    )


@verb
def publish(project, *, by, on=None) -> Project:
    """入选 → 优选公开: everybody may read of it, without whom to ring up."""
    return _step(project, Stage.PUBLISHED, by=by, on=on, guard=_refuse_hidden_event)


def _refuse_hidden_event(project):
    if not project.event.is_published:
        raise Refused(f"“{project.event}”还没有发布，先发布活动，再公开它的项目。", status=422)


@verb
def invite_to_pitch(project, *, by, on=None) -> Project:
    """优选公开 → 待路演."""
    return _step(project, Stage.TO_PITCH, by=by, on=on)


@verb
def pitch(project, *, by, on=None) -> Project:
    """待路演 → 已路演, on a day that is not before its event's."""

    def guard(found):
        if (on or localdate()) < localdate(found.event.starts_at):
            raise Refused(f"{found.event.numbered}还没有举办，路演日期请核对。", status=422)

    return _step(project, Stage.PITCHED, by=by, on=on, guard=guard)


@verb
def start_talks(project, *, by, on=None) -> Project:
    """已路演 → 对接中."""
    return _step(project, Stage.TALKING, by=by, on=on)


def _deals_that_stand(project):
    return [deal for deal in project.deals.all() if deal.state != DealState.ENDED]


@verb
def succeed(project, *, by, on=None) -> Project:
    """对接中 → 有合作, which its deals show. Raises Refused (422) without one that stands."""

    def guard(found):
        if not _deals_that_stand(found):
            raise Refused(f"请先登记“{found}”谈成的合作，再记为有合作。", status=422)

    return _step(project, Stage.SUCCEEDED, by=by, on=on, guard=guard)


@verb
def conclude_without_deal(project, *, by, reason: str, on=None) -> Project:
    """对接中 → 无合作, with a reason. Raises Refused (422) where a deal of it stands."""

    def guard(found):
        if _deals_that_stand(found):
            raise Refused(f"“{found}”登记有合作，不能记为无合作。", status=422)

    return _step(project, Stage.UNSUCCESSFUL, by=by, on=on, reason=reason, guard=guard)


@verb
def undo(project, *, by, stage: str, reason: str) -> Project:
    """Take back the last step, `stage` as the person saw it, by a further row that says why; what was undone counts
    nowhere. Doing it twice changes nothing. Raises Refused for the first stage and for one that is not the last."""
    project = _locked(project)
    last = project.stages.standing().order_by("-pk").first()
    if last.stage != stage:
        if project.stages.filter(stage=stage, undone_by__isnull=False).exists():
            return project
        raise Refused(f"“{project}”现在是“{project.stage.label}”，请重新打开再看。")
    if last.stage == Stage.COLLECTED:
        raise Refused("这是第一步，不能撤销；不要了可以撤下项目。")
    back = stages.before(last.stage)
    ProjectStage.objects.create(
        project=project, stage=back, reached_on=localdate(), by=by, reason=reason, undoes=last
    )
    store(project, {})
    sentence = f"撤销项目“{project}”的“{last.get_stage_display()}”，回到“{back.label}”"
    record("events.project.undone", project, by=by, sentence=sentence, basis=reason)
    return project


def _tell_unit(project, kind, by, **more):
    """Tell whoever put the project forward, where that was the unit itself; else its people with an account."""
    people = User.objects.filter(is_active=True, pk=project.filed_by_id)
    if project.filed_by_id is None or permissions.can_keep_projects(project.filed_by):
        if project.organization_id is None:
            return
        roles = project.organization.contact_roles.current()
        people = User.objects.filter(is_active=True, contact__in=roles.values("contact"))
    notify(
        people, kind, about=project, url=reverse("events:project", args=[project.pk]), by=by, project=project.name,
        event=project.event.numbered, **more,
    )  # fmt: skip
