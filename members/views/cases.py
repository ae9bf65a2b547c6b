"""Leaving: the list by deadline, the case with its file, every step on it, letters on paper, suspension of rights."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.web import go, idempotent, require, respond, signed_in
from members import permissions
from members.domain import cases as domain
from members.domain import hearings, suspensions
from members.forms import cases as forms
from members.models import ExitCase, Suspension
from members.views import case_rows
from members.views.case_moves import MOVES
from members.views.organizations import ask, fetch

PAGE_SIZE = 20
CASE, UNIT = "members:case", "members:organization_membership"
FORM = "members/cases/form.html"


def fetch_case(request, pk) -> ExitCase:
    """The case as far as the person may know of it, else 404."""
    visible = ExitCase.objects.visible_to(request.user).select_related("organization", "filed_by")
    return get_object_or_404(visible, pk=pk)


@require_safe
@require(permissions.can_see_cases)
def cases(request):
    """Cases that are not finished, the earliest deadline first; or the finished ones, the latest first."""
    finished, kind, state = (request.GET.get(name, "") for name in ("finished", "kind", "state"))
    found = case_rows.listed(finished=finished == "1", kind=kind, state=state)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    tabs = case_rows.tabs(finished == "1", kind, state)
    return respond(request, "members/cases/list.html", page=page, tabs=tabs, finished=finished == "1")


@require_safe
@require(permissions.can_see_published_cases)
def cases_published(request):
    """What is published to the members today; no amounts."""
    found = ExitCase.objects.published().select_related("organization").order_by("due_on", "pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = case_rows.published(page)
    may_object = permissions.can_object_to_cases(request.user)
    return respond(request, "members/cases/published.html", page=page, rows=rows, may_object=may_object)


@require_safe
@require(signed_in)
def case(request, pk):
    found = fetch_case(request, pk)
    return respond(request, "members/cases/detail.html", case=found, **case_rows.detail(request.user, found))


@require_safe
@require(signed_in)
def case_letter(request, pk, step):
    found = fetch_case(request, pk)
    letter = case_rows.letter(found, step)
    return respond(request, "members/cases/letter.html", case=found, letter=letter)


# --- the steps --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def move(request, pk, name):
    """Any of the steps that need words: the page with what it will do, and the step."""
    found, step = fetch_case(request, pk), MOVES[name]
    ask(step.who(request.user, found))
    if request.method != "POST":
        return _move_page(request, found, step, step.form(initial=_prepared(step, found)))
    form = step.form(request.POST, request.FILES)
    if form.is_valid():
        try:
            step.verb(found, by=request.user, **step.cleaned(form.cleaned_data))
        except Refused as refused:
            _mend(form, refused)
        else:
            messages.success(request, step.done)
            return go(request, CASE, found.pk)
    return _move_page(request, found, step, form)


def _prepared(step, found):
    """What the form begins with. Raises Refused where the step cannot be taken now."""
    if not step.fits(found):
        raise Refused(f"这项事项现为“{found.get_state_display()}”，不能{step.label}。")
    if day := step.opens_on(found):
        raise Refused(f"期限未满，{day:%Y-%m-%d} 起才能{step.label}。")
    return step.initial(found)


def _move_page(request, found, step, form):
    back = reverse(CASE, args=[found.pk])
    return respond(request, FORM, case=found, form=form, title=step.label, explain=step.explain, tone=step.tone, back=back)  # fmt: skip


def _mend(form, refused):
    """What can be mended is said above the form; anything else is for the error page."""
    if refused.status != 422:
        raise refused
    form.add_error(None, refused.sentence)


@require_POST
@require(signed_in)
def case_take_back(request, pk):
    found, step = fetch_case(request, pk), MOVES["take_back"]
    ask(step.who(request.user, found))
    step.verb(found, by=request.user)
    messages.success(request, step.done)
    return go(request, CASE, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_object_to_cases)
@idempotent
def case_object(request, pk):
    """Whoever reads what is published may object, whether they may see the case or not."""
    found = get_object_or_404(ExitCase.objects.published().select_related("organization"), pk=pk)
    form = forms.ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hearings.object_to(found, by=request.user, **form.cleaned_data)
        messages.success(request, "异议已提交，理事会确认之前会审阅。")
        return go(request, "members:cases_published")
    explain = f"对“{found.organization.name}拟视为退会”的公示提出异议，秘书处收到后提交理事会一并审议。"
    context = {"title": "提出异议", "explain": explain, "back": reverse("members:cases_published")}
    return respond(request, FORM, form=form, **context)


# --- what begins on a unit's page ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def case_ask(request, pk):
    organization = fetch(request, pk)
    ask(permissions.can_ask_to_leave(request.user, organization))
    form = forms.AskForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = domain.ask_to_leave(organization, by=request.user, **form.cleaned_data)
        except Refused as refused:
            _mend(form, refused)
        else:
            messages.success(request, "已提交退会申请，秘书处五个工作日内核对，之后由理事会确认。")
            return go(request, CASE, found.pk)
    explain = (
        "退会自由。秘书处核对欠费、会员证与职务后提交理事会确认；理事会决定之前可以撤回。欠缴的会费仍应补缴。"
    )
    return _unit_page(request, form, organization, title="申请退会", explain=explain)


def _unit_page(request, form, organization, **context):
    back = reverse(UNIT, args=[organization.pk])
    return respond(request, FORM, form=form, organization=organization, back=back, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_handle_cases)
@idempotent
def case_expel(request, pk):
    organization = fetch(request, pk)
    form = forms.ExpelForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = domain.file_expulsion(organization, by=request.user, **form.cleaned_data)
        except Refused as refused:
            _mend(form, refused)
        else:
            messages.success(request, "已立案。下一步把事由和申辩权利告知单位。")
            return go(request, CASE, found.pk)
    explain = "立案后先告知单位、听取申辩 15 天，再由理事会表决；立案的人不能登记表决结果。告知之前单位不会收到通知。"
    return _unit_page(request, form, organization, title="除名立案", explain=explain, tone="danger")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_suspend_rights)
@idempotent
def suspend(request, pk):
    organization = fetch(request, pk)
    form = forms.SuspendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            suspensions.suspend(organization, by=request.user, **form.cleaned_data)
        except Refused as refused:
            _mend(form, refused)
        else:
            messages.success(request, "已登记暂停，单位的联系人会收到通知。")
            return go(request, UNIT, organization.pk)
    explain = "暂停的是选举、被选举和表决等会员权利；会籍保留，会费照缴。欠费本身不会使权利暂停。"
    return _unit_page(request, form, organization, title="暂停会员权利", explain=explain, tone="danger")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_suspend_rights)
def suspension_lift(request, pk):
    suspension = get_object_or_404(Suspension.objects.select_related("organization"), pk=pk)
    organization = fetch(request, suspension.organization_id)
    form = forms.LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            suspensions.lift(suspension, by=request.user, **form.cleaned_data)
        except Refused as refused:
            _mend(form, refused)
        else:
            messages.success(request, "已登记恢复，单位的联系人会收到通知。")
            return go(request, UNIT, organization.pk)
    explain = "自所填日期起恢复全部会员权利。"
    return _unit_page(request, form, organization, title="恢复会员权利", explain=explain)
