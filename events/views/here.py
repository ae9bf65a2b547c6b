"""Checking in by oneself at the venue: with an account, or with a proved number or address."""

import functools

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from association import guests
from association.errors import Refused
from association.limits import limited
from association.web import go, respond, show_refusal
from events.domain import attendance as domain
from events.forms.attendance import SelfForm
from events.models import Event, Registration
from events.views.attendance_rows import window_words
from events.views.rows import when


def _known(view):
    """Whoever is neither signed in nor has proved an address does the latter first and comes back."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return guests.required(view)(request, *args, **kwargs)

    guarded.asks_guests = True
    return guarded


def _own(request, event):
    """The person's own registrations of the event that have a seat."""
    if request.user.is_authenticated:
        mine = Registration.objects.filter(user=request.user)
    else:
        mine = Registration.objects.of_guest(guests.proved(request))
    return list(mine.confirmed().filter(event=event).order_by("pk"))


@require_http_methods(["GET", "HEAD", "POST"])
@limited("check_in_self", per_address="600/10m", methods=("POST",))
@_known
def here(request, pk):
    event = get_object_or_404(Event.objects.published().select_related("series"), pk=pk)
    own = _own(request, event)
    came = dict(
        event.attendances.live()
        .onsite()
        .filter(registration__in=own)
        .values_list("registration", "arrived_at")
    )
    there = [(r, domain.clock(came[r.pk])) for r in own if r.pk in came]
    form = SelfForm(request.POST or None, registrations=[r for r in own if r.pk not in came])
    if request.method == "POST" and form.is_valid():
        try:
            row, _ = domain.check_in_self(
                form.chosen, by=request.user if request.user.is_authenticated else None, code=form.cleaned_data["code"]
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"{row.full_name}已在 {domain.clock(row.arrived_at)} 签到。")
            return go(request, "door:here", event.pk)
    context = {"event": event, "when": when(event), "window": window_words(event), "there": there, "own": own}
    return respond(request, "events/attendance/here.html", form=form, **context)
