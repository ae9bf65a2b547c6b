"""The words in which one agrees that a number is told to the other unit; a row of consent keeps them and their version.

No name stands in them: the row points at the person, and whoever is erased is erased there.
"""

VERSION = "2026-11"
UNLOCKED = "对方也同意以后，协会把所选联系人的姓名、手机和邮箱提供给“{receiver}”，只用于联系这一项对接；随时可以撤回，撤回以后对方不再看得到。"


def wording(receiver: str) -> str:
    """What is agreed to, with the unit that gets to know."""
    return UNLOCKED.format(receiver=receiver)


def tick(receiver: str) -> str:
    """The same as it stands on the form."""
    return f"我同意：{wording(receiver)}"
