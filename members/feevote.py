"""Whether a vote of the assembly adopts a fee standard, in whole numbers (domain 2.1 a, 2.2).

“以上” includes the number: two thirds of the members are present or more, half of those present are in favour or more.
Abstentions and invalid ballots stay among those present.
"""


def quorum(eligible: int) -> int:
    """The fewest members that must be present: of 86 it is 58, of 105 it is 70."""
    return -(-2 * eligible // 3)


def majority(present: int) -> int:
    """The fewest votes in favour: of 70 present it is 35, of 81 it is 41."""
    return -(-present // 2)


def is_quorate(eligible: int, present: int) -> bool:
    return 3 * present >= 2 * eligible


def is_carried(present: int, in_favour: int) -> bool:
    return 2 * in_favour >= present


def objection(eligible: int, present: int, in_favour: int) -> str:
    """Why this vote does not adopt a standard, in one sentence; empty when it does."""
    if min(eligible, present) < 1 or in_favour < 0:
        return "应到、实到人数应大于零，同意票数不能为负。"
    if present > eligible:
        return f"实到 {present} 家多于应到 {eligible} 家，请核对。"
    if in_favour > present:
        return f"同意 {in_favour} 票多于实到 {present} 家，请核对。"
    if not is_quorate(eligible, present):
        return (
            f"应到 {eligible} 家，须三分之二以上（{quorum(eligible)} 家）出席，实到 {present} 家，表决无效。"
        )
    if not is_carried(present, in_favour):
        return f"实到 {present} 家，须半数以上（{majority(present)} 票）同意，同意 {in_favour} 票，没有通过。"
    return ""
