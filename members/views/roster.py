"""The roster: one list with every filter, and the batch actions on it."""

from django.contrib import messages
from django.http import QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from association.errors import Refused
from association.kept import kept
from association.permissions import can_share_views
from association.web import go, require, respond
from members import permissions
from members.domain import organizations as domain
from members.forms.filters import RosterFilter
from members.forms.organizations import TagForm
from members.forms.roster import roster_listing
from members.models import Organization
from members.views.cells import column_boxes, shown_list


@require_safe
@require(permissions.can_view_roster)
@kept
def roster(request):
    listing = roster_listing(request)
    can_edit = permissions.can_edit_members(request.user)
    return respond(
        request,
        "members/roster/list.html",
        "list",
        listing=listing,
        status=200 if listing.is_valid else 422,
        **shown_list(listing, choosing=can_edit),
        can_edit=can_edit,
        can_import=permissions.can_import_members(request.user),
        can_export=permissions.can_export_members(request.user),
    )


@require_safe
@require(permissions.can_view_roster)
def filters(request):
    """The filter dialog of the roster: a fragment inside the list, a page of its own without JavaScript."""
    asked = RosterFilter(request.GET or None, queryset=Organization.objects.none(), request=request)
    return respond(
        request,
        "members/roster/filter.html",
        "form",
        status=200,
        form=asked.form,
        list_url=reverse("members:roster"),
        kept=[(name, request.GET[name]) for name in ("q", "sort", "columns") if request.GET.get(name)],
    )


@require_safe
@require(permissions.can_view_roster)
def columns(request):
    """The column chooser: a fragment in its drawer, a page of its own without JavaScript."""
    listing = roster_listing(request)
    back = f"{reverse('members:roster')}?{_without(request, 'columns')}"
    return respond(
        request,
        "members/roster/columns.html",
        "form",
        listing=listing,
        boxes=column_boxes(listing),
        back=back,
    )


@require_safe
@require(permissions.can_view_roster)
def views(request):
    """Saving the present filters as a view, and removing own views."""
    listing = roster_listing(request)
    return respond(
        request,
        "members/roster/views.html",
        "form",
        listing=listing,
        own_views=[view for view in listing.saved_views if view.owner_id == request.user.pk],
        can_share=can_share_views(request.user),
        back=f"{reverse('members:roster')}?{_without(request)}",
    )


def _without(request, *names):
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


@require_POST
@require(permissions.can_edit_members)
def tag(request):
    """Put a tag on the ticked units, or on all that the filters leave; or take it off."""
    form = TagForm(request.POST)
    if not form.is_valid():
        raise Refused("请填写不超过 20 个字的标签。", status=422)
    chosen = _chosen(request)
    verb = domain.untag_organizations if form.cleaned_data["remove"] else domain.tag_organizations
    count = verb(chosen, by=request.user, name=form.cleaned_data["name"])
    done = "去掉" if form.cleaned_data["remove"] else "加上"
    messages.success(request, f"已为 {count} 家单位{done}标签“{form.cleaned_data['name']}”。")
    return go(request, f"{request.path.removesuffix('tag/')}?{form.cleaned_data['query']}")


def _chosen(request):
    visible = Organization.objects.visible_to(request.user)
    if request.POST.get("everything"):
        query = QueryDict(request.POST.get("query", "")[:4000])
        filters = RosterFilter(query, queryset=visible, request=request)
        if not filters.is_valid():
            raise Refused("筛选条件无效，请返回列表重试。", status=422)
        return filters.qs.order_by("pk")
    keys = [int(k) for k in request.POST.getlist("chosen") if k.isascii() and k.isdigit() and len(k) < 18]
    if not keys:
        raise Refused("请先勾选单位。", status=422)
    return visible.filter(pk__in=keys).order_by("pk")
