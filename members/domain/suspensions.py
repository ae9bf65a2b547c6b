"""Verbs that suspend a member's rights and restore them, each on a decision; it stays a member and owes its dues."""

from datetime import date

from association.domain.activities import record, verb
from association.errors import Refused
from association.formats import chinese_date
from members import permissions
from members.domain import casework
from members.models import Suspension


@verb
def suspend(organization, *, by, since: date, reason: str, basis: str) -> Suspension:
    """Suspend the unit's rights from `since` on. Doing it twice gives the same row.

    Raises Refused for a unit that is no member that day, one whose rights are suspended already, and for whoever serves
    the unit. Arrears do not suspend by themselves (domain 2.2).
    """
    organization = casework.locked_unit(organization)
    _refuse_own(organization, by)
    same = organization.suspensions.filter(since=since, basis=basis).first()
    if same:
        return same
    if not organization.memberships.on(since).exists():
        raise Refused(f"{organization.name}在{chinese_date(since)}不是会员，谈不上暂停权利。", status=422)
    if (
        organization.suspensions.filter(until__isnull=True).exists()
        or organization.suspensions.on(since).exists()
    ):
        raise Refused(f"{organization.name}的会员权利在这一天已经暂停。")
    if not basis or not reason:
        raise Refused("请写明事由和依据。", status=422)
    suspension = Suspension.objects.create(organization=organization, since=since, reason=reason, basis=basis)
    sentence = f"自{chinese_date(since)}起暂停会员权利"
    record("members.rights.suspended", organization, by=by, sentence=sentence, basis=basis)
    casework.tell_people(
        organization,
        "members.rights_suspended",
        about=organization,
        by=by,
        since=since,
        reason=reason,
        basis=basis,
    )
    return suspension


@verb
def lift(suspension, *, by, until: date, basis: str) -> Suspension:
    """Restore the unit's rights from `until` on. Doing it twice changes nothing; raises Refused as `suspend` does."""
    organization = casework.locked_unit(suspension.organization)
    suspension = Suspension.objects.select_for_update(of=("self",)).get(pk=suspension.pk)
    _refuse_own(organization, by)
    if suspension.until:
        return suspension
    if until <= suspension.since:
        raise Refused("恢复的日期应晚于暂停的日期。", status=422)
    if not basis:
        raise Refused("请写明恢复的依据。", status=422)
    suspension.until, suspension.lift_basis = until, basis
    suspension.save(update_fields=["until", "lift_basis"])
    sentence = f"自{chinese_date(until)}起恢复会员权利"
    record("members.rights.restored", organization, by=by, sentence=sentence, basis=basis)
    casework.tell_people(
        organization, "members.rights_restored", about=organization, by=by, until=until, basis=basis
    )
    return suspension


def _refuse_own(organization, by):
    if not permissions.suspends_rights_of(by, organization):
        raise Refused("暂停与恢复会员权利由秘书长登记；自己任职的单位由别人登记。")
