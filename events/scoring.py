"""Pure: what reviewers' marks come to (domain 5.6: at least three reviewers, none dropped, the mean to one decimal).

The four criteria and their weights are ours and no rule's; whoever changes them changes past scores with them, because
scores are worked out from the marks and stored nowhere.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

# name of the mark → weight in percent
WEIGHTS = {"novelty": 30, "fit": 30, "readiness": 20, "reach": 20}
LEAST_REVIEWS = 3
TENTH = Decimal("0.1")


def weighted(marks: Mapping[str, int]) -> Decimal:
    """One review's marks of 0 to 100, weighted; exact, not rounded."""
    return sum((Decimal(weight * marks[name]) for name, weight in WEIGHTS.items()), Decimal(0)) / 100


def rounded(score: Decimal) -> Decimal:
    """To one decimal, half up: 84.25 is 84.3."""
    return score.quantize(TENTH, rounding=ROUND_HALF_UP)


def mean(scores: Iterable[Decimal]) -> Decimal | None:
    """The mean of all reviews to one decimal, rounded once at the end; None without any."""
    found = list(scores)
    return rounded(sum(found, Decimal(0)) / len(found)) if found else None
