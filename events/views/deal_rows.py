"""Deals prepared for their pages: what the register chooses, its sums, the facts of one, what may be done with it."""

from decimal import Decimal

from django.db.models import Count, Q, Sum

from association import money
from association.formats import chinese_date
from events import permissions
from events.choices import DealState

TONES = {
    DealState.SIGNED: "info", DealState.LANDED: "warn", DealState.VERIFIED: "good", DealState.ENDED: "off",
}  # fmt: skip


def chosen(deals, wanted):
    """The deals that the filters of `DealsForm` choose."""
    if wanted["q"]:
        deals = deals.matching(wanted["q"])
    if wanted["series"]:
        deals = deals.filter(event__series=wanted["series"])
    if wanted["event"]:
        deals = deals.filter(event=wanted["event"])
    if wanted["state"]:
        deals = deals.in_state(wanted["state"])
    if wanted["signed"]:
        deals = deals.filter(signed_on__year=wanted["signed"])
    if wanted["landed"]:
        deals = deals.filter(landed_on__year=wanted["landed"])
    return deals


def decorated(deals, user) -> list:
    """The rows of a page with their words."""
    for deal in deals:
        deal.tone, deal.amount_text = TONES[deal.state], amount_text(deal, user)
        deal.between = "、".join(party.name for party in deal.parties.all())
    return deals


def amount_text(deal, user) -> str:
    """The amount for whoever may read it; of a confidential one others read that it is."""
    if not permissions.sees_amount(user, deal):
        return "保密"
    if deal.amount is None:
        return ""
    return money.yuan_of(deal.amount) + ("（保密）" if deal.amount_is_confidential else "")


def sums(deals, user) -> dict:
    """How many deals, the sum of the amounts that may be told to the person in 分, and how many it leaves out."""
    told = Q(pk__isnull=False) if permissions.can_keep_deals(user) else Q(amount_is_confidential=False)
    found = deals.order_by().aggregate(
        number=Count("pk"),
        total=Sum("amount", filter=told),
        told=Count("pk", filter=told),
        unknown=Count("pk", filter=told & Q(amount__isnull=True)),
    )
    return found | {"amount": found["total"] or 0, "secret": found["number"] - found["told"]}


def facts(deal, user) -> list[tuple]:
    """(label, value) pairs of one deal."""
    pairs = [
        ("签约日期", chinese_date(deal.signed_on)),
        ("金额", amount_text(deal, user)),
        ("落地日期", deal.landed_on and chinese_date(deal.landed_on)),
        ("落地情况", deal.landed_note),
        ("登记落地", deal.landed_by and str(deal.landed_by)),
        ("核实", deal.verified_by and f"{deal.verified_by}，{chinese_date(deal.verified_at)}"),
        ("终止", deal.ended_on and f"{chinese_date(deal.ended_on)}，{deal.end_reason}"),
    ]
    return [pair for pair in pairs if pair[1]]


def actions_for(user, deal) -> dict:
    """What the person may do with the deal as it stands."""
    keeps, state = permissions.can_keep_deals(user), deal.state
    runs = state in (DealState.SIGNED, DealState.LANDED)
    verifies = permissions.verifies(user, deal)
    return {
        "edits": keeps and runs,
        "lands": keeps and state == DealState.SIGNED,
        "verifies": verifies and state == DealState.LANDED,
        "sends_back": verifies and state in (DealState.LANDED, DealState.VERIFIED),
        "waits": keeps and state == DealState.LANDED and not verifies,
        "ends": keeps and runs,
    }


# --- the workbook -------------------------------------------------------------------------------------------------


def as_row(deal, user) -> tuple:
    """One deal as a row of the workbook."""
    told = permissions.sees_amount(user, deal)
    return (
        deal.title, *(("、".join(p.name for p in deal.parties.all() if p.role == role)) for role in ("first", "second", "other")),
        str(deal.event.numbered) if deal.event else "", deal.project.name if deal.project else "", deal.signed_on,
        Decimal(deal.amount) / 100 if told and deal.amount is not None else None, "保密" if deal.amount_is_confidential else "",
        deal.state.label, deal.landed_on, deal.landed_note, str(deal.verified_by or ""),
    )  # fmt: skip
