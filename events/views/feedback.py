"""What people who were there say, with an account or a proved address; and what all of them said, without names."""

from decimal import ROUND_HALF_UP, Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from association import guests
from association.errors import Refused
from association.listing import PAGE_SIZE
from association.web import go, require, respond, show_refusal, signed_in
from events import permissions
from events.domain import feedback as domain
from events.forms.invitations import SCORES, FeedbackForm
from events.models import Feedback, Registration
from events.views.events import fetch
from events.views.guests import without_account

TENTH = Decimal("0.1")


def _page(request, registration, template, back):
    """The form on both pages; gives the answer of the view."""
    found = Feedback.objects.filter(registration=registration).first()
    begun = {name: getattr(found, name) for name in ("score", "liked", "missed")} if found else {}
    form = FeedbackForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        by = request.user if request.user.is_authenticated else None
        try:
            domain.give(registration, by=by, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "谢谢，评价已收到。")
            return go(request, back, registration.pk)
    may = domain.may_be_given(registration) and not registration.event.archived_at
    return respond(request, template, form=form, registration=registration, event=registration.event, may=may)


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def give(request, pk):
    mine = Registration.objects.filter(user=request.user).select_related("event__series")
    found = get_object_or_404(mine, pk=pk)
    return _page(request, found, "events/feedback/form.html", "events:registration")


@require_http_methods(["GET", "HEAD", "POST"])
@without_account("events:feedback_give")
def give_as_guest(request, pk):
    mine = Registration.objects.of_guest(guests.proved(request)).select_related("event__series")
    found = get_object_or_404(mine, pk=pk)
    return _page(request, found, "events/feedback/guest_form.html", "activities:registration")


@require_safe
@require(permissions.can_read_feedback)
def feedback(request, pk):
    """How many were content and how much, and what they wrote; nobody's name."""
    event = fetch(request, pk)
    if not event.is_published:
        raise Http404
    said = Feedback.objects.filter(registration__event=event)
    total, mean, bars = _scores(said)
    written = said.exclude(liked="", missed="").order_by("-updated_at", "-pk")
    page = Paginator(written, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"event": event, "total": total, "mean": mean, "bars": bars, "page": page}
    return respond(request, "events/feedback/list.html", **context)


def _scores(said) -> tuple:
    """(how many said so, their mean to a tenth or None, (score in words, number) from the best to the worst)."""
    counts = said.aggregate(
        all=Count("pk"), total=Sum("score"), **{f"s{n}": Count("pk", filter=Q(score=n)) for n in SCORES}
    )
    number = counts["all"]
    bars = [(f"{n} 分", counts[f"s{n}"]) for n in SCORES]
    if not number:
        return 0, None, bars
    mean = (Decimal(counts["total"]) / number).quantize(TENTH, ROUND_HALF_UP)
    return number, mean, bars
