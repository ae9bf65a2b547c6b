"""Invitations: whom to invite, counted before it is sent; what they answered; the answer itself."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.listing import PAGE_SIZE
from association.web import confirmed, go, require, respond, show_refusal, signed_in
from events import permissions
from events.choices import Reply
from events.domain import invitations as domain
from events.forms.invitations import InviteForm, ReplyForm
from events.models import EventInvitation
from events.views.events import fetch
from events.views.rows import when, where
from members.choices import ContactDuty
from members.forms.roster import kept_listing
from members.models import Organization

INVITES = permissions.can_invite_to_events
SHOWN = 30
TONES = {"": "warn", Reply.ATTENDING: "good", Reply.DELEGATED: "info", Reply.DECLINED: "off"}


def _units(form, user):
    """The units that the form chooses, as the person sees the roster now."""
    pks = kept_listing(user, form.query).queryset.order_by().values("pk")
    return Organization.objects.filter(pk__in=pks).order_by("pinyin_full", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@require(INVITES)
@confirmed(posts_only=True)
def invite(request, pk):
    """GET shows how many and who; POST sends to exactly those."""
    event = fetch(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    form = InviteForm({"view": "", "duty": ContactDuty.REPRESENTATIVE} | asked.dict(), user=request.user)
    if not form.is_valid():
        return respond(request, "events/invitations/invite.html", form=form, event=event)
    units, duty = _units(form, request.user), form.cleaned_data["duty"]
    if request.method == "POST":
        expected = request.POST.get("expected", "")
        number = int(expected) if expected.isascii() and expected.isdigit() and len(expected) < 7 else -1
        sent = domain.invite(event, by=request.user, units=units, duty=duty, expected=number)
        messages.success(request, f"邀请已发给 {sent} 人。")
        return go(request, "events:invitations", event.pk)
    chosen, without = domain.recipients(event, units, duty)
    shown = {
        "chosen": chosen[:SHOWN],
        "number": len(chosen),
        "without": without[:SHOWN],
        "lacking": len(without),
    }
    return respond(
        request, "events/invitations/invite.html", form=form, event=event, duty=ContactDuty(duty).label,
        silent=sum(1 for role in chosen if not role.contact.user_id), **shown,
    )  # fmt: skip


@require_safe
@require(permissions.can_see_invitations)
def invitations(request, pk):
    """Who is invited and what they answered; those without an answer first."""
    event = fetch(request, pk)
    counts = event.invitations.aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(reply="")),
        **{value: Count("pk", filter=Q(reply=value)) for value in Reply.values},
    )  # fmt: skip
    tab = request.GET.get("reply", "")
    tab = tab if tab in ("open", *Reply.values) else "all"
    found = event.invitations.select_related("organization", "contact", "registration").order_by(
        "reply", "pk"
    )
    if tab != "all":
        found = found.filter(reply="" if tab == "open" else tab)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.tone = TONES[row.reply]
    return respond(
        request, "events/invitations/list.html", event=event, page=page, counts=counts, tabs=_tabs(event, counts, tab),
        invites=INVITES(request.user) and not event.is_over and not event.is_off,
    )  # fmt: skip


def _tabs(event, counts, current):
    labels = [("all", "全部"), ("open", "未回复"), *Reply.choices]
    address = reverse("events:invitations", args=[event.pk])
    return [
        {"label": label, "url": f"{address}?reply={key}", "current": key == current, "count": counts[key]}
        for key, label in labels
    ]


@require_POST
@require(INVITES)
def remind(request, pk):
    event = fetch(request, pk)
    told = domain.remind(event, by=request.user)
    messages.success(request, "已提醒还没有回复的人。" if told else "今天已经提醒过，或者都回复了。")
    return go(request, "events:invitations", event.pk)


def _fetch(request, pk) -> EventInvitation:
    rows = EventInvitation.objects.select_related("event__series", "organization", "contact", "registration")
    found = get_object_or_404(rows, pk=pk)
    if not permissions.answers_invitation(request.user, found) and not permissions.can_see_invitations(
        request.user
    ):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def invitation(request, pk):
    """The invitation with its answer, which may be given and changed until the event."""
    found = _fetch(request, pk)
    answers = permissions.answers_invitation(request.user, found)
    mode = getattr(found.registration, "mode", None)
    begun = {"reply": found.reply or None, "reason": found.reason, "mode": mode}
    form = ReplyForm(request.POST or None, event=found.event, initial=begun)
    if request.method == "POST":
        if not answers:
            raise Http404
        if form.is_valid() and _answered(request, found, form):
            return go(request, "events:invitation", found.pk)
    event = found.event
    open_ = answers and not event.is_off and not event.is_over
    facts = [
        ("时间", when(event)),
        ("地点", where(event)),
        ("单位", found.organization.name),
        ("受邀人", found.contact.name),
    ]
    return respond(
        request, "events/invitations/detail.html", form=form, invitation=found, event=event, answers=open_, facts=facts,
        tone=TONES[found.reply],
    )  # fmt: skip


def _answered(request, found, form) -> bool:
    data = form.cleaned_data
    try:
        domain.answer(
            found, by=request.user, reply=data["reply"], mode=data["mode"], delegate=form.delegate, reason=data["reason"]
        )  # fmt: skip
    except Refused as refused:
        show_refusal(form, refused)
        return False
    messages.success(request, f"已回复：{Reply(data['reply']).label}。")
    return True
