"""The words in which one agrees that a number is told to the other unit; a row of consent keeps them and their version."""

VERSION = "2026-11"
UNLOCKED = "对方也同意以后，协会把{name}的姓名、手机和邮箱提供给“{receiver}”，只用于联系这一项对接；随时可以撤回，撤回以后对方不再看得到。"


def wording(*, name: str, receiver: str) -> str:
    """What is agreed to, with the person's name and the unit that gets to know."""
    return UNLOCKED.format(name=name, receiver=receiver)


def tick(receiver: str) -> str:
    """The same on the form, where the person is still being chosen."""
    return f"我同意：{wording(name='所选联系人', receiver=receiver)}"
