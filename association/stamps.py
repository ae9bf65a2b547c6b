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


def current_for(user_pk: int) -> str:
    """The present mark of the house together with the person's own, which changes with what they are told."""
    own = _own(user_pk)
    found = cache.get_many([KEY, own])
    return f"{found.get(KEY) or current()}.{found.get(own, '')}"


def _own(user_pk):
    return f"{KEY}.{user_pk}"


def counted(name: str, count: Callable, *, exact: bool = False, user_pk: int | None = None):
    """`count()`, a number or several by name, kept for five minutes, until the next verb or until midnight, whichever
    is soonest; with `user_pk` also until the person is told something.

    One round trip to the cache, because menus and to-dos ask on every page. A count that took long is kept for the
    whole five minutes: in a very large house it must not be made again after every change; unless it has to be `exact`.
    """
    key = f"counted.{name}.{localdate()}"
    own = _own(user_pk)
    found = cache.get_many([KEY, key] if user_pk is None else [KEY, key, own])
    stamp, kept = f"{found.get(KEY) or current()}.{found.get(own, '')}", found.get(key)
    if kept is not None and kept[0] in (stamp, ANY):
        return kept[1]
    start = time.monotonic()
    number = count()
    is_slow = time.monotonic() - start > SLOW and not exact
    cache.set(key, (ANY if is_slow else stamp, number), KEPT)
    return number


def bump_after_commit():
    """Ask for a new mark when the present transaction has been committed."""
    transaction.on_commit(bump, robust=True)


def bump_people_after_commit(pks):
    """Ask for new marks of these persons alone when the present transaction has been committed: what others look at
    has not changed."""
    transaction.on_commit(lambda: _bump_people(pks), robust=True)


def _bump_people(pks):
    # Kept for longer than anything that was made under the mark before it.
    cache.set_many({_own(pk): secrets.token_hex(8) for pk in pks}, timeout=2 * KEPT)


def bump():
    """Put a new mark in the place of the present one."""
    cache.set(KEY, secrets.token_hex(8), timeout=None)
