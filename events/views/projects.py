"""Projects: the list, one project, putting forward by the secretariat or by the unit, the steps, the funnel."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.listing import PAGE_SIZE
from association.models import Activity
from association.web import go, idempotent, require, respond, settle, signed_in, version_of
from events import funnel as figures
from events import permissions, stages
from events.choices import Stage
from events.domain import projects as domain
from events.forms.projects import OwnProjectForm, ProjectForm, ProjectsForm, StepForm, UndoForm
from events.models import Deal, Project
from events.views import deal_rows, project_rows, rows, series_rows

FORM, WORDS = "events/projects/form.html", "events/projects/words_form.html"
VERBS = {
    Stage.SCREENING: domain.begin_screening, Stage.SELECTED: domain.select, Stage.REJECTED: domain.reject,
    Stage.PUBLISHED: domain.publish, Stage.TO_PITCH: domain.invite_to_pitch, Stage.PITCHED: domain.pitch,
    Stage.TALKING: domain.start_talks, Stage.SUCCEEDED: domain.succeed, Stage.UNSUCCESSFUL: domain.conclude_without_deal,
}  # fmt: skip


def fetch(request, pk) -> Project:
    """The project as far as the person may know of it, else 404."""
    found = Project.objects.visible_to(request.user).with_stage()
    return get_object_or_404(found.select_related("event__series", "organization", "filed_by"), pk=pk)


@require_safe
@require(signed_in)
def projects(request):
    form = ProjectsForm(request.GET)
    found = Project.objects.visible_to(request.user)
    found = project_rows.chosen(found, form.cleaned_data) if form.is_valid() else found.none()
    shown = found.with_stage().select_related("event__series").order_by("-pk")
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    project_rows.decorated(page.object_list)
    return respond(
        request,
        "events/projects/list.html",
        status=200 if form.is_valid() else 422,
        form=form,
        page=page,
        pills=rows.pills(request, form) if form.is_valid() else [],
        can_keep=permissions.can_keep_projects(request.user),
        can_put_forward=permissions.can_put_forward_projects(request.user),
        sees_all=permissions.can_see_projects(request.user),
    )


@require_safe
@require(signed_in)
def project(request, pk):
    found = fetch(request, pk)
    sees_all, board = permissions.can_see_projects(request.user), project_rows.board(found)
    deals = (
        Deal.objects.visible_to(request.user).filter(project=found).select_related("event__series", "project")
    )
    return respond(
        request,
        "events/projects/detail.html",
        project=found,
        tone=project_rows.TONES[found.stage],
        facts=project_rows.facts(found, request.user),
        sees_all=sees_all,
        is_own=permissions.is_of_unit(request.user, found),
        history=project_rows.history(found),
        deals=deal_rows.decorated(list(deals.prefetch_related("parties__organization")), request.user),
        mine=found.reviews.filter(reviewer=request.user, recused_at__isnull=True).first(),
        activities=Activity.objects.about(found).select_related("by")[:20] if sees_all else [],
        **(board if sees_all else {}),
        **project_rows.actions_for(request.user, found, board["given"]),
    )


# --- putting forward ----------------------------------------------------------------------------------------------


def _written(request, form, verb, said, **context):
    """Both forms for a new project."""

    def act():
        return verb(by=request.user, **form.changes)

    return settle(request, form, FORM, act, said=said, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_projects)
@idempotent
def project_add(request):
    form = ProjectForm(
        request.POST or None,
        initial={"event": request.GET.get("event") if request.GET.get("event", "").isdecimal() else None},
    )
    said = "已登记，现在是“征集中”。商业计划书放进附件。"
    return _written(request, form, domain.put_forward, said, title="登记项目", submit="登记")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_put_forward_projects)
@idempotent
def project_put_forward(request):
    """A unit's own form, made for a phone."""
    form = OwnProjectForm(request.POST or None, user=request.user)

    def verb(**given):
        return domain.put_forward(organization=form.cleaned_data["unit"], **given)

    said = "已申报，秘书处会看到。商业计划书可以放进附件；开始初筛之前都能修改。"
    return _written(request, form, verb, said, title="申报项目", submit="申报")


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def project_edit(request, pk):
    found = fetch(request, pk)
    if not permissions.edits_project(request.user, found):
        raise PermissionDenied
    form = _form_of(request, fetch(request, pk))

    def act():
        return domain.update(found, by=request.user, version=version_of(form), changes=form.changes)

    return settle(request, form, FORM, act, to=found, project=found, title=f"修改：{found}", submit="保存")


def _form_of(request, project):
    if permissions.can_keep_projects(request.user):
        return ProjectForm(request.POST or None, instance=project)
    return OwnProjectForm(request.POST or None, instance=project, user=request.user)


@require_POST
@require(signed_in)
def project_discard(request, pk):
    found = fetch(request, pk)
    if not permissions.edits_project(request.user, found):
        raise PermissionDenied
    domain.discard(found, by=request.user)
    messages.success(request, f"已撤下“{found.name}”。")
    return go(request, "events:projects")


# --- the steps ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_projects)
def project_step(request, pk, stage):
    """One arrow of a project's stages, with its day; publishing is the secretary-general's."""
    if stage not in VERBS:
        raise Http404
    found, to = fetch(request, pk), Stage(stage)
    if to == Stage.PUBLISHED and not permissions.can_publish_projects(request.user):
        raise PermissionDenied
    form = StepForm(request.POST or None, with_reason=to in stages.WITH_REASON)

    def act():
        return VERBS[to](found, by=request.user, **form.cleaned_data)

    words = {"heading": project_rows.WORDS[to], "submit": project_rows.WORDS[to]}
    said = f"“{found}”现在是“{to.label}”。"
    return settle(request, form, WORDS, act, said=said, to=found, project=found, **words)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_projects)
def project_undo(request, pk):
    """Take the last step back, with the reason."""
    found = fetch(request, pk)
    form = UndoForm(request.POST or None, initial={"stage": found.stage})

    def act():
        return domain.undo(found, by=request.user, **form.cleaned_data)

    words = {"heading": f"撤销“{found.stage.label}”这一步", "submit": "撤销这一步"}
    said = "已撤销，那一步不再计入统计。"
    return settle(request, form, WORDS, act, said=said, to=found, project=found, **words)


# --- the funnel ---------------------------------------------------------------------------------------------------


@require_safe
@require(permissions.can_see_projects)
def funnel(request):
    """From what was collected to what came of it, by year and series, each number with its rows."""
    series = figures.series_asked(request.GET.get("series", ""))
    year = series_rows.year_asked(request.GET.get("year", "") or figures.last_year(series))
    return respond(
        request,
        "events/projects/funnel.html",
        year=year,
        series=series,
        years=figures.year_tabs(request.path, series, year),
        others=figures.series_with_projects(),
        **figures.funnel(series, year),
    )
