"""Quorum and majority in whole numbers, never in fractions of a float (domain 2.2).

“以上” includes the number itself, “过” excludes it: of 70 present 半数以上 are 35, 过半数 are 36.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """`part`/`whole` of a number, the exact share itself included unless `inclusive` is off."""

    part: int
    whole: int
    inclusive: bool = True

    def met(self, count: int, total: int) -> bool:
        """Whether `count` of `total` reach the share."""
        left, right = self.whole * count, self.part * total
        return left >= right if self.inclusive else left > right

    def least(self, total: int) -> int:
        """The smallest count that reaches the share of `total`."""
        if self.inclusive:
            return -(-self.part * total // self.whole)
        return self.part * total // self.whole + 1


TWO_THIRDS = Share(2, 3)
HALF = Share(1, 2)
MORE_THAN_HALF = Share(1, 2, inclusive=False)


@dataclass(frozen=True)
class Rule:
    """What a body needs to decide: `quorum` of all who have a seat, and `passing` of those present. Who abstains or
    votes invalidly is present nevertheless."""

    quorum: Share
    passing: Share

    def may_decide(self, present: int, seats: int) -> bool:
        return self.quorum.met(present, seats)

    def passes(self, in_favour: int, present: int) -> bool:
        return self.passing.met(in_favour, present)


COUNCIL = Rule(TWO_THIRDS, TWO_THIRDS)
ASSEMBLY = Rule(TWO_THIRDS, HALF)
