"""The steps of an event from plan to archive, each a POST of its own; those that need words have a page."""

from django.contrib import messages
from django.views.decorators.http import require_http_methods, require_POST

from association.web import go, require, settle
from events import permissions
from events.domain import events as domain
from events.forms.events import CancelForm, ReasonForm
from events.views.events import fetch
from events.views.rows import version_asked

FORM = "events/words_form.html"


@require_POST
@require(permissions.can_keep_events)
def submit(request, pk):
    found = domain.submit(fetch(request, pk), by=request.user)
    messages.success(request, f"{found.numbered}已提交审批。")
    return go(request, found)


@require_POST
@require(permissions.can_approve_events)
def approve(request, pk):
    event = fetch(request, pk)
    found = domain.approve(event, by=request.user, version=version_asked(request, event))
    messages.success(request, f"{found.numbered}已发布。")
    return go(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_approve_events)
def send_back(request, pk):
    found = fetch(request, pk)
    form = ReasonForm(request.POST or None)

    def act():
        return domain.send_back(found, by=request.user, reason=form.cleaned_data["reason"])

    said = f"{found.numbered}已退回，提交人会收到通知。"
    context = {"event": found, "heading": "退回修改", "submit": "退回"}
    return settle(request, form, FORM, act, said=said, to=found, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
def cancel(request, pk):
    found = fetch(request, pk)
    form = CancelForm(request.POST or None)

    def act():
        return domain.cancel(found, by=request.user, **form.cleaned_data)

    context = {"event": found, "heading": "取消活动", "submit": "取消活动", "kind": "danger"}
    return settle(
        request, form, FORM, act, said=f"{found.numbered}已登记取消；编号保留。", to=found, **context
    )


@require_POST
@require(permissions.can_keep_events)
def discard(request, pk):
    found = fetch(request, pk)
    domain.discard(found, by=request.user)
    messages.success(request, f"已放弃{found.numbered}，编号可以再用。")
    return go(request, "events:events")


@require_POST
@require(permissions.can_keep_events)
def archive(request, pk):
    found = domain.archive(fetch(request, pk), by=request.user)
    messages.success(request, f"{found.numbered}已归档，以后不再改动。")
    return go(request, found)
