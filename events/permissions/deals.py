"""Named questions about deals (domain 1.5: 对接/项目; 登记≠核实)."""

from association.permissions import KEEPERS, has_role, question
from events.permissions.events import can_see_events
from members.permissions import duties_at

__all__ = ["can_keep_deals", "can_see_deals", "can_verify_deals", "sees_amount", "verifies"]


@question("看合作成果登记簿", group="活动")
def can_see_deals(user) -> bool:
    return can_see_events(user)


@question("登记合作、登记落地", group="活动")
def can_keep_deals(user) -> bool:
    return has_role(user, *KEEPERS)


@question("核实合作落地", group="活动")
def can_verify_deals(user) -> bool:
    """Whether the person verifies landings at all; of one that they registered themselves somebody else does."""
    return has_role(user, *KEEPERS)


def verifies(user, deal) -> bool:
    """Whether the person verifies the landing of this deal (domain 10.8: 活动部≠登记人)."""
    return can_verify_deals(user) and deal.landed_by_id != user.pk


def sees_amount(user, deal) -> bool:
    """Whether the person may read the amount and the contract: a confidential one only who keeps the register and the
    people of the units that are party to it."""
    if not deal.amount_is_confidential or can_keep_deals(user):
        return can_see_deals(user) or _is_party(user, deal)
    return _is_party(user, deal)


def _is_party(user, deal) -> bool:
    return any(party.organization_id and duties_at(user, party.organization) for party in deal.parties.all())
