"""Fee standards: the list by version, one with its tiers, drafting, adopting, publishing."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.models import Activity
from association.web import confirmed, go, idempotent, require, respond, settle, version_of
from members import permissions
from members.domain import fees as domain
from members.forms.fees import AdoptionForm, StandardForm
from members.models import FeeStandard

FORM = "members/fees/form.html"
ADOPT = "members/fees/adopt.html"


def fetch(request, pk) -> FeeStandard:
    return get_object_or_404(FeeStandard.objects.visible_to(request.user).prefetch_related("tiers"), pk=pk)


@require_safe
@require(permissions.can_see_dues_publication)
def standards(request):
    """Every version that the person may see, the latest first; which one is in force this year."""
    rows = FeeStandard.objects.visible_to(request.user).prefetch_related("tiers")
    in_force = FeeStandard.objects.for_year(localdate().year)
    return respond(
        request,
        "members/fees/list.html",
        rows=rows,
        in_force=in_force and in_force.pk,
        can_keep=permissions.can_keep_fee_standards(request.user),
    )


@require_safe
@require(permissions.can_see_dues_publication)
def standard(request, pk):
    found = fetch(request, pk)
    keeps = permissions.can_keep_fee_standards(request.user)
    return respond(
        request,
        "members/fees/detail.html",
        standard=found,
        publish_by=domain.publish_by(found) if found.is_adopted else None,
        today=localdate(),
        can_keep=keeps,
        can_adopt=permissions.can_adopt_fee_standards(request.user),
        activities=Activity.objects.about(found).select_related("by")[:10] if keeps else [],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_fee_standards)
@idempotent
def add(request):
    form = StandardForm(request.POST or None, initial={"first_year": localdate().year + 1})
    if request.method == "POST" and form.is_valid():
        made = domain.draft(by=request.user, tiers=form.tiers, **form.changes)
        messages.success(request, "已存为草案。会员大会表决后由秘书长登记通过。")
        return go(request, "members:fee_standard", made.pk)
    return respond(request, FORM, form=form, title="起草会费标准", submit="存为草案")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_fee_standards)
def edit(request, pk):
    found = fetch(request, pk)
    form = StandardForm(request.POST or None, instance=fetch(request, pk))
    if found.is_adopted:
        raise Refused(f"“{found}”已由会员大会通过，不能再改；要调整请另起草一份。")

    def act():
        told = {"version": version_of(form), "tiers": form.tiers}
        return domain.update_draft(found, by=request.user, **told, **form.changes)

    context = {"standard": found, "title": f"修改草案：{found}", "submit": "保存"}
    return settle(request, form, FORM, act, to=("members:fee_standard", found.pk), **context)


@require_POST
@require(permissions.can_keep_fee_standards)
def discard(request, pk):
    found = fetch(request, pk)
    domain.discard(found, by=request.user)
    messages.success(request, f"已删除草案“{found}”。")
    return go(request, "members:fee_standards")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_adopt_fee_standards)
def adopt(request, pk):
    """The vote as the minutes have it; what the rules refuse stands beside the form."""
    found = fetch(request, pk)
    form = AdoptionForm(request.POST or None, initial={"version": found.version})

    def act():
        return domain.adopt(found, by=request.user, **form.cleaned_data)

    said, to = "已登记通过。请在三十日内向会员公布。", ("members:fee_standard", found.pk)
    return settle(request, form, ADOPT, act, said=said, to=to, standard=found)


@require_POST
@require(permissions.can_keep_fee_standards)
@confirmed
def publish(request, pk):
    found = domain.publish(fetch(request, pk), by=request.user)
    messages.success(request, "已向全体会员公布，并发出通知。")
    return go(request, "members:fee_standard", found.pk)
