"""Departments of government and their liaisons on the desk."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.domain.editing import Conflict
from association.errors import Refused
from association.listing import PAGE_SIZE
from association.models import Activity
from association.web import go, idempotent, rebase, require, respond
from events import permissions
from events.choices import AT_DEPARTMENT
from events.domain import departments as domain
from events.forms.departments import DepartmentForm, LiaisonForm
from events.models import Department, Liaison, Petition
from events.views.rows import show_refusal

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
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.add_department(by=request.user, **form.changes)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已登记。接着登记联络员，部门才能在线签收、答复。")
            return go(request, made)
    return respond(request, FORM, form=form, title="登记政府部门")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_departments)
def edit(request, pk):
    found = get_object_or_404(Department, pk=pk)
    form = DepartmentForm(request.POST or None, instance=get_object_or_404(Department, pk=pk))
    context = {"form": form, "department": found, "title": f"修改{found}"}
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            domain.update_department(found, by=request.user, version=version, changes=form.changes)
        except Conflict as conflict:
            rebase(form, conflict)
            return respond(request, FORM, status=409, conflict=conflict, **context)
        except Refused as refused:
            show_refusal(form, refused)
            return respond(request, FORM, status=422, **context)
        messages.success(request, "已保存。")
        return go(request, found)
    return respond(request, FORM, **context)


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
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.open_liaison(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"{made.user}任{found}联络员，用发到手机或邮箱的验证码登录。")
            return go(request, found)
    title = f"登记联络员：{found}"
    return respond(request, FORM, form=form, department=found, title=title, is_liaison=True)


@require_POST
@require(permissions.can_keep_departments)
def liaison_end(request, pk):
    ended = domain.end_liaison(get_object_or_404(Liaison, pk=pk), by=request.user)
    messages.success(request, f"{ended.user}不再任联络员，登录后看不到任何诉求。")
    return go(request, ended.department)
