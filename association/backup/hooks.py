"""What apps do about backups: notes kept beside them, newer than any one of them, and what is done after a restore.

An app registers in its own `backups.py`, found when Django starts.
"""

from collections.abc import Callable
from pathlib import Path

_after: list[Callable] = []
_beside: list[Callable] = []


def after_restore(action):
    """Register `action(folder, tell)`: called with the restored backup's folder once the house stands again."""
    _after.append(action)
    return action


def kept_beside(action):
    """Register `action(folder)`: called with the folder of all backups whenever one was made."""
    _beside.append(action)
    return action


def after_restore_of(folder: Path, *, tell) -> None:
    for action in _after:
        action(folder, tell)


def beside(folder: Path) -> None:
    for action in _beside:
        action(folder)
