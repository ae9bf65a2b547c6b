"""Accounts and duties: the list, one account, and what administrators do to it."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association import permissions
from association.columns import Tier, masked
from association.domain import account_state, accounts
from association.domain.editing import Conflict
from association.forms.people import (
    AccountForm,
    BasisForm,
    CorrectionForm,
    GrantForm,
    PeopleFilter,
    ResetForm,
)
from association.listing import Listing
from association.models import Activity, FactorReset, RoleAssignment, User
from association.people import KEY, PEOPLE
from association.views.person import shown_person
from association.web import confirmed, go, idempotent, require, respond

PERSON, FORM_PAGE = "association:person", "association/people/form.html"


@require_safe
@require(permissions.can_see_accounts)
def people(request):
    """Everybody with an account, twenty a page."""
    listing = Listing(
        request,
        key=KEY,
        queryset=User.objects.all(),
        columns=PEOPLE,
        filterset_class=PeopleFilter,
        default_sort=("-is_active", "pinyin_full"),
    )
    # Its columns are the same for everybody, whatever the address names.
    listing.columns = PEOPLE
    return respond(
        request,
        "association/people/list.html",
        listing=listing,
        rows=_rows(listing),
        filter_form=listing.filterset.form,
        can_manage=permissions.can_manage_accounts(request.user),
        status=200 if listing.is_valid else 422,
    )


def _rows(listing) -> list[dict]:
    """The rows of a page by key of column; in a list numbers and addresses are masked for everybody."""
    columns = list(PEOPLE)
    return [
        {
            "pk": row["pk"],
            **{
                c.key: masked(value) if c.tier is Tier.CONTACT else value
                for c, value in zip(columns, row["cells"], strict=True)
            },
        }
        for row in listing.rows
    ]


@require_safe
@require(permissions.can_see_accounts)
def person(request, pk):
    user = get_object_or_404(User, pk=pk)
    timeline = Activity.objects.about(user).select_related("by")
    return respond(
        request,
        "association/people/detail.html",
        **shown_person(user, by=request.user),
        page=Paginator(timeline, 20).get_page(request.GET.get("page")),
        content_type=ContentType.objects.get_for_model(user).pk,
    )


def _form(request, form, user, title, submit, **context):
    """The page of one form about an account, or about a new one."""
    return respond(request, FORM_PAGE, form=form, account=user, title=title, submit=submit, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_manage_accounts)
@confirmed
@idempotent
def open_account(request):
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = accounts.open_account(by=request.user, **form.cleaned_data)
        messages.success(request, f"{user}的账号已开通，用验证码登录。接着可以授予职责。")
        return go(request, PERSON, user.pk)
    return _form(request, form, None, "开通账号", "开通")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_manage_accounts)
@confirmed
def correct(request, pk):
    user = get_object_or_404(User, pk=pk)
    shown = {name: getattr(user, name) for name in account_state.CORRECTABLE}
    form = CorrectionForm(request.POST or None, initial={**shown, "seen": account_state.fingerprint(user)})
    title = f"更正账号：{user}"
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            account_state.correct_account(
                user, by=request.user, seen=data["seen"], changes=form.changes, basis=data["basis"]
            )
        except Conflict as conflict:
            form.data = form.data.copy()
            form.data["seen"] = account_state.fingerprint(conflict.record)
            return _form(request, form, user, title, "保存", conflict=conflict, status=409)
        messages.success(request, "已保存。")
        return go(request, PERSON, user.pk)
    return _form(request, form, user, title, "保存")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_manage_accounts)
@confirmed
@idempotent
def grant(request, pk):
    user = get_object_or_404(User, pk=pk)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accounts.grant_role(user, by=request.user, **form.cleaned_data)
        messages.success(request, "已提出，另一位系统管理员确认后生效。")
        return go(request, PERSON, user.pk)
    return _form(request, form, user, f"授予职责：{user}", "提出授予")


@require_POST
@require(permissions.can_manage_accounts)
@confirmed
def confirm(request, pk):
    assignment = get_object_or_404(RoleAssignment, pk=pk)
    accounts.confirm_role(assignment, by=request.user)
    messages.success(request, f"{assignment.user}的“{assignment.get_role_display()}”职责已生效。")
    return go(request, PERSON, assignment.user_id)


def _decide(request, found, user, verb, *, title, submit, done, form_class=BasisForm, kind="danger"):
    """A verb that asks for its basis: the form on GET, the verb on POST."""
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verb(found, by=request.user, basis=form.cleaned_data["basis"])
        messages.success(request, done)
        return go(request, PERSON, user.pk)
    return _form(request, form, user, title, submit, kind=kind)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_manage_accounts)
@confirmed
def reject(request, pk):
    role = get_object_or_404(RoleAssignment.objects.select_related("user"), pk=pk)
    title = f"退回提议：{role.user}（{role.get_role_display()}）"
    return _decide(
        request, role, role.user, accounts.reject_role, title=title, submit="退回", done="已退回。"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_manage_accounts)
@confirmed
def end(request, pk):
    role = get_object_or_404(RoleAssignment.objects.select_related("user"), pk=pk)
    title = f"结束职责：{role.user}（{role.get_role_display()}）"
    done = "职责已结束，相应权限同时终止。"
    return _decide(request, role, role.user, accounts.end_role, title=title, submit="结束职责", done=done)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_manage_accounts)
@confirmed
def deactivate(request, pk):
    user = get_object_or_404(User, pk=pk)
    words = {"title": f"停用账号：{user}", "submit": "停用账号", "done": "账号已停用，登录随即失效。"}
    return _decide(request, user, user, account_state.deactivate_account, **words)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_manage_accounts)
@confirmed
def reactivate(request, pk):
    user = get_object_or_404(User, pk=pk)
    words = {"title": f"启用账号：{user}", "submit": "启用账号", "done": "账号已启用。", "kind": "primary"}
    return _decide(request, user, user, account_state.reactivate_account, **words)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_manage_accounts)
@confirmed
def propose_reset(request, pk):
    user = get_object_or_404(User, pk=pk)
    words = {"title": f"重设第二步验证：{user}", "submit": "提出重设", "form_class": ResetForm}
    return _decide(request, user, user, _propose, done="已提出，另一位系统管理员确认后生效。", **words)


def _propose(user, *, by, basis):
    account_state.propose_reset(user, by=by, reason=basis)


@require_POST
@require(permissions.can_manage_accounts)
@confirmed
def confirm_reset(request, pk):
    reset = get_object_or_404(FactorReset, pk=pk)
    account_state.confirm_reset(reset, by=request.user)
    messages.success(request, "第二步验证已重设，这个账号的全部登录已退出。")
    return go(request, PERSON, reset.user_id)


@require_POST
@require(permissions.can_manage_accounts)
@confirmed
def withdraw_reset(request, pk):
    reset = get_object_or_404(FactorReset, pk=pk)
    account_state.withdraw_reset(reset, by=request.user)
    messages.success(request, "重设已作废。")
    return go(request, PERSON, reset.user_id)
