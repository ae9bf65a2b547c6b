"""A mark that changes with every verb: what was kept under an older mark is made again."""

import secrets
import time
from collections.abc import Callable

from django.core.cache import cache
from django.db import transaction
from django.utils.timezone import localdate

KEY = "house.stamp"
KEPT = 300
SLOW = 0.3
ANY = "any"


def current() -> str:
    """The present mark. Where the cache is away it is new each time, so that nothing is found under it."""
    mark = cache.get(KEY)
    if mark is None:
        # Chosen by chance, never counted up: after a lost cache no mark of before may come again.
        cache.add(KEY, secrets.token_hex(8), timeout=None)
        mark = cache.get(KEY)
    return mark or secrets.token_hex(8)


def counted(name: str, count: Callable, *, exact: bool = False):
    """`count()`, a number or several by name, kept for five minutes, until the next verb or until midnight, whichever
    is soonest.

    One round trip to the cache, because menus and to-dos ask on every page. A count that took long is kept for the
    whole five minutes: in a very large house it must not be made again after every change; unless it has to be `exact`.
    """
    key = f"counted.{name}.{localdate()}"
    found = cache.get_many([KEY, key])
    stamp, kept = found.get(KEY), found.get(key)
    if kept is not None and kept[0] in (stamp, ANY):
        return kept[1]
    stamp = stamp or current()
    start = time.monotonic()
    number = count()
    is_slow = time.monotonic() - start > SLOW and not exact
    cache.set(key, (ANY if is_slow else stamp, number), KEPT)
    return number


def bump_after_commit():
    """Ask for a new mark when the present transaction has been committed."""
    transaction.on_commit(bump, robust=True)


def bump():
    """Put a new mark in the place of the present one."""
    cache.set(KEY, secrets.token_hex(8), timeout=None)
