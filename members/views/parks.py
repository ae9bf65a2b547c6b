"""Adding and editing a unit's parks, their yearly numbers and their recognitions."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from association.domain.editing import Conflict
from association.web import go, idempotent, rebase, require, respond, settle, signed_in, version_of
from members import permissions
from members.domain import parks as domain
from members.forms.parks import ParkForm, ParkYearForm, ReasonForm, RecognitionForm
from members.models import Park, Recognition
from members.views.organizations import FORM_PAGE, ask, fetch
from members.views.park_years import said, year_context

YEAR_PAGE = "members/parks/year.html"
PARKS, RECOGNITIONS = "members:organization_parks", "members:organization_recognitions"


def _park(request, pk):
    return get_object_or_404(Park.objects.visible_to(request.user).select_related("organization"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def add(request, pk):
    organization = fetch(request, pk)
    ask(permissions.can_edit_organization(request.user, organization))
    form = ParkForm(request.POST or None, initial={"district": organization.district})
    if request.method == "POST" and form.is_valid():
        park = domain.add_park(organization, by=request.user, **form.changes)
        messages.success(request, f"已新增园区“{park.name}”。")
        return go(request, PARKS, organization.pk)
    return respond(
        request, FORM_PAGE, form=form, organization=organization, title="新增园区", submit="新增", back=PARKS
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def edit(request, pk):
    park = _park(request, pk)
    ask(permissions.can_edit_organization(request.user, park.organization))
    form = ParkForm(request.POST or None, instance=_park(request, pk))

    def act():
        return domain.update_park(park, by=request.user, version=version_of(form), changes=form.changes)

    context = {
        "organization": park.organization,
        "title": f"编辑园区：{park.name}",
        "submit": "保存",
        "back": PARKS,
        "draft": f"park-{park.pk}-{park.version}",
    }
    return settle(request, form, FORM_PAGE, act, to=(PARKS, park.organization_id), **context)


@require_POST
@require(permissions.can_edit_members)
def make_main(request, pk):
    park = domain.make_main(_park(request, pk), by=request.user)
    messages.success(request, f"主园区是“{park.name}”。")
    return go(request, PARKS, park.organization_id)


@require_POST
@require(signed_in)
def publish(request, pk):
    park = _published_by(request, pk)
    domain.publish_park(park, by=request.user)
    messages.success(request, f"“{park.name}”已在公开名录展示。")
    return go(request, PARKS, park.organization_id)


@require_POST
@require(signed_in)
def withdraw(request, pk):
    park = _published_by(request, pk)
    domain.withdraw_park(park, by=request.user)
    messages.success(request, f"“{park.name}”已从公开名录撤下。")
    return go(request, PARKS, park.organization_id)


def _published_by(request, pk):
    """The park with the question asked whether the person decides on its place in the directory."""
    park = _park(request, pk)
    ask(permissions.can_publish_parks_of(request.user, park.organization))
    return park


def _stored_year(park, year: str):
    known = year.isascii() and year.isdigit() and len(year) == 4
    return park.years.filter(year=int(year)).first() if known else None


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def report_year(request, pk):
    park = _park(request, pk)
    ask(permissions.can_report_for(request.user, park.organization))
    stored = _stored_year(park, request.GET.get("year", ""))
    # A model form lets `initial` win over the record: 2022's numbers would stand under last year.
    initial = {} if stored else {"year": localdate().year - 1}
    form = ParkYearForm(request.POST or None, instance=stored, initial=initial, park=park)
    if request.method == "POST" and form.is_valid():
        year, version = form.cleaned_data["year"], form.cleaned_data["version"]
        try:
            row = domain.report_year(park, by=request.user, year=year, version=version, **form.numbers)
        except Conflict as conflict:
            rebase(form, conflict)
            return respond(request, YEAR_PAGE, status=409, conflict=conflict, **year_context(park, form))
        messages.success(request, said(row))
        return go(request, PARKS, park.organization_id)
    return respond(request, YEAR_PAGE, **year_context(park, form))


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
@idempotent
def add_recognition(request, pk):
    park = _park(request, pk)
    form = RecognitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.add_recognition(park, by=request.user, **form.changes)
        messages.success(request, "已登记认定。")
        return go(request, RECOGNITIONS, park.organization_id)
    context = {"title": f"登记认定：{park.name}", "submit": "登记", "back": RECOGNITIONS}
    return respond(request, FORM_PAGE, form=form, organization=park.organization, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
def remove_recognition(request, pk):
    visible = Park.objects.visible_to(request.user).values("pk")
    recognition = get_object_or_404(
        Recognition.objects.select_related("park__organization"), pk=pk, park__in=visible
    )
    organization = recognition.park.organization
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.remove_recognition(recognition, by=request.user, basis=form.cleaned_data["basis"])
        messages.success(request, "已删除认定。")
        return go(request, RECOGNITIONS, organization.pk)
    context = {"title": f"删除认定：{recognition}", "submit": "删除", "kind": "danger", "back": RECOGNITIONS}
    return respond(request, FORM_PAGE, form=form, organization=organization, **context)
