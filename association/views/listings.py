"""Saved views and the column chooser, for every list of the house."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from association import permissions
from association.domain import listings as domain
from association.errors import Refused
from association.forms.listings import ColumnsForm, SaveViewForm
from association.models import SavedView
from association.web import back, go, require


@require_POST
@require(permissions.is_staff_member)
def save_view(request):
    form = SaveViewForm(request.POST)
    if not form.is_valid():
        long = "query" in form.errors and "name" not in form.errors
        raise Refused(
            "筛选条件太长，不能存为视图。" if long else "请填写不超过 40 个字的视图名称。", status=422
        )
    shared = form.cleaned_data["is_shared"] and permissions.can_share_views(request.user)
    view = domain.save_view(owner=request.user, **form.cleaned_data | {"is_shared": shared})
    messages.success(request, f"已保存视图“{view.name}”。")
    return go(request, back(request, "association:today"))


@require_POST
@require(permissions.is_staff_member)
def remove_view(request, pk):
    view = get_object_or_404(SavedView, pk=pk, owner=request.user)
    domain.remove_view(view)
    messages.success(request, f"已删除视图“{view.name}”。")
    return go(request, back(request, "association:today"))


@require_POST
@require(permissions.is_staff_member)
def choose_columns(request):
    keys = [k[:60] for k in request.POST.getlist("columns") if k.isidentifier()][:60]
    form = ColumnsForm(request.POST)
    if not form.is_valid():
        raise Refused("列的选择无效，请返回重试。", status=422)
    domain.choose_columns(owner=request.user, listing=form.cleaned_data["listing"], columns=keys)
    return go(request, back(request, "association:today"))
