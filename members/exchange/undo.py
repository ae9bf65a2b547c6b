"""Taking a whole import back, while nobody has touched the units since."""

from django.db.models import ProtectedError

from association.domain.activities import record_many
from association.domain.imports import touched_since
from association.importing import Outdated
from association.ledger import take_back
from members.exchange.apply import IMPORTED, ORDER
from members.exchange.fingerprints import fingerprints
from members.models import Organization

NAMED = 5
UNDONE = "members.organization.import_undone"


def undo(effects: dict, by, since: int) -> None:
    """Remove what the import created and put the old values back; members' numbers, posts and duties with them.

    Raises Outdated with the names of the units that are not as the import left them, or with the kinds of records that
    hang on what it created. Later imports that were taken
    back themselves do not count.
    """
    left = {int(pk): state for pk, state in effects["units"].items()}
    units = Organization.everything.filter(pk__in=left).select_for_update(of=("self",)).order_by("pk")
    units = {unit.pk: unit for unit in units}
    states = fingerprints(left)
    touched = {pk for pk, state in left.items() if states.get(pk) != state}
    touched |= touched_since(Organization, left, since, passing_over=(IMPORTED, UNDONE))
    if touched:
        raise Outdated(_refusal(touched, units))
    try:
        take_back(effects, ORDER)
    except ProtectedError as error:
        raise Outdated(_in_the_way(error.protected_objects)) from error
    removed = set(effects["created"].get(Organization._meta.label, []))
    kept = [unit for pk, unit in units.items() if pk not in removed]
    record_many(
        "members.organization.import_undone", [(u, "撤销名册导入，恢复导入前的内容") for u in kept], by=by
    )


def _in_the_way(records):
    kinds = "、".join(sorted({f"“{record._meta.verbose_name}”" for record in records}))
    return f"导入的内容之后又有了{kinds}，没有撤销任何内容。请到有关单位的页面逐项改回。"


def _refusal(touched, units):
    names = [f"“{units[pk].name}”" if pk in units else "（已删除的单位）" for pk in sorted(touched)]
    shown = "、".join(names[:NAMED]) + (f"等 {len(names)} 家单位" if len(names) > NAMED else "")
    return f"{shown}在导入之后又有改动，没有撤销任何内容。请到这些单位的页面逐项改回。"
