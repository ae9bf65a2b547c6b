"""Who checks slips, decides on waivers and reads what came of them (domain 1.5, 10.3)."""

from association.choices import Role
from association.permissions import question
from members.permissions.dues import can_confirm_payments, can_decide_waivers, can_see_dues

__all__ = ["can_see_waivers", "checks_slip", "decides_waiver", "waiver_roles"]


def checks_slip(user, slip) -> bool:
    """Whether the person checks this slip: nobody checks what they filed, nor the payment of a bill they issued."""
    return can_confirm_payments(user) and user.pk not in (slip.filed_by_id, slip.bill.issued_by_id)


def waiver_roles() -> frozenset:
    """Duties that register what 会长办公会 decided on a waiver."""
    return frozenset({Role.SECRETARY_GENERAL, Role.PRESIDENT})


def decides_waiver(user, waiver) -> bool:
    """Whether the person registers the decision on this request; nobody does on their own."""
    return can_decide_waivers(user) and waiver.filed_by_id != user.pk


@question("看减免申请", group="会费")
def can_see_waivers(user) -> bool:
    return can_see_dues(user) or can_decide_waivers(user)
