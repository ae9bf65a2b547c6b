"""Registering what was decided elsewhere: joining, leaving, posts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from association.web import go, idempotent, require, respond
from members import permissions
from members.domain import memberships as domain
from members.forms.memberships import EndPostForm, JoinForm, LeaveForm, PostForm
from members.models import Organization, Post
from members.views.organizations import FORM_PAGE, fetch

MEMBERSHIP = "members:organization_membership"


def _page(request, form, organization, **context):
    return respond(request, FORM_PAGE, form=form, organization=organization, back=MEMBERSHIP, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
@idempotent
def join(request, pk):
    organization = fetch(request, pk)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.join(organization, by=request.user, **form.cleaned_data)
        messages.success(request, f"已登记{organization.name}入会。")
        return go(request, MEMBERSHIP, organization.pk)
    return _page(request, form, organization, title=f"登记入会：{organization.name}", submit="登记入会")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
def leave(request, pk):
    organization = fetch(request, pk)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.leave(organization, by=request.user, **form.cleaned_data)
        messages.success(request, f"已登记{organization.name}退会，过去各日的名册不受影响。")
        return go(request, MEMBERSHIP, organization.pk)
    title = f"登记退会：{organization.name}"
    return _page(request, form, organization, title=title, submit="登记退会", kind="danger")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
@idempotent
def add_post(request, pk):
    organization = fetch(request, pk)
    form = PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.add_post(organization, by=request.user, **form.cleaned_data)
        messages.success(request, "已登记任职，会员级别随之确定。")
        return go(request, MEMBERSHIP, organization.pk)
    return _page(request, form, organization, title=f"登记任职：{organization.name}", submit="登记任职")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
def end_post(request, pk):
    visible = Organization.objects.visible_to(request.user).values("pk")
    post = get_object_or_404(Post.objects.select_related("organization"), pk=pk, organization__in=visible)
    form = EndPostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.end_post(post, by=request.user, **form.cleaned_data)
        messages.success(request, "已登记任职结束。")
        return go(request, MEMBERSHIP, post.organization_id)
    title = f"结束任职：{post.organization.name}（{post.get_grade_display()}）"
    return _page(request, form, post.organization, title=title, submit="结束任职")
