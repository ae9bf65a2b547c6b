"""A number that changes with every verb: what was counted under an older number is counted again."""

from django.core.cache import cache
from django.db import transaction

KEY = "house.stamp"


def current() -> int:
    """The present number; 0 where the cache is empty or away."""
    return cache.get(KEY, 0)


def bump_after_commit():
    """Ask for a new number when the present transaction has been committed."""
    transaction.on_commit(_bump, robust=True)


def _bump():
    cache.add(KEY, 0, timeout=None)
    cache.incr(KEY)
