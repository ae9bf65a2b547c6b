"""Applications to become a member, as the association sees them: by deadline, one by one, step by step."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from association.errors import Refused
from association.listing import PAGE_SIZE
from association.web import go, require, respond
from members import permissions
from members.choices import OPEN_APPLICATIONS
from members.domain import admissions, application_deadlines
from members.domain import applications as domain
from members.forms.applications import AdmitForm, MendForm, PassForm, RefuseForm
from members.models import Application
from members.views import application_rows as rows

PAGE = "members/applications/detail.html"


@require_safe
@require(permissions.can_see_applications)
def applications(request):
    chosen = request.GET.get("state", "")
    if chosen not in (*OPEN_APPLICATIONS, rows.CLOSED):
        chosen = ""
    page = Paginator(rows.listed(chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        row.tone = rows.TONES[row.state]
    closed = chosen == rows.CLOSED
    return respond(
        request, "members/applications/list.html", page=page, tabs=rows.tabs(chosen), closed=closed
    )


def fetch(pk) -> Application:
    """An application that was handed in, else 404: a draft is the applicant's own."""
    found = Application.objects.filed().select_related("organization", "bill")
    return get_object_or_404(found, pk=pk)


def _fetch_to_decide(request, pk) -> Application:
    found = fetch(pk)
    if not permissions.decides_application(request.user, found):
        raise PermissionDenied
    return found


@require_safe
@require(permissions.can_see_applications)
def application(request, pk):
    return respond(request, PAGE, **rows.page(request.user, fetch(pk)))


def _step(request, application, name, form, verb, done):
    """Take one step by its form: on with a sentence, or back with what is to be mended."""
    if form.is_valid():
        try:
            verb(application, by=request.user, **form.cleaned_data)
        except Refused as refused:
            if refused.status != 422:
                raise
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, done)
            return go(request, "members:application", application.pk)
    context = rows.page(request.user, application, **{name: form})
    return respond(request, PAGE, status=422, **context)


@require_POST
@require(permissions.can_check_applications)
def mend(request, pk):
    found = _fetch_to_decide(request, pk)
    form = MendForm(request.POST, auto_id="mend_%s")
    return _step(request, found, "mend", form, domain.ask_to_mend, "已请申请人补正，十五天内重新提交。")


@require_POST
@require(permissions.can_pass_applications)
def pass_on(request, pk):
    found = _fetch_to_decide(request, pk)
    form = PassForm(request.POST, auto_id="pass_%s")
    return _step(request, found, "pass", form, domain.pass_on, "初审通过，提交理事会审议。")


@require_POST
@require(permissions.can_decide_applications)
def admit(request, pk):
    found = _fetch_to_decide(request, pk)
    units = [twin.unit for twin in rows.twins(found)]
    form = AdmitForm(request.POST, candidates=units, auto_id="admit_%s")
    done = f"已登记理事会通过，{found.name}已建立档案并出具首期账单；缴清后成为正式会员。"
    return _step(request, found, "admit", form, admissions.admit, done)


@require_POST
@require(permissions.can_decide_applications)
def refuse(request, pk):
    found = _fetch_to_decide(request, pk)
    form = RefuseForm(request.POST, auto_id="refuse_%s")
    return _step(request, found, "refuse", form, domain.refuse, "已登记理事会未通过，并告知申请人。")


@require_POST
@require(permissions.can_expire_applications)
def expire(request, pk):
    found = _fetch_to_decide(request, pk)
    application_deadlines.expire(found, by=request.user)
    messages.success(request, "申请已失效，账单已作废，并告知申请人。")
    return go(request, "members:application", found.pk)
