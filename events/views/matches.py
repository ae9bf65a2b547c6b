"""Matches: the secretariat's list, one with its course, and its steps."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.listing import PAGE_SIZE
from association.models import Activity
from association.web import go, idempotent, require, respond, settle
from events import permissions
from events.domain import match_course, sharings
from events.domain import matches as domain
from events.forms.matching import ConsentForm, DeclineForm, EndForm, MatchesForm, SigningForm, TalkForm
from events.models import Match
from events.views import matching_rows as rows
from events.views.postings import ask
from events.views.series_rows import year_asked

FORM = "events/matches/step.html"


def fetch(request, pk) -> Match:
    """The match as far as the person may know of it, else 404."""
    parts = ("posting__organization", "counter", "owner", "asker", "deal")
    return get_object_or_404(Match.objects.visible_to(request.user).select_related(*parts), pk=pk)


@require_safe
@require(permissions.can_see_all_matching)
def matches(request):
    """Every match, the latest first; with the numbers of the year."""
    form = MatchesForm(request.GET)
    found = Match.objects.select_related("posting", "owner", "asker", "deal").with_course()
    found = rows.chosen_matches(found, form.cleaned_data) if form.is_valid() else found.none()
    page = Paginator(found.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    rows.decorated_matches(page.object_list)
    year = year_asked(request.GET.get("year", ""))
    return respond(
        request,
        "events/matches/list.html",
        status=200 if form.is_valid() else 422,
        form=form,
        page=page,
        pills=rows.pills(request, form) if form.is_valid() else [],
        year=year,
        numbers=rows.numbers(year),
    )


@require_safe
@require(permissions.can_see_market)
def match(request, pk):
    found = fetch(request, pk)
    sees_all = permissions.can_see_all_matching(request.user)
    return respond(
        request,
        "events/matches/detail.html",
        match=found,
        tone=rows.MATCH_TONES[found.state],
        facts=rows.match_facts(found),
        sides=rows.sides(request, found),
        talks=found.talks.select_related("organization", "noted_by"),
        sees_all=sees_all,
        content_type=ContentType.objects.get_for_model(found).pk,
        activities=Activity.objects.about(found).select_related("by")[:30] if sees_all else [],
        **rows.course(found),
        **rows.match_actions(request.user, found),
    )


# --- the answer -------------------------------------------------------------------------------------------------


def _consent(request, found, unit, verb, done, **context):
    """A page on which one side names its contact, with the consent by itself, and the step it stands for."""
    people = sharings.nameable(request.user, unit)
    me = people.filter(user=request.user).first()
    form = ConsentForm(request.POST or None, people=people, receiver=found.other_of(unit).name, person=me)

    def act():
        return verb(found, organization=unit, contact=form.cleaned_data["contact"], by=request.user)

    return settle(request, form, FORM, act, said=done, to=found, match=found, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
def match_accept(request, pk):
    found = fetch(request, pk)
    unit = rows.answering(request.user, found) or rows.own_side(request.user, found)
    ask(unit)
    context = {
        "heading": "同意对接",
        "submit": "同意对接",
        "explain": f"以“{unit}”的名义同意与“{found.other_of(unit)}”对接。",
    }
    return _consent(
        request, found, unit, domain.accept, "已同意。双方都同意以后，这里会显示对方的联系人。", **context
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
def match_contact(request, pk):
    found = fetch(request, pk)
    unit = rows.own_side(request.user, found)
    ask(unit)
    context = {"heading": "更换联系人", "submit": "更换", "explain": "原来的联系人不再给对方看。"}
    return _consent(request, found, unit, sharings.name_contact, "已更换。", **context)


@require_POST
@require(permissions.can_see_market)
def match_hide(request, pk):
    """Take back the consent of one side: the contact's own, the unit's or, at their wish, the secretariat's word."""
    found = fetch(request, pk)
    unit = rows.side_asked(request, found)
    ask(unit)
    sharings.withdraw(found, organization=unit, by=request.user)
    messages.success(request, "已撤回，对方不再看得到这位联系人。")
    return go(request, found)


def _words(request, found, form, verb, done, **context):
    """A page with one form, and the step it stands for."""

    def act():
        return verb(found, by=request.user, **form.cleaned_data)

    return settle(request, form, FORM, act, said=done, to=found, match=found, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
def match_decline(request, pk):
    found = fetch(request, pk)
    unit = rows.answering(request.user, found) or rows.own_side(request.user, found)
    ask(unit)
    context = {"heading": "婉拒", "submit": "婉拒", "tone": "danger"}
    form = DeclineForm(request.POST or None)
    return _words(request, found, form, rows.of_unit(domain.decline, unit), "已告诉对方。", **context)


@require_POST
@require(permissions.can_see_market)
def match_withdraw(request, pk):
    found = fetch(request, pk)
    ask(rows.may_withdraw(request.user, found))
    domain.withdraw(found, by=request.user)
    messages.success(request, "已撤回。")
    return go(request, found)


# --- talks and the end --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
@idempotent
def match_talk(request, pk):
    found = fetch(request, pk)
    unit = rows.own_side(request.user, found)
    ask(unit or permissions.can_keep_matching(request.user))
    form = TalkForm(request.POST or None)
    context = {
        "heading": "记一次洽谈",
        "submit": "记下",
        "explain": "双方和秘书处都看得到。",
        "creates": True,
    }
    return _words(request, found, form, rows.of_unit(match_course.note_talk, unit), "已记下。", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_market)
def match_fail(request, pk):
    found = fetch(request, pk)
    unit = rows.own_side(request.user, found)
    ask(unit or permissions.can_keep_matching(request.user))
    form = EndForm(request.POST or None)
    explain = "登记以后不再跟进，双方的联系人也不再互相显示；以后可以重新表示意向。"
    context = {"heading": "登记未成", "submit": "登记未成", "tone": "danger", "explain": explain}
    return _words(request, found, form, rows.of_unit(match_course.fail, unit), "已登记。", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_matching)
def match_terminate(request, pk):
    found = fetch(request, pk)
    form = EndForm(request.POST or None)
    context = {"heading": "终止对接", "submit": "终止", "tone": "danger", "explain": "双方会收到通知。"}
    return _words(request, found, form, match_course.terminate, "已终止。", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_deals)
@idempotent
def match_sign(request, pk):
    found = fetch(request, pk)
    form = SigningForm(request.POST or None, initial={"title": found.posting.title})
    explain = "登记后进入合作成果登记簿；合同上传到那一页，落地以后由另一位同事核实。"
    context = {"heading": "登记签约", "submit": "登记签约", "explain": explain, "creates": True}
    return _words(request, found, form, match_course.sign, "已登记签约。", **context)
