"""The steps of a posting, each a POST of its own; those that need words have a page."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from association.web import go, idempotent, require, settle
from events import permissions
from events.domain import matches as match_domain
from events.domain import postings as domain
from events.domain import sharings
from events.forms.matching import (
    CloseForm,
    ExtendForm,
    InterestForm,
    ProposeForm,
    RejectForm,
    member_units,
)
from events.models import Posting
from events.views import matching_rows as rows
from events.views.postings import acts, ask, fetch
from events.views.rows import version_asked

FORM = "events/postings/step.html"


@require_POST
@require(permissions.can_see_market)
def posting_submit(request, pk):
    found = fetch(request, pk)
    ask(acts(request.user, found))
    domain.submit(found, by=request.user)
    messages.success(request, "已提交，秘书处看过以后发布。")
    return go(request, found)


@require_POST
@require(permissions.can_see_market)
def posting_discard(request, pk):
    found = fetch(request, pk)
    ask(acts(request.user, found))
    domain.discard(found, by=request.user)
    messages.success(request, "已放弃。")
    return go(request, "events:market")


@require_POST
@require(permissions.can_keep_matching)
def posting_publish(request, pk):
    found = fetch(request, pk)
    domain.publish(found, by=request.user, version=version_asked(request, found))
    messages.success(request, "已发布，单位会收到通知。")
    return go(request, found)


def _words(request, found, form, verb, done, **context):
    """A page with one form, and the step it stands for."""

    def act():
        return verb(found, by=request.user, **form.cleaned_data)

    return settle(request, form, FORM, act, said=done, to=found, posting=found, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_matching)
def posting_reject(request, pk):
    found = fetch(request, pk)
    form = RejectForm(request.POST or None)
    return _words(
        request, found, form, domain.reject, "已驳回，单位会收到通知。", heading="驳回", submit="驳回"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
def posting_extend(request, pk):
    found = fetch(request, pk)
    ask(acts(request.user, found))
    form = ExtendForm(request.POST or None, initial={"valid_to": found.valid_to})
    return _words(request, found, form, domain.extend, "已延长。", heading="延长有效期", submit="延长")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
def posting_close(request, pk):
    found = fetch(request, pk)
    ask(acts(request.user, found))
    form = CloseForm(request.POST or None, keeps=permissions.can_keep_matching(request.user))
    explain = "关闭以后不再接受意向，还没有答复的意向一并终止，正在洽谈的照旧。不能恢复，需要时另发一条。"
    context = {"heading": "关闭供需", "submit": "关闭", "explain": explain, "tone": "danger"}
    return _words(request, found, form, domain.close, "已关闭。", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
@idempotent
def interest(request, pk):
    """Interest of one's own unit, with whom the other side may ring once both agree."""
    found = fetch(request, pk)
    unit = rows.asking_unit(request, found)
    ask(unit)
    people = sharings.nameable(request.user, unit)
    me = people.filter(user=request.user).first()
    form = InterestForm(request.POST or None, people=people, receiver=found.organization.name, person=me)

    def act():
        given = {"contact": form.cleaned_data["contact"], "words": form.cleaned_data["words"]}
        return match_domain.show_interest(found, organization=unit, by=request.user, **given)

    context = {
        "said": "已告诉对方，七天内会有答复。",
        "heading": "我有意向",
        "submit": "表示意向",
        "explain": f"以“{unit}”的名义。对方同意以前，谁的联系方式都不显示。",
    }
    return settle(request, form, FORM, act, posting=found, creates=True, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_matching)
@idempotent
def propose(request, pk):
    """Bring a posting together with one that fits, or with any other member."""
    found = fetch(request, pk)
    units = member_units().exclude(pk=found.organization_id)
    form = ProposeForm(request.POST or None, candidates=rows.candidates(found), units=units)

    def act():
        data = form.cleaned_data
        counter = get_object_or_404(Posting, pk=data["counter"]) if data["counter"] else None
        unit = counter.organization if counter else data["organization"]
        return match_domain.propose(
            found, by=request.user, words=data["words"], organization=unit, counter=counter
        )

    context = {
        "said": "已告诉双方，七天内答复。",
        "heading": "撮合",
        "submit": "建议双方对接",
        "explain": "同一类别、一供一需、还在有效期的，合适的排在前面。",
    }
    return settle(request, form, FORM, act, posting=found, creates=True, **context)
