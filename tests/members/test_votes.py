"""Quorum and majority by the worked examples of domain 2.2."""

import pytest

from members import votes
from members.votes import ASSEMBLY, COUNCIL, HALF, MORE_THAN_HALF, TWO_THIRDS


@pytest.mark.parametrize(
    ("share", "total", "least"),
    [
        (TWO_THIRDS, 86, 58), (TWO_THIRDS, 105, 70), (HALF, 70, 35), (MORE_THAN_HALF, 70, 36), (TWO_THIRDS, 70, 47),
        (HALF, 80, 40), (MORE_THAN_HALF, 80, 41), (TWO_THIRDS, 80, 54), (TWO_THIRDS, 1, 1), (HALF, 0, 0),
    ],
)  # fmt: skip
def test_the_least_number_that_reaches_a_share(share, total, least):
    assert share.least(total) == least
    assert (share.met(least, total), share.met(least - 1, total)) == (True, False)


def test_least_and_met_agree_for_every_house():
    shares = [TWO_THIRDS, HALF, MORE_THAN_HALF]
    for total in range(1, 200):
        for share in shares:
            assert [n for n in range(total + 1) if share.met(n, total)] == list(
                range(share.least(total), total + 1)
            )


def test_two_thirds_of_105_are_exactly_70():
    """A share written as 0.667 would ask for 71."""
    assert (ASSEMBLY.may_decide(70, 105), ASSEMBLY.may_decide(69, 105)) == (True, False)


def test_council_and_assembly_differ_in_what_passes():
    assert (COUNCIL.passes(46, 70), COUNCIL.passes(47, 70)) == (False, True)
    assert (ASSEMBLY.passes(34, 70), ASSEMBLY.passes(35, 70)) == (False, True)
    assert votes.COUNCIL.may_decide(20, 30)
