"""What must be true of the records at any moment, each said in one sentence and looked for in the database.

An app declares its invariants in its own `integrity.py`, found when Django starts; `manage.py verify_integrity` asks
them all, and so do the restore of a backup and the tests of faults.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from django.db import DatabaseError, connection, transaction

# A broken rule may be broken a hundred thousand times over; so many of its cases are named.
MOST = 20
STATEMENT_TIMEOUT = "10min"


class NotNow(Exception):
    """The question cannot be asked here and now, for the reason given."""


@dataclass(frozen=True)
class Invariant:
    """`offenders()` gives, as short texts, the rows or files for which the sentence is not true, at best none."""

    key: str
    sentence: str
    offenders: Callable[[], Iterable[str]]
    reads_files: bool = False


@dataclass(frozen=True)
class Finding:
    """What asking one invariant gave: the offenders named (at most MOST, `more` when there are further ones), or the
    reason why it was not asked."""

    invariant: Invariant
    offenders: list[str] = field(default_factory=list)
    more: bool = False
    skipped: str = ""
    seconds: float = 0.0

    @property
    def is_broken(self) -> bool:
        return bool(self.offenders)


_invariants: dict[str, Invariant] = {}


def invariant(key: str, sentence: str, *, reads_files: bool = False):
    """Register the decorated function as the one that looks for what breaks the sentence.

    With `reads_files` it reads every stored file whole and is asked with `--files` only.
    """

    def register(offenders):
        _invariants[key] = Invariant(key, sentence, offenders, reads_files)
        return offenders

    return register


def invariants() -> list[Invariant]:
    return list(_invariants.values())


def verify(*, files: bool = False, only: Iterable[str] = ()) -> Iterable[Finding]:
    """Ask every invariant, or those named in `only`, all of one moment; gives the findings one by one.

    Nothing is written: inside a transaction of the caller its view is used, else a read-only snapshot is taken.
    """
    chosen = [i for i in invariants() if i.key in set(only)] if only else invariants()
    with _one_moment():
        for asked in chosen:
            if asked.reads_files and not files:
                yield Finding(asked, skipped="要读出每个文件，加 --files 才检查")
            else:
                yield _asked(asked)


@contextmanager
def _one_moment():
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
        yield


def _asked(asked) -> Finding:
    begun = time.monotonic()
    try:
        # A savepoint, so that one question the database refuses does not silence those after it.
        with transaction.atomic():
            found = list(islice(asked.offenders(), MOST + 1))
    except NotNow as reason:
        return Finding(asked, skipped=str(reason))
    except (DatabaseError, OSError) as error:
        found = [f"检查没有做成：{type(error).__name__}: {str(error).strip().splitlines()[0]}"]
    return Finding(asked, found[:MOST], len(found) > MOST, seconds=round(time.monotonic() - begun, 3))


def rows(sql: str, params=()) -> list[str]:
    """The first column of the first rows that `sql` gives, as texts; it needs no LIMIT of its own."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) AS found LIMIT {MOST + 1}", params)
        return [str(row[0]) for row in cursor.fetchall()]
