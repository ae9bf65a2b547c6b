"""Registration without an account, on a phone, inside WeChat: the person proves a number or an address by a code."""

import functools

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association import guests, limits
from association.listing import PAGE_SIZE
from association.web import go, respond
from events.choices import Source
from events.domain import registrations as domain
from events.forms.registrations import RegistrationForm
from events.models import Registration
from events.views import registration_rows as prepared
from events.views.public import fetch_open
from events.views.registrations import signed_up
from events.views.rows import when
from members.models import Organization

limited = limits.limited("guest_registration", per_address="600/h", methods=("POST",))


def without_account(desk_page):
    """Decorate a view for people without an account: whoever is signed in goes to the page of the desk instead."""

    def decorate(view):
        @limited
        @functools.wraps(view)
        def guarded(request, *args, **kwargs):
            if request.user.is_authenticated:
                return go(request, desk_page, *kwargs.values()) if "pk" in kwargs else go(request, desk_page)
            return guests.required(view)(request, *args, **kwargs)

        guarded.asks_guests = True
        return guarded

    return decorate


@require_http_methods(["GET", "HEAD", "POST"])
@without_account("events:register")
def register(request, pk):
    event, address = fetch_open(pk), guests.proved(request)
    form = RegistrationForm(request.POST or None, event=event, guest=address)
    if request.method == "POST" and form.is_valid():
        unit = Organization.objects.filter(name=form.person["unit_name"]).first()
        if made := signed_up(request, event, form, by=None, source=Source.GUEST, organization=unit):
            return go(request, "activities:registration", made.pk)
    context = {"event": event, "when": when(event), "free": prepared.free_seats(event)}
    return respond(request, "events/registrations/guest_form.html", form=form, **context)


@require_safe
@without_account("events:mine")
def mine(request):
    """What the proved address is registered for, the latest event first."""
    found = Registration.objects.of_guest(guests.proved(request)).select_related("event__series")
    page = Paginator(found.order_by("-event__starts_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    for row in prepared.decorated(page.object_list):
        row.when = when(row.event)
    address = guests.proved(request)
    return respond(request, "events/registrations/guest_mine.html", page=page, address=address)


def _fetch(request, pk) -> Registration:
    found = Registration.objects.of_guest(guests.proved(request)).select_related(
        "event__series", "event__park"
    )
    return get_object_or_404(found, pk=pk)


@require_safe
@without_account("events:registration")
def registration(request, pk):
    context = prepared.context(_fetch(request, pk), in_full=True)
    return respond(request, "events/registrations/guest_detail.html", **context)


@require_POST
@without_account("events:registration")
def accept(request, pk):
    found = domain.accept_offer(_fetch(request, pk), by=None)
    messages.success(request, "名额已确认。")
    return go(request, "activities:registration", found.pk)


@require_POST
@without_account("events:registration")
def cancel(request, pk):
    found = domain.cancel(_fetch(request, pk), by=None)
    messages.success(request, "报名已取消。")
    return go(request, "activities:registration", found.pk)
