"""Applications to become a member, for the table of access: they belong to nobody who has an account."""

from django.utils.timezone import localdate

from members.domain import drafts
from tests.factories.applications import filed, passed
from tests.factories.dues import make_standard


def applications(keeper) -> dict:
    """One that is being checked, one that the council has, and a link with no proof of whose it is."""
    make_standard(2000)
    checking = filed("13600001111", name="演示受理单位")
    council = passed(keeper, "13600002222", name="演示审议单位")
    return {
        "checking": checking.pk,
        "council": council.pk,
        "application_token": drafts.token_of(checking),
        "today": localdate().isoformat(),
    }
