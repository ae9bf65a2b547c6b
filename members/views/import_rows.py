"""The rows of an import batch as a person may read them."""

from association.choices import ImportState, RowResult
from association.columns import Tier, masked
from association.importing import phrase_of
from association.listing import Pill
from members import permissions
from members.columns import ROSTER

ROWS_PAGE = 50
TONES = {RowResult.ERROR: "late", RowResult.UPDATE: "info", RowResult.NEW: "good", RowResult.SAME: ""}
RESULTS = {"error": RowResult.ERROR, "update": RowResult.UPDATE, "new": RowResult.NEW, "same": RowResult.SAME}
ORDER = ("new", "update", "same", "error")


class shown_rows:
    """The rows of a batch, sliced by the paginator; each as a dict for the template."""

    def __init__(self, batch, result, user):
        chosen = RESULTS.get(result)
        self.queryset = batch.rows.defer("operations") if chosen is None else batch.rows.filter(result=chosen)
        self.total = _counts(batch)[chosen] if chosen is not None else batch.total
        self.sees_contacts = permissions.can_view_contacts(user)
        self.tiers = permissions.tiers(user)
        # What a row would become is the past once the import has been taken back.
        self.linked = batch.state != ImportState.UNDONE

    def count(self):
        return self.total

    def __len__(self):
        return self.total

    def __getitem__(self, place):
        return [self._shown(row) for row in self.queryset[place]]

    def _shown(self, row):
        return {
            "number": row.number,
            "title": row.title,
            "target": row.target if self.linked or row.result != RowResult.NEW else None,
            "found_by": row.found_by,
            "word": row.get_result_display(),
            "tone": TONES[row.result],
            "summary": row.summary,
            "errors": [phrase_of(error) for error in row.errors],
            "differences": [d for d in map(self._difference, row.differences) if d] if not row.errors else [],
        }

    def _difference(self, difference):
        """(label, old, new): personal numbers masked, columns of other tiers only named."""
        key, old, new, note = difference
        column = ROSTER.by_key.get(key)
        if column is None:
            return None
        label = f"{note}{column.header}"
        if column.tier not in self.tiers:
            return label, "", "（无权查看）"
        if column.tier is Tier.CONTACT and not self.sees_contacts:
            old, new = masked(old), masked(new)
        return label, old, new


def _counts(batch):
    return {
        RowResult.ERROR: batch.error_count,
        RowResult.UPDATE: batch.update_count,
        RowResult.NEW: batch.new_count,
        RowResult.SAME: batch.same_count,
    }


def row_filters(batch, chosen) -> list[dict]:
    """The four figures, each the way to its rows and, when chosen, back to all."""
    counts = _counts(batch)
    skipped = "没有导入" if batch.is_applied else "不会导入"
    notes = {
        "update": f"共 {batch.difference_count:,} 处不同" if batch.difference_count else "",
        "error": skipped if batch.error_count else "",
    }
    return [
        {
            "number": counts[RESULTS[key]],
            "label": RESULTS[key].label,
            "note": notes.get(key, ""),
            "url": "?" if key == chosen else f"?result={key}",
            "late": key == "error" and batch.error_count > 0,
        }
        for key in ORDER
    ]


def pills(chosen, path) -> list[Pill]:
    """The result by which the rows are narrowed down, to be taken away again."""
    return [Pill("结果", RESULTS[chosen].label, path)] if chosen in RESULTS else []


def batch_figures(batch) -> list[tuple]:
    """The four figures of a batch in the list; none where nothing was found out or the rows are gone."""
    if batch.checked_at is None or batch.state in (ImportState.REFUSED, ImportState.DISCARDED):
        return []
    counts = _counts(batch)
    return [(RESULTS[key].label, counts[RESULTS[key]]) for key in ORDER]
