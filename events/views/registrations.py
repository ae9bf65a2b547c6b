"""One's own registrations: signing up, oneself or a colleague; what became of it; taking an offer, giving a place back."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.listing import PAGE_SIZE
from association.web import go, idempotent, require, respond, show_refusal, signed_in
from events import permissions, queries
from events.choices import Source
from events.domain import feeds
from events.domain import registrations as domain
from events.forms.registrations import CancelRegistrationForm, RegistrationForm
from events.models import CalendarFeed, Registration
from events.views import registration_rows as prepared
from events.views.events import fetch
from events.views.rows import when

FORM = "events/registrations/form.html"


def fetch_registration(request, pk) -> Registration:
    """The registration as far as the person may know of it, else 404."""
    found = get_object_or_404(
        Registration.objects.select_related("event__series", "event__park", "filed_by"), pk=pk
    )
    if not permissions.may_read_registration(request.user, found):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def register(request, pk):
    """Oneself, or with ?for=colleague somebody of one's own unit."""
    event = fetch(request, pk)
    units = queries.units_of(request.user)
    for_colleague = bool(units) and request.GET.get("for") == "colleague"
    form = RegistrationForm(request.POST or None, event=event, **_about(request.user, units, for_colleague))
    if request.method == "POST" and form.is_valid():
        whose = (
            {"source": Source.COLLEAGUE} if for_colleague else {"source": Source.SELF, "user": request.user}
        )
        if made := signed_up(request, event, form, by=request.user, **whose):
            return go(request, "events:registration", made.pk)
    mine = event.registrations.live().filter(user=request.user).first()
    context = {
        "event": event,
        "when": when(event),
        "units": units,
        "for_colleague": for_colleague,
        "mine": mine,
    }
    return respond(request, FORM, form=form, free=prepared.free_seats(event), **context)


def signed_up(request, event, form, *, by, **more) -> Registration | None:
    """Register as a valid form says; None when it is refused, which then stands in the form."""
    mode, person = form.cleaned_data["mode"], form.person | more
    try:
        made = domain.register(event, by=by, mode=mode, answers=form.answers, **person)
    except Refused as refused:
        show_refusal(form, refused)
        return None
    messages.success(request, f"{made.full_name}的报名：{made.state.label}。")
    return made


def _about(user, units, for_colleague) -> dict:
    if for_colleague:
        return {"units": units, "colleagues": queries.colleagues_of(units, but=user)}
    contact = getattr(user, "contact", None)
    known = {"full_name": user.full_name, "mobile": user.mobile, "email": user.email}
    if contact is not None:
        known = {name: value or getattr(contact, name, "") for name, value in known.items()}
    return {"units": units, "person": known}


@require_safe
@require(signed_in)
def mine(request):
    """What the person is registered for and whom they registered; the latest event first."""
    found = Registration.objects.of(request.user).select_related("event__series", "filed_by")
    page = Paginator(found.order_by("-event__starts_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    prepared.decorated(page.object_list)
    for row in page.object_list:
        row.when = when(row.event)
    feed = CalendarFeed.objects.filter(user=request.user).first()
    address = settings.SITE_URL + reverse("activities:personal_ics", args=[feed.token]) if feed else ""
    return respond(request, "events/registrations/mine.html", page=page, address=address)


@require_safe
@require(signed_in)
def registration(request, pk):
    found = fetch_registration(request, pk)
    user = request.user
    is_theirs = user.pk in (found.user_id, found.filed_by_id)
    keeps = permissions.can_keep_registrations(user)
    return respond(
        request,
        "events/registrations/detail.html",
        keeps=keeps,
        is_theirs=is_theirs,
        sees_list=permissions.can_see_registrations(user),
        form=CancelRegistrationForm(),
        **prepared.context(found, in_full=is_theirs or keeps),
    )


def _fetch_to_change(request, pk) -> Registration:
    """One that is theirs, or any for the secretariat."""
    found = fetch_registration(request, pk)
    if request.user.pk not in (found.user_id, found.filed_by_id) and not permissions.can_keep_registrations(
        request.user
    ):
        raise PermissionDenied
    return found


@require_POST
@require(signed_in)
def accept(request, pk):
    found = domain.accept_offer(_fetch_to_change(request, pk), by=request.user)
    messages.success(request, f"{found.full_name}的名额已确认。")
    return go(request, "events:registration", found.pk)


@require_POST
@require(signed_in)
def cancel(request, pk):
    found = _fetch_to_change(request, pk)
    form = CancelRegistrationForm(request.POST)
    if not form.is_valid():
        raise Refused("原因请写在 300 字以内。", status=422)
    keeps = permissions.can_keep_registrations(request.user)
    found = domain.cancel(found, by=request.user, reason=form.cleaned_data["reason"], as_staff=keeps)
    messages.success(request, f"{found.full_name}的报名已取消。")
    return go(request, "events:registration", found.pk)


@require_safe
@require(signed_in)
def participants(request, pk):
    """Who else comes: those who agreed to be named, for those whose own place is confirmed, and the staff."""
    event = fetch(request, pk)
    is_in = event.registrations.confirmed().filter(user=request.user).exists()
    if not permissions.can_see_registrations(request.user) and not (event.lists_participants and is_in):
        raise Http404
    named = event.registrations.confirmed().filter(lists_name=True).order_by("unit_name", "pk")
    page = Paginator(named, PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(request, "events/registrations/participants.html", event=event, page=page)


@require_POST
@require(signed_in)
def open_feed(request):
    feeds.open_feed(by=request.user)
    messages.success(request, "已开通，把地址粘贴到手机或电脑日历的“订阅日历”里。")
    return go(request, "events:mine")


@require_POST
@require(signed_in)
def close_feed(request):
    feeds.close_feed(by=request.user)
    messages.success(request, "已停用，原来的地址不再有内容。")
    return go(request, "events:mine")
