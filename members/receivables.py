"""What waits in the room of money: slips to check, bills to confirm, waivers to decide, receipts to record."""

from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, Prefetch, Q, Subquery, Sum, prefetch_related_objects
from django.db.models.functions import Coalesce

from association.models import Attachment
from association.workdays import add_workdays_or_weekdays
from members.domain.receipts import WORKDAYS_TO_RECEIPT
from members.models import Bill, Organization, Payment, PaymentSlip, Receipt, Waiver


def slips_waiting():
    """Slips to be checked, the oldest first, each with its bill, unit and filer."""
    return PaymentSlip.objects.pending().select_related("bill__organization", "filed_by")


def with_files(slips) -> list:
    """The slips with `file`, what was uploaded with each, or None; two queries."""
    slips = list(slips)
    kind = ContentType.objects.get_for_model(PaymentSlip)
    files = Attachment.objects.present().filter(content_type=kind, object_id__in=[slip.pk for slip in slips])
    found = {file.object_id: file for file in files.order_by("pk").prefetch_related("files")}
    for slip in slips:
        slip.file = found.get(slip.pk)
    return slips


def bills_to_settle(text=""):
    """Outstanding bills, the earliest deadline first; `text` is a bill's number or anything a unit is found by."""
    found = Bill.objects.outstanding().select_related("organization").order_by("due_on", "pk")
    if text:
        units = Organization.objects.matching(text).values("pk")
        found = found.filter(Q(number__iexact=text) | Q(organization__in=units))
    return found


def payments_booked():
    """Everything booked, the latest first."""
    return Payment.objects.select_related("bill__organization", "confirmed_by").order_by(
        "-confirmed_at", "-pk"
    )


def waivers_waiting():
    """Requests that wait for a decision, the oldest first."""
    return Waiver.objects.pending().select_related("bill__organization", "filed_by")


def bills_awaiting_receipt():
    """Bills of which more was paid than standing receipts cover, with `uncovered` in 分 and `since`, the moment the first
    of that money was confirmed; the longest waiting first."""
    receipts = Receipt.objects.filter(bill=OuterRef("pk"), voided_at__isnull=True).order_by()
    covered = Subquery(receipts.values("bill").annotate(total=Sum("amount")).values("total"))
    last = Subquery(receipts.order_by("-recorded_at").values("recorded_at")[:1])
    came_in = Payment.objects.filter(bill=OuterRef("pk"), refund_of=None).order_by("confirmed_at")
    after = Subquery(came_in.filter(confirmed_at__gt=OuterRef("last_receipt")).values("confirmed_at")[:1])
    first = Subquery(came_in.values("confirmed_at")[:1])
    found = (
        Bill.objects.standing()
        .filter(paid__gt=0)
        .annotate(uncovered=F("paid") - Coalesce(covered, 0), last_receipt=last, since=Coalesce(after, first))
    )
    return found.filter(uncovered__gt=0).select_related("organization").order_by("since", "pk")


def receipt_due(since: date) -> date:
    """By when a receipt is to be recorded for money confirmed on the day `since` (domain 10.3)."""
    return add_workdays_or_weekdays(since, WORKDAYS_TO_RECEIPT)[0]


FILED = (
    Prefetch("slips", PaymentSlip.objects.pending(), to_attr="pending_slips"),
    Prefetch("waivers", Waiver.objects.pending(), to_attr="pending_waivers"),
    Prefetch("receipts", Receipt.objects.standing(), to_attr="standing_receipts"),
)


def with_filed(bills):
    """Bills with what waits on each and what covers each, so that `filed_on` asks the database nothing more."""
    return bills.select_related("organization", "standard").prefetch_related(*FILED)


@dataclass(frozen=True)
class Filed:
    """What stands on a bill: the slip and the waiver that wait, and what was paid without a receipt, in 分."""

    slip: PaymentSlip | None
    waiver: Waiver | None
    uncovered: int


def filed_on(bill) -> Filed:
    """What stands on the bill; three queries unless it came from `with_filed`."""
    if not hasattr(bill, "standing_receipts"):
        prefetch_related_objects([bill], *FILED)
    covered = sum(receipt.amount for receipt in bill.standing_receipts)
    return Filed(
        next(iter(bill.pending_slips), None), next(iter(bill.pending_waivers), None), bill.paid - covered
    )
