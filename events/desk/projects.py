"""Projects on the workbench: menu, to-dos of the secretariat and of reviewers, search, yearly figures, also of deals."""

from django.db.models import Count, Q
from django.urls import reverse

from association import desk
from association.formats import chinese_date
from association.stocks import waiting
from events import permissions, scoring
from events.choices import DealState, Stage
from events.models import Deal, Project, Review

SERIES = "wenke"


def _collected():
    return Project.objects.in_stage(Stage.COLLECTED)


def _reviewed():
    """Those of which enough is said to decide on."""
    given = Count("reviews", filter=Q(reviews__submitted_at__isnull=False))
    return (
        Project.objects.in_stage(Stage.SCREENING)
        .annotate(given=given)
        .filter(given__gte=scoring.LEAST_REVIEWS)
    )


def _selected():
    return Project.objects.in_stage(Stage.SELECTED)


def _asked(user):
    """Reviews that the person was asked for and that can still be given."""
    asked = Review.objects.filter(reviewer=user, submitted_at__isnull=True, recused_at__isnull=True)
    return asked.filter(project__in=Project.objects.in_stage(Stage.SCREENING).values("pk"))


def _may_open_list(user) -> bool:
    if permissions.can_see_projects(user) or permissions.can_put_forward_projects(user):
        return True
    return user.is_authenticated and Review.objects.filter(reviewer=user, recused_at__isnull=True).exists()


waiting.add("events.collected", _collected)
waiting.add("events.selected", _selected)
waiting.add(
    "events.reviews_asked", lambda: Review.objects.filter(submitted_at__isnull=True, recused_at__isnull=True)
)

desk.menu("活动", "项目", "events:projects", allowed=_may_open_list, order=40)
desk.menu("活动", "项目漏斗", "events:funnel", allowed=permissions.can_see_projects, order=50)


# --- to-dos -------------------------------------------------------------------------------------------------------
@desk.todo
def reviews_to_give(user):
    """One for each project that the person was asked to review."""
    if not user.is_authenticated or not waiting.of("events.reviews_asked"):
        return
    for review in _asked(user).select_related("project").order_by("due_on", "pk")[:20]:
        yield desk.Todo(
            title=f"请评审项目：{review.project}",
            detail=review.project.unit_name,
            url=reverse("events:review", args=[review.project_id]),
            action="去评审",
            due=review.due_on,
        )


@desk.todo
def projects_to_screen(user):
    """For the secretariat: projects that nobody has begun to look at, and those with enough reviews to decide on."""
    if not permissions.can_keep_projects(user):
        return
    listed = reverse("events:projects")
    if stock := waiting.of("events.collected"):
        yield desk.Todo(
            title=f"{stock.number:,} 个项目待初筛",
            detail="归入一期活动，进入初筛，请人评审",
            url=f"{listed}?stage={Stage.COLLECTED}",
            action="去初筛",
        )
    for project in _reviewed().order_by("pk")[:20]:
        yield desk.Todo(
            title=f"评审已够，待定入选或淘汰：{project}",
            detail=f"{project.unit_name}，已有 {project.given} 份评审",
            url=project.get_absolute_url(),
            action="去定",
        )


@desk.todo
def projects_to_publish(user):
    """For who publishes: projects that were selected."""
    if permissions.can_publish_projects(user) and (stock := waiting.of("events.selected")):
        yield desk.Todo(
            title=f"{stock.number:,} 个入选项目待优选公开",
            detail="公开以后访客也看得到，联系方式除外",
            url=f"{reverse('events:projects')}?stage={Stage.SELECTED}",
            action="去批准",
        )


# --- search -------------------------------------------------------------------------------------------------------
@desk.search
def found(user, text, limit):
    """Projects by any part of name, unit or scene."""
    projects = Project.objects.visible_to(user).matching(text).with_stage()
    for project in projects[:limit]:
        yield desk.Hit(
            title=project.name,
            url=project.get_absolute_url(),
            kind="项目",
            detail=f"{project.unit_name}，{project.stage.label}",
        )


# --- yearly figures -----------------------------------------------------------------------------------------------
COLUMNS = (
    ("项目", str),
    ("单位", lambda project: project.unit_name),
    ("活动", lambda project: project.event.numbered),
    ("现在的阶段", lambda project: project.stage.label),
)


def _reached(stage):
    def rows(year):
        projects = Project.objects.reached(stage, year=year).filter(event__series__code=SERIES)
        return projects.with_stage().select_related("event__series").order_by("event__number", "pk")

    return rows


desk.figure(
    "events.wenke_projects",
    "文科汇 公开优选项目",
    _reached(Stage.PUBLISHED),
    COLUMNS,
    "阶段记录里当年到过“优选公开”的文科汇项目，以后走到哪里都数；撤销的不数。",
)
desk.figure(
    "events.wenke_pitched",
    "文科汇 发布需求并路演",
    _reached(Stage.PITCHED),
    COLUMNS,
    "阶段记录里当年到过“已路演”的文科汇项目，都在公开优选项目之内。",
)


def _landed(year):
    deals = Deal.objects.landed_in(year).filter(event__series__code=SERIES)
    return deals.select_related("event__series", "project").order_by("landed_on", "pk")


desk.figure(
    "events.wenke_deals",
    "文科汇 合作落地（起/单）",
    _landed,
    (
        ("合作", str),
        ("来源活动", lambda deal: deal.event.numbered),
        ("项目", lambda deal: deal.project.name if deal.project else "—"),
        ("落地日期", lambda deal: chinese_date(deal.landed_on)),
    ),
    f"当年落地、由另一人核实（“{DealState.VERIFIED.label}”）、来源是文科汇的合作；没有项目的也数，一个项目可有几单。",
)
