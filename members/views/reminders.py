"""What units will be reminded of, by the function that sends it, and what went out and became of it."""

from collections import Counter, defaultdict
from datetime import date, timedelta

from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association.choices import DeliveryState
from association.models import Delivery
from association.money import yuan_of
from association.permissions import can_see_deliveries
from association.views.deliveries import TONES
from association.web import require, respond
from members import permissions
from members.domain import reminders as domain
from members.domain.reminder_plan import KINDS, label_of
from members.models import Bill, BillReminder

PAGE_SIZE = 20
AHEAD = timedelta(days=30)
# More that failed than anybody sends again one by one.
MOST_FAILED = 2000


def _tabs(current) -> list[dict]:
    ways = (("reminders", "将要发出"), ("reminders_sent", "已经发出"))
    return [{"label": label, "url": reverse(f"members:{n}"), "current": n == current} for n, label in ways]


@require_safe
@require(permissions.can_see_reminders)
def reminders(request):
    """The next thirty days by day, from today's on; one day alone with `day`."""
    today = localdate()
    planned = domain.upcoming(today, today + AHEAD)
    day = _day(request.GET.get("day", ""))
    page = Paginator([r for r in planned if day in (None, r.day)], PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return respond(
        request,
        "members/reminders/upcoming.html",
        tabs=_tabs("reminders"),
        days=[
            {"day": at, "count": count, "current": at == day}
            for at, count in sorted(Counter(reminder.day for reminder in planned).items())
        ],
        day=day,
        total=len(planned),
        page=page,
        rows=_planned_rows(page),
        today=today,
    )


def _day(text) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _planned_rows(page) -> list[dict]:
    """Each reminder with its bill and whom it would reach today; two queries."""
    bills = Bill.objects.select_related("organization").in_bulk([reminder.bill for reminder in page])
    reached = domain.audiences({bill.organization_id for bill in bills.values()})
    rows = []
    for reminder in page:
        bill = bills[reminder.bill]
        audience = reached.get(bill.organization_id) or domain.Audience()
        rows.append(
            {
                "reminder": reminder,
                "bill": bill,
                "outstanding": yuan_of(bill.outstanding),
                "people": len(audience.people),
                "outsiders": len(audience.outsiders),
            }
        )
    return rows


@require_safe
@require(permissions.can_see_reminders)
def sent(request):
    """What went out, newest first, each with its letters and text messages; with `failed=1` only where one failed."""
    only_failed = request.GET.get("failed") == "1"
    found = BillReminder.objects.select_related("bill__organization").order_by("-pk")
    if only_failed:
        found = found.filter(key__in=_failed_keys())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = _sent_rows(page)
    return respond(
        request,
        "members/reminders/sent.html",
        tabs=_tabs("reminders_sent"),
        page=page,
        rows=rows,
        only_failed=only_failed,
        may_resend=can_see_deliveries(request.user),
    )


def _failed_keys() -> list[str]:
    failed = Delivery.objects.filter(kind__in=KINDS, state=DeliveryState.FAILED).order_by("-created_at")
    return list(failed.values_list(Coalesce("notice__key", "key"), flat=True)[:MOST_FAILED])


def _sent_rows(page) -> list[dict]:
    """Each reminder with its deliveries; one query."""
    by_key = defaultdict(list)
    bills, keys = [row.bill_id for row in page], [row.key for row in page]
    of_bills = Q(notice__content_type__model="bill", notice__object_id__in=bills, notice__key__in=keys)
    found = Delivery.objects.filter(of_bills | Q(key__in=keys), kind__in=KINDS)
    for delivery in found.select_related("notice", "user").defer("text", "html").order_by("pk"):
        delivery.tone = TONES[delivery.state]
        by_key[delivery.notice.key if delivery.notice else delivery.key].append(delivery)
    return [{"reminder": row, "label": label_of(row.offset), "deliveries": by_key[row.key]} for row in page]
