"""One unit: its tabs, creating and editing it, its names."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.domain.editing import Conflict
from association.formats import chinese_date
from association.kept import kept
from association.web import go, idempotent, rebase, require, respond, signed_in
from members import permissions, together
from members.domain import organizations as domain
from members.domain import profile_changes
from members.domain.contact_views import record_views
from members.forms.new_unit import NewOrganizationForm
from members.forms.organizations import NameForm, OrganizationForm
from members.models import AlternativeName, Organization
from members.views import case_rows, own_unit, profile
from members.views.merges import follow_merge

FORM_PAGE = "members/organizations/form.html"


def fetch(request, pk) -> Organization:
    """The unit as far as the person may know of it, else 404."""
    return get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)


def ask(allowed) -> None:
    """The second move where the answer hangs on the record that was fetched: 403 unless `allowed`."""
    if not allowed:
        raise PermissionDenied


def tab_page(request, organization, tab, **context):
    """One tab of a unit's page, with what every tab shows."""
    return respond(
        request,
        f"members/organizations/{tab}.html",
        **profile.head(request.user, organization, tab),
        **context,
    )


@require_safe
@require(signed_in)
@follow_merge
@kept
def organization(request, pk):
    found = fetch(request, pk)
    recent = together.activities(request.user, found).select_related("by")[:8]
    return tab_page(
        request,
        found,
        "overview",
        facts=profile.facts(request.user, found),
        parks=profile.park_cards(found),
        names=found.alternative_names.filter(park__isnull=True).order_by("kind", "-used_until"),
        tags=[tagging.tag for tagging in found.taggings.select_related("tag")],
        activities=recent,
        content_type=ContentType.objects.get_for_model(found).pk,
        **own_unit.panel(request.user, found),
    )


@require_safe
@require(permissions.has_own_units)
def own(request):
    """The way of a member's person to their unit; a choice where there are several."""
    units = list(Organization.objects.visible_to(request.user).order_by("pinyin_full", "pk"))
    if len(units) == 1:
        return redirect(units[0])
    return respond(request, "members/organizations/own.html", units=units)


@require_safe
@require(signed_in)
@follow_merge
@kept
def parks(request, pk):
    found = fetch(request, pk)
    return tab_page(request, found, "parks", parks=profile.park_details(found))


@require_safe
@require(signed_in)
@follow_merge
@kept
def contacts(request, pk):
    found = fetch(request, pk)
    rows = profile.contact_rows(request.user, found)
    response = tab_page(request, found, "contacts", **rows)
    if rows["full"]:
        record_views(request.user, profile.people_in(rows), f"{found.name}：联系人"[:60])
    return response


@require_safe
@require(signed_in)
@follow_merge
@kept
def recognitions(request, pk):
    found = fetch(request, pk)
    return tab_page(request, found, "recognitions", recognitions=profile.recognition_rows(found))


@require_safe
@require(signed_in)
@follow_merge
@kept
def membership(request, pk):
    found = fetch(request, pk)
    certificates = list(found.certificates.all())
    return tab_page(
        request,
        found,
        "membership",
        certificates=certificates,
        former=[certificate for certificate in certificates if certificate.voided_at],
        can_issue=permissions.can_issue_certificates(request.user),
        memberships=found.memberships.all(),
        posts=found.posts.select_related("contact"),
        today=localdate(),
        **case_rows.of_unit(request.user, found),
    )


@require_safe
@require(signed_in)
@follow_merge
def files(request, pk):
    return tab_page(request, fetch(request, pk), "files")


@require_safe
@require(signed_in)
@follow_merge
def timeline(request, pk):
    found = fetch(request, pk)
    known = {"": "全部"} | together.groups_for(request.user, found)
    group = request.GET.get("kind", "")
    group = group if group in known else ""
    page = Paginator(together.of_unit(request.user, found, group), 30).get_page(request.GET.get("page"))
    return tab_page(
        request,
        found,
        "timeline",
        page=page,
        items=together.items(page),
        group=group,
        groups=[{"label": v, "url": f"?kind={k}", "current": k == group} for k, v in known.items()],
        content_type=ContentType.objects.get_for_model(found).pk,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
@idempotent
def create(request):
    form = NewOrganizationForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = domain.create_organization(by=request.user, **form.changes)
        messages.success(request, f"已新建单位“{made.name}”。接着可以添加园区、联系人，办理入会。")
        return go(request, made)
    return respond(request, FORM_PAGE, form=form, title="新建单位", submit="新建", back="members:roster")


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def edit(request, pk):
    found = fetch(request, pk)
    ask(permissions.can_edit_organization(request.user, found))
    form = OrganizationForm(request.POST or None, instance=fetch(request, pk), user=request.user)
    context = {"form": form, "organization": found, "title": f"编辑：{found.name}", "submit": "保存"}
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _save(request.user, found, form))
        except Conflict as conflict:
            rebase(form, conflict)
            return respond(request, FORM_PAGE, status=409, conflict=conflict, **context)
        return go(request, found)
    return respond(request, FORM_PAGE, **context)


def _save(user, organization, form) -> str:
    """Save the profile as far as the person may; gives what came of it in words."""
    version = form.cleaned_data["version"] or 0
    if permissions.can_edit_members(user):
        domain.update_organization(organization, by=user, version=version, changes=form.changes)
        return "已保存。"
    filed = profile_changes.save_profile(organization, by=user, version=version, changes=form.changes)
    if not filed:
        return "已保存。"
    fields = "、".join(change.get_field_display() for change in filed)
    due_on = chinese_date(max(change.due_on for change in filed))
    return f"已保存。{fields}的修改已提交审核，协会在{due_on}前答复；通过之前仍用现在的。"


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
@idempotent
def add_name(request, pk):
    found = fetch(request, pk)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.add_name(found, by=request.user, **form.changes)
        return go(request, found)
    return respond(request, FORM_PAGE, form=form, organization=found, title="登记曾用名或简称", submit="登记")


@require_POST
@require(permissions.can_edit_members)
def remove_name(request, pk):
    name = get_object_or_404(
        AlternativeName, pk=pk, organization__in=Organization.objects.visible_to(request.user).values("pk")
    )
    owner = name.organization
    domain.remove_name(name, by=request.user)
    messages.success(request, f"已删除“{name.name}”。")
    return go(request, owner)
