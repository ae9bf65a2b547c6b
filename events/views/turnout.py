"""参加情况: members by how often they took part in a year, and the rows behind each number."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association.chinese import normalise
from association.formats import chinese_date
from association.listing import PAGE_SIZE
from association.web import require, respond
from events import permissions
from events import turnout as numbers
from members.models import Organization

ORDERS = {
    "attended": ("参加最多", ("-attended", "-people", "pinyin_full", "pk")),
    "least": ("参加最少", ("attended", "people", "pinyin_full", "pk")),
    "missed": ("未到最多", ("-missed", "pinyin_full", "pk")),
    "name": ("按名称", ("pinyin_full", "pk")),
}
WHAT = {
    "attended": ("参加的活动", numbers.attended), "registered": ("报名", numbers.registered), "missed": ("未到", numbers.missed),
}  # fmt: skip


def _span(request):
    """The year asked for, else the latest in which attendance was taken; and all that can be asked for."""
    text, known = request.GET.get("year", ""), numbers.years()
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else numbers.latest_year()
    return numbers.span_of(year if year in known else known[0]), known


@require_safe
@require(permissions.can_see_turnout)
def turnout(request):
    span, known = _span(request)
    order = request.GET.get("order") if request.GET.get("order") in ORDERS else "attended"
    never, text = request.GET.get("never") == "1", normalise(request.GET.get("q", ""))[:60]
    units = numbers.members(span)
    units = numbers.never_came(units, span) if never else units
    units = units.matching(text) if text else units
    found = numbers.with_numbers(units, span).order_by(*ORDERS[order][1])
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(
        request, "events/turnout/list.html", page=_decorated(page, span), span=span, never=never, text=text, order=order,
        orders=[(key, label) for key, (label, _) in ORDERS.items()], is_known=numbers.is_known(span),
        tabs=[{"label": f"{y}年", "url": f"?year={y}", "current": y == span.year} for y in known],
    )  # fmt: skip


def _decorated(page, span):
    for unit in page:
        address = reverse("events:turnout_unit", args=[unit.pk])
        unit.links = {what: f"{address}?{urlencode({'year': span.year, 'what': what})}" for what in WHAT}
        unit.rate = numbers.rate(unit.missed, unit.registered)
        unit.last = chinese_date(localdate(unit.last_came)) if unit.last_came else "—"
    return page


@require_safe
@require(permissions.can_see_turnout)
def unit(request, pk):
    """The people and events that one number of a unit is made of."""
    found, (span, _) = get_object_or_404(Organization, pk=pk), _span(request)
    what = request.GET.get("what", "attended")
    if what not in WHAT:
        raise Http404
    label, rows = WHAT[what]
    rows = rows(span.year).filter(organization=found).select_related("event__series")
    page = Paginator(rows.order_by("-event__starts_at", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    events = rows.order_by().values("event").distinct().count()
    context = {"unit": found, "span": span, "what": what, "label": label, "events": events}
    return respond(request, "events/turnout/unit.html", page=page, **context)
