"""What a person may do with a bill, as links; the pages that show bills put them beside it."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.urls import reverse

from members import permissions
from members.domain import waivers
from members.models import Bill, Organization
from members.receivables import filed_on
from members.views.organizations import ask


@dataclass(frozen=True)
class Action:
    """A link to the page on which something is done; one of them is `kind` primary."""

    label: str
    url: str
    kind: str = ""


def fetch_bill(request, pk) -> Bill:
    """The bill of a unit that the person may know of, else 404; whether they may know of its dues is asked apart."""
    bills = Bill.objects.select_related("organization", "standard", "tier", "issued_by")
    return get_object_or_404(bills, pk=pk, organization__in=Organization.objects.visible_to(request.user))


def fetch_of_bill(request, records, pk):
    """A record about a bill of a unit that the person may know of, else 404."""
    units = Organization.objects.visible_to(request.user)
    found = records.select_related("bill__organization", "bill__standard", "bill__issued_by")
    return get_object_or_404(found, pk=pk, bill__organization__in=units)


def ask_dues(request, bill) -> None:
    """403 unless the person may know what the unit owes."""
    ask(permissions.can_see_dues_of(request.user, bill.organization))


def actions_for(user, bill) -> dict:
    """`bill` with the `actions` that the person has on it and `notes`, sentences on what waits; for `actions.html`.

    Three queries, none when the bill came from `receivables.with_filed`.
    """
    filed = filed_on(bill)
    actions = [*_of_treasurer(user, bill, filed), *_of_unit(user, bill, filed), *_of_decider(user, filed)]
    return {"bill": bill, "actions": actions, "notes": _notes(filed)}


def _link(label, name, record, kind=""):
    return Action(label, reverse(f"members:{name}", args=[record.pk]), kind)


def _of_treasurer(user, bill, filed):
    if filed.slip and permissions.checks_slip(user, filed.slip):
        yield _link("核对凭证", "slip", filed.slip, "primary")
    if bill.outstanding and permissions.confirms_payment_of(user, bill):
        yield _link("确认到账", "payment_add", bill, "" if filed.slip else "primary")
    if filed.uncovered > 0 and permissions.can_record_receipts(user):
        yield _link("登记票据", "receipt_record", bill, "" if bill.outstanding else "primary")


def _of_unit(user, bill, filed):
    if not permissions.can_pay_for(user, bill.organization):
        return
    if filed.slip:
        yield _link("查看或替换凭证", "slip", filed.slip)
    elif filed.waiver:
        yield _link("查看减免申请", "waiver", filed.waiver)
    elif bill.outstanding:
        yield _link("上传转账凭证", "slip_add", bill, "primary")
        if not waivers.obstacle(bill):
            yield _link("申请减免", "waiver_ask", bill)


def _of_decider(user, filed):
    if filed.waiver and permissions.decides_waiver(user, filed.waiver):
        yield _link("登记减免的决定", "waiver", filed.waiver, "primary")


def _notes(filed):
    notes = ["转账凭证待财务核对。"] if filed.slip else []
    return [*notes, "减免申请待会长办公会决定。"] if filed.waiver else notes
