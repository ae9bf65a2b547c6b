"""A number that changes with every verb: what was counted under an older number is counted again."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import transaction
from django.utils.timezone import localdate

KEY = "house.stamp"
KEPT = 300


def current() -> int:
    """The present number; 0 where the cache is empty or away."""
    return cache.get(KEY, 0)


def counted(name: str, count: Callable[[], int]) -> int:
    """`count()`, kept for five minutes, until the next verb or until midnight, whichever is soonest.

    One round trip to the cache, because menus and to-dos ask on every page.
    """
    key = f"counted.{name}.{localdate()}"
    found = cache.get_many([KEY, key])
    stamp, kept = found.get(KEY, 0), found.get(key)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    number = count()
    cache.set(key, (stamp, number), KEPT)
    return number


def bump_after_commit():
    """Ask for a new number when the present transaction has been committed."""
    transaction.on_commit(_bump, robust=True)


def _bump():
    cache.add(KEY, 0, timeout=None)
    cache.incr(KEY)
