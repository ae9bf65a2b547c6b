"""Scores of projects: worked examples of weighing and of the mean."""

from decimal import Decimal

import pytest

from events import scoring


def marks(novelty, fit, readiness, reach):
    return {"novelty": novelty, "fit": fit, "readiness": readiness, "reach": reach}


def test_weights_make_a_hundred():
    assert sum(scoring.WEIGHTS.values()) == 100


@pytest.mark.parametrize(
    ("given", "score"),
    [
        (marks(100, 100, 100, 100), "100"),
        (marks(0, 0, 0, 0), "0"),
        (marks(80, 90, 70, 60), "77"),  # 24 + 27 + 14 + 12
        (marks(85, 84, 83, 82), "83.7"),  # 25.5 + 25.2 + 16.6 + 16.4
    ],
)
def test_one_reviews_marks_are_weighed_exactly(given, score):
    assert scoring.weighted(given) == Decimal(score)


@pytest.mark.parametrize(
    ("scores", "mean"),
    [
        ([], None),
        (["77"], "77.0"),
        (["77", "83.7", "90"], "83.6"),  # 250.7 / 3 = 83.5666…
        (["84.2", "84.3"], "84.3"),  # 84.25: half up, not to even
        (["84.1", "84.2"], "84.2"),  # 84.15
        (["0", "100", "100"], "66.7"),  # the lowest is not dropped
        (["33.3", "33.3", "33.4"], "33.3"),
    ],
)
def test_the_mean_of_all_to_one_decimal_half_up(scores, mean):
    found = scoring.mean(Decimal(score) for score in scores)
    assert (found and str(found)) == mean
