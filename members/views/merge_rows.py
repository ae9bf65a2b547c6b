"""What the pages of a merge show, prepared for their templates."""

from association.history import as_read
from members import permissions
from members.choices import MergeState
from members.domain import merges, moving, uniting
from members.domain.duplicates import units_like
from members.forms.organizations import BANK
from members.models import Organization

FOUND = 20
TONES = {
    MergeState.PROPOSED: "warn",
    MergeState.DECLINED: "off",
    MergeState.DONE: "good",
    MergeState.UNDO_ASKED: "warn",
    MergeState.UNDONE: "off",
}


def others(organization, text) -> list[Organization]:
    """Units that may be the other record: what `text` finds, without a text those whose names are alike."""
    if not text:
        return units_like(organization.name, other_than=organization.pk)
    found = Organization.objects.matching(text).exclude(pk=organization.pk).order_by("pinyin_full", "pk")
    return list(found[:FOUND])


def sides(kept, merged) -> dict:
    """What points at each of the two, and the days whose counts a merge would change."""
    own, other = dict(moving.counts(kept)), dict(moving.counts(merged))
    counts = [(label, own.get(label, 0), other.get(label, 0)) for label in dict.fromkeys([*other, *own])]
    same_parks = set(kept.parks.values_list("name", flat=True)) & set(
        merged.parks.values_list("name", flat=True)
    )
    return {"counts": counts, "days": merges.double_days(kept, merged), "same_parks": sorted(same_parks)}


def record(merge, user) -> dict:
    """What is known of a merge in its present state: both sides while it waits, the outcome once it is done."""
    found = {"tone": TONES[merge.state], "steps": _steps(merge), "at": _at(merge)}
    if merge.state == MergeState.PROPOSED:
        found |= {"rows": _picked(merge, user), **sides(merge.kept, merge.merged)}
    elif merge.state != MergeState.DECLINED:
        found |= {"taken": _taken(merge, user), **merge.outcome}
    return found


def _visible(field, user):
    return field.name not in BANK or permissions.can_view_bank(user)


def _picked(merge, user):
    return [
        {
            "label": field.verbose_name,
            "kept": kept,
            "merged": merged,
            "differs": differs,
            "picked": merge.picks.get(field.name, uniting.KEPT) if differs else "",
        }
        for field, kept, merged, differs in uniting.both_sides(merge.kept, merge.merged)
        if _visible(field, user)
    ]


def _taken(merge, user):
    """(label, old, new) of the kept unit's fields that the merge changed, as people read them."""
    fields = {f.attname: f for f in uniting.plain_fields(Organization) if _visible(f, user)}
    label, pk = Organization._meta.label, merge.kept_id
    return [
        (fields[name].verbose_name, *(as_read(fields[name], value) for value in pair))
        for step in merge.effects.get("steps", ())
        if step["do"] == "change" and (step["model"], step["pk"]) == (label, pk)
        for name, pair in step["fields"].items()
        if name in fields
    ]


def _steps(merge):
    words = ["提出", "另一位同事确认", "已合并"]
    return [*words, "撤销"] if merge.state in (MergeState.UNDO_ASKED, MergeState.UNDONE) else words


def _at(merge):
    return {
        MergeState.PROPOSED: 2, MergeState.DECLINED: 2, MergeState.DONE: 4, MergeState.UNDO_ASKED: 4, MergeState.UNDONE: 5,
    }[merge.state]  # fmt: skip
