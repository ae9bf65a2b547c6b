"""Reading much at one moment: chunks loaded ahead by threads that all see the database as it was at the start."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, transaction

# Two readers keep the database busy while the writer works; a third would only wait for the others.
READERS = 2


def load_ahead(load: Callable, chunks: Iterable) -> Iterator:
    """`load(chunk)` for every chunk, in order, loaded ahead in threads with connections of their own.

    All readers share one snapshot, so that a file written from the chunks shows one moment, however long it takes.
    Inside a transaction of the caller the chunks are loaded one by one in that transaction: what it has written
    is seen by nobody else.
    """
    if connection.in_atomic_block:
        yield from map(load, chunks)
        return
    with _snapshot() as name, ThreadPoolExecutor(READERS) as pool:
        waiting = deque()
        try:
            for chunk in chunks:
                waiting.append(pool.submit(_load, load, chunk, name))
                if len(waiting) > READERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def _snapshot():
    """Hold a transaction open on this thread's connection and give the name of its snapshot."""
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor.fetchone()[0]
    finally:
        holder.close()


def _load(load, chunk, name):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [name])
            # A chunk is a few per cent of a table that lies in memory: reading by index beats reading it all.
            cursor.execute("SET LOCAL random_page_cost = 1.1")
            return load(chunk)
    finally:
        connection.close()
