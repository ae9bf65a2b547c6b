"""Deals on the workbench: menu, landings to verify, search."""

from django.urls import reverse

from association import desk
from association.formats import chinese_date
from association.stocks import waiting
from events import permissions
from events.models import Deal
from members.permissions import serves_member

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
