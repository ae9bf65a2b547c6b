"""Which postings fit one another: pure, on plain facts; the reasons say why one stands before another.

Weights are ours and no rule's; the secretariat chooses, this only puts the likely ones first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from association.chinese import normalise

SAME_EVENT, SAME_DISTRICT, SAME_BUDGET, NEAR_BUDGET, A_WORD, MOST_WORDS = 30, 15, 20, 8, 4, 5
OPPOSITE = {"demand": "supply", "supply": "demand"}


@dataclass(frozen=True)
class Facts:
    """A posting as far as it matters here. `budget` is the band's place from the smallest, None where none is named."""

    key: int
    kind: str
    category: str
    unit: int
    district: str
    budget: int | None
    event: int | None
    words: str
    valid_to: date


@dataclass(frozen=True)
class Ranked:
    facts: Facts
    points: int
    reasons: tuple[str, ...]


def rank(wanted: Facts, others: Iterable[Facts], *, today: date) -> list[Ranked]:
    """Those of `others` that may answer `wanted`, the likeliest first: the opposite kind, the same category, another
    unit, still valid. Of equal ones the one that stays valid longer comes first, then the older one."""
    fitting = [_ranked(wanted, other) for other in others if _fits(wanted, other, today)]
    return sorted(fitting, key=lambda r: (-r.points, -r.facts.valid_to.toordinal(), r.facts.key))


def _fits(wanted, other, today) -> bool:
    return (
        other.kind == OPPOSITE[wanted.kind]
        and other.category == wanted.category
        and other.unit != wanted.unit
        and other.valid_to >= today
    )


def _ranked(wanted, other) -> Ranked:
    found = []
    if wanted.event and wanted.event == other.event:
        found.append((SAME_EVENT, "同一场活动"))
    if wanted.district and wanted.district == other.district:
        found.append((SAME_DISTRICT, "同区"))
    if wanted.budget is not None and other.budget is not None:
        apart = abs(wanted.budget - other.budget)
        if apart < 2:
            found.append((NEAR_BUDGET, "预算接近") if apart else (SAME_BUDGET, "预算相同"))
    if shared := len(pairs(wanted.words) & pairs(other.words)):
        found.append((A_WORD * min(shared, MOST_WORDS), "说法相近"))
    return Ranked(other, sum(points for points, _ in found), tuple(reason for _, reason in found))


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters of a text, without those that hold a mark or a space."""
    letters = normalise(text).lower()
    return {a + b for a, b in pairwise(letters) if a.isalnum() and b.isalnum()}
