"""Registrations of an event as the secretariat keeps them: terms, questions, the list, approval, signing up on behalf."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.domain.editing import Conflict
from association.errors import Refused
from association.listing import PAGE_SIZE
from association.web import go, idempotent, require, respond, settle, version_of
from events import permissions
from events.choices import Source
from events.domain import registrations as domain
from events.domain import terms as terms_domain
from events.forms.events import filled
from events.forms.registrations import (
    DeclineForm,
    QuestionRows,
    RegistrationForm,
    RegistrationsForm,
    TermsForm,
)
from events.views import registration_rows as prepared
from events.views.events import fetch
from events.views.registrations import FORM, fetch_registration, signed_up
from events.views.rows import pills, version_asked, when
from members.models import Organization

KEEPS = permissions.can_keep_registrations


@require_http_methods(["GET", "HEAD", "POST"])
@require(KEEPS)
def terms(request, pk):
    event = fetch(request, pk)
    form = TermsForm(request.POST or None, instance=fetch(request, pk))

    def act():
        return terms_domain.set_terms(event, by=request.user, version=version_of(form), changes=form.changes)

    context = {"event": event, "title": "报名安排", "submit": "保存"}
    return settle(request, form, "events/event_form.html", act, said="报名安排已保存。", to=event, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(KEEPS)
def questions(request, pk):
    event = fetch(request, pk)
    before = list(event.questions.order_by("position", "pk"))
    lines = QuestionRows(request.POST or None, initial=_as_initial(before), prefix="questions")
    if request.method == "POST" and lines.is_valid():
        try:
            terms_domain.set_questions(
                event, by=request.user, version=version_asked(request, event), rows=_as_rows(lines)
            )
        except Conflict:
            raise Refused("这场活动刚被别人改过，你的修改没有保存。请返回活动页，重新打开再改。")
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, "报名问题已保存。")
            return go(request, event)
    hint = "一行一个问题，最多 20 个。承接：只问在前面某一行给了某个答案的人。有人报名以后，问题不能再改。"
    context = {"heading": "报名问题", "hint": hint, "version": version_asked(request, event)}
    status = 422 if request.method == "POST" else 200
    return respond(request, "events/parts_form.html", status=status, event=event, lines=lines, **context)


def _as_initial(before) -> list[dict]:
    places = {q.pk: place for place, q in enumerate(before, 1)}
    names = ("text", "kind", "is_required", "mode", "asked_when")
    return [
        {name: getattr(q, name) for name in names}
        | {"options": "，".join(q.options), "after": places.get(q.asked_after_id)}
        for q in before
    ]


def _as_rows(lines) -> list[dict]:
    return [row | {"after": row["after"] if row["asked_when"] else None} for row in filled(lines, "text")]


@require_safe
@require(permissions.can_see_registrations)
def registrations(request, pk):
    """All registrations of an event in the order in which they came."""
    event = fetch(request, pk)
    form = RegistrationsForm(request.GET)
    found = event.registrations.select_related("filed_by").order_by("created_at", "pk")
    found = prepared.chosen(found, form.cleaned_data) if form.is_valid() else found.none()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    prepared.decorated(page.object_list)
    return respond(
        request,
        "events/registrations/list.html",
        status=200 if form.is_valid() else 422,
        event=event,
        form=form,
        page=page,
        totals=prepared.totals(event),
        pills=pills(request, form) if form.is_valid() else [],
        keeps=KEEPS(request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(KEEPS)
@idempotent
def register_on_behalf(request, pk):
    """Anybody, by the secretariat; a unit of the roster is linked by its very name."""
    event = fetch(request, pk)
    form = RegistrationForm(request.POST or None, event=event, free_unit=True)
    if request.method == "POST" and form.is_valid():
        unit = Organization.objects.filter(name=form.person["unit_name"]).first()
        if signed_up(request, event, form, by=request.user, source=Source.STAFF, organization=unit):
            return go(request, "events:registrations", event.pk)
    context = {"event": event, "when": when(event), "on_behalf": True, "free": prepared.free_seats(event)}
    return respond(request, FORM, form=form, **context)


@require_POST
@require(KEEPS)
def approve(request, pk):
    found = domain.approve(fetch_registration(request, pk), by=request.user)
    messages.success(request, f"{found.full_name}：{found.state.label}。")
    return go(request, "events:registration", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(KEEPS)
def decline(request, pk):
    found = fetch_registration(request, pk)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.decline(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "已登记，报名的人会收到通知。")
        return go(request, "events:registration", found.pk)
    words = {"heading": f"{found.full_name}的报名不予通过", "submit": "不予通过", "kind": "danger"}
    return respond(request, "events/words_form.html", form=form, event=found.event, **words)
