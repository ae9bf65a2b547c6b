"""Departments of government and their liaisons on the desk."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.listing import PAGE_SIZE
from association.models import Activity
from association.web import go, idempotent, require, respond, settle, version_of
from events import permissions
from events.choices import AT_DEPARTMENT
from events.domain import departments as domain
from events.forms.departments import DepartmentForm, LiaisonForm
from events.models import Department, Liaison, Petition

FORM = "events/departments/form.html"


def _open_liaisons():
    today = localdate()
    ends = Q(liaisons__until__isnull=True) | Q(liaisons__until__gt=today)
    return Count("liaisons", filter=ends & Q(liaisons__since__lte=today))


@require_safe
@require(permissions.can_see_petitions)
def departments(request):
    """Those in use first, each with how many liaisons it has and what it has in hand."""
    today = localdate()
    found = Department.objects.annotate(liaison_count=_open_liaisons()).order_by("name")
    found = sorted(found, key=lambda d: (d.until is not None and d.until <= today, d.name))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    held = (
        Petition.objects.in_state(*AT_DEPARTMENT).leading().filter(handover__department__in=page.object_list)
    )
    held = dict(held.order_by().values_list("handover__department").annotate(number=Count("pk")))
    for row in page.object_list:
        row.held = held.get(row.pk, 0)
    can_keep = permissions.can_keep_departments(request.user)
    return respond(request, "events/departments/list.html", page=page, can_keep=can_keep)


@require_safe
@require(permissions.can_see_petitions)
def department(request, pk):
    found = get_object_or_404(Department, pk=pk)
    today = localdate()
    liaisons = found.liaisons.select_related("user").order_by("-until", "since", "pk")
    for one in liaisons:
        one.is_current = one.until is None or one.until > today
    facts = [
        ("层级", found.get_level_display()),
        ("所在区", found.get_district_display()),
        ("电话", found.phone),
    ]
    return respond(
        request,
        "events/departments/detail.html",
        department=found,
        facts=[pair for pair in facts if pair[1]],
        liaisons=liaisons,
        can_keep=permissions.can_keep_departments(request.user),
        activities=Activity.objects.about(found).select_related("by")[:20],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_departments)
@idempotent
def add(request):
    form = DepartmentForm(request.POST or None)

    def act():
        return domain.add_department(by=request.user, **form.changes)

    said = "已登记。接着登记联络员，部门才能在线签收、答复。"
    return settle(request, form, FORM, act, said=said, title="登记政府部门")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_departments)
def edit(request, pk):
    found = get_object_or_404(Department, pk=pk)
    form = DepartmentForm(request.POST or None, instance=get_object_or_404(Department, pk=pk))

    def act():
        return domain.update_department(
            found, by=request.user, version=version_of(form), changes=form.changes
        )

    return settle(request, form, FORM, act, to=found, department=found, title=f"修改{found}")


@require_POST
@require(permissions.can_keep_departments)
def end(request, pk):
    found = domain.end_department(get_object_or_404(Department, pk=pk), by=request.user)
    messages.success(request, f"{found}已停用，联络员的职责同时结束。")
    return go(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_departments)
@idempotent
def liaison_add(request, pk):
    found = get_object_or_404(Department, pk=pk)
    form = LiaisonForm(request.POST or None)

    def act():
        return domain.open_liaison(found, by=request.user, **form.cleaned_data)

    def said(made):
        return f"{made.user}任{found}联络员，用发到手机或邮箱的验证码登录。"

    context = {"department": found, "title": f"登记联络员：{found}", "is_liaison": True}
    return settle(request, form, FORM, act, said=said, to=found, **context)


@require_POST
@require(permissions.can_keep_departments)
def liaison_end(request, pk):
    ended = domain.end_liaison(get_object_or_404(Liaison, pk=pk), by=request.user)
    messages.success(request, f"{ended.user}不再任联络员，登录后看不到任何诉求。")
    return go(request, ended.department)
