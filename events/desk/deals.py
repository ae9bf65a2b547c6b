"""Deals on the workbench: menu, landings to verify, search, the yearly figure."""

from django.urls import reverse

from association import desk
from association.formats import chinese_date
from association.stocks import waiting
from events import permissions
from events.choices import DealState
from events.models import Deal
from members.permissions import serves_member

SERIES = "wenke"

waiting.add("events.landed", Deal.objects.awaiting_verification)
desk.menu(
    "活动", "合作成果", "events:deals",
    allowed=lambda user: permissions.can_see_deals(user) or serves_member(user), order=60,
)  # fmt: skip


@desk.todo
def landings_to_verify(user):
    """One for each landing that a colleague registered and that the person may verify."""
    if not permissions.can_verify_deals(user) or not waiting.of("events.landed"):
        return
    for deal in Deal.objects.awaiting_verification().exclude(landed_by=user).order_by("landed_on", "pk")[:20]:
        yield desk.Todo(
            title=f"合作落地待核实：{deal}",
            detail=f"{chinese_date(deal.landed_on)}落地，对照凭据核实后计入统计",
            url=deal.get_absolute_url(),
            action="去核实",
        )


@desk.search
def found(user, text, limit):
    """Deals by any part of title or party."""
    for deal in Deal.objects.visible_to(user).matching(text).select_related("event__series")[:limit]:
        yield desk.Hit(
            title=deal.title,
            url=reverse("events:deal", args=[deal.pk]),
            kind="合作",
            detail=f"{chinese_date(deal.signed_on)}签约，{deal.state.label}",
        )


def _landed(year):
    deals = Deal.objects.landed_in(year).filter(event__series__code=SERIES)
    return deals.select_related("event__series", "project").order_by("landed_on", "pk")


desk.figure(
    "events.wenke_deals",
    "文科汇 合作落地（起/单）",
    _landed,
    (
        ("合作", str),
        ("来源活动", lambda deal: deal.event.numbered),
        ("项目", lambda deal: deal.project.name if deal.project else "—"),
        ("落地日期", lambda deal: chinese_date(deal.landed_on)),
    ),
    f"当年落地、由另一人核实（“{DealState.VERIFIED.label}”）、来源是文科汇的合作；没有项目的也数，一个项目可有几单。",
)
