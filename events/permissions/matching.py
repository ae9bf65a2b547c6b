"""Named questions about demand, supply and matches (domain 1.5, row 对接)."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, question
from members.choices import ContactDuty
from members.permissions import acts_for, serves_member

__all__ = [
    "MATCH_KEEPERS", "POSTING_DUTIES", "can_keep_matching", "can_post_for", "can_see_all_matching", "can_see_market",
    "reviews_posting", "serves_party",
]  # fmt: skip

MATCH_KEEPERS = KEEPERS
# Who acts for a unit on the market: its manager and its clerk.
POSTING_DUTIES = (ContactDuty.MANAGER, ContactDuty.CLERK)


@question("看全部供需与对接进展（会长、审计不看联系方式）", group="对接")
def can_see_all_matching(user) -> bool:
    return has_role(user, *KEEPERS, Role.PRESIDENT, Role.AUDITOR)


@question("审核供需、撮合、跟进对接", group="对接")
def can_keep_matching(user) -> bool:
    return has_role(user, *MATCH_KEEPERS)


@question("看对接大厅里已发布的供需", group="对接")
def can_see_market(user) -> bool:
    return can_see_all_matching(user) or serves_member(user)


@question("代表本单位发布供需、表示意向、答复对接", group="本单位", of="单位")
def can_post_for(user, organization) -> bool:
    return acts_for(user, organization, *POSTING_DUTIES)


def reviews_posting(user, posting) -> bool:
    """Whether the person publishes or rejects this posting: nobody what they submitted themselves."""
    return can_keep_matching(user) and posting.submitted_by_id != user.pk


def serves_party(user, match) -> bool:
    """Whether the person acts for one of the two units that the match joins."""
    return any(can_post_for(user, unit) for unit in (match.owner, match.asker))
