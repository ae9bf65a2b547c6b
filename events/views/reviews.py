"""Reviews of projects: naming reviewers, giving one's review, standing aside."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from association.errors import Refused
from association.web import go, require, respond, settle, signed_in
from events import permissions, scoring
from events.choices import Stage
from events.domain import reviews as domain
from events.forms.projects import RecuseForm, ReviewersForm, ReviewForm
from events.models import Review
from events.views import project_rows
from events.views.projects import WORDS, fetch


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_projects)
def reviewers(request, pk):
    """Ask people for their review."""
    found = fetch(request, pk)
    form = ReviewersForm(request.POST or None, project=found)

    def act():
        return domain.ask(found, by=request.user, people=form.cleaned_data["people"])

    def said(made):
        return f"已请 {len(made)} 人评审，他们会收到通知。"

    context = {"project": found, "heading": "请人评审", "submit": "请他们评审"}
    return settle(request, form, WORDS, act, said=said, to=found, **context)


@require_POST
@require(permissions.can_keep_projects)
def review_take_back(request, pk):
    found = get_object_or_404(Review.objects.select_related("project"), pk=pk)
    domain.take_back(found, by=request.user)
    messages.success(request, f"不再请{found.reviewer}评审。")
    return go(request, found.project)


def _mine(request, pk) -> Review:
    """What the person was asked for, else 404."""
    found = Review.objects.filter(project_id=pk, reviewer=request.user).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def review(request, pk):
    """The person's own review of a project."""
    mine = _mine(request, pk)
    if mine.recused_at:
        raise Refused("你已回避这个项目，不再评审。")
    found = fetch(request, pk)
    given = {name: getattr(mine, name) for name in (*scoring.WEIGHTS, "comment")}
    form = ReviewForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        domain.give(found, by=request.user, marks=form.marks, comment=form.cleaned_data["comment"])
        messages.success(request, "评审已提交；入选或淘汰定下来之前都可以改。")
        return go(request, found)
    return respond(
        request,
        "events/reviews/form.html",
        form=form,
        project=found,
        review=mine,
        is_open=found.stage == Stage.SCREENING,
        facts=project_rows.facts(found, request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def review_recuse(request, pk):
    mine = _mine(request, pk)
    form = RecuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.recuse(mine.project, by=request.user, **form.cleaned_data)
        messages.success(request, "已记为回避，秘书处会另请一位。")
        return go(request, "association:today")
    return respond(request, "events/reviews/recuse.html", form=form, project=mine.project)
