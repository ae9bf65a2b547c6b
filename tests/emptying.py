"""Leaving nothing behind after a test that commits: rows are removed from the few tables that have any.

Django truncates every table, which makes a new file for each of some six hundred tables and indexes, and writes
content types and permissions anew; a test leaves a few dozen rows in a few dozen tables.
"""

from django.db import connection
from django.test import TransactionTestCase

# What a migration wrote and no test changes.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def empty() -> None:
    """Remove every row that a test has committed. Triggers that keep history or refuse are asleep meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_asked())
        found = [table for (table,) in cursor.fetchall()]
        if found:
            quiet = "; ".join(f'ALTER TABLE "{t}" DISABLE TRIGGER USER' for t in found)
            loud = "; ".join(f'ALTER TABLE "{t}" ENABLE TRIGGER USER' for t in found)
            removed = "; ".join(f'DELETE FROM "{t}"' for t in found)
            cursor.execute(
                f"BEGIN; SET CONSTRAINTS ALL DEFERRED; {quiet}; {removed}; SET CONSTRAINTS ALL IMMEDIATE; {loud}; COMMIT"
            )


def _asked() -> str:
    """One question that gives the tables with rows; of all tables there are, those of no model included."""
    return " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM \"{t}\")" for t in _tables())


def _tables() -> list[str]:
    if not _known:
        _known.extend(t for t in connection.introspection.table_names() if t not in KEPT)
    return _known


_known: list[str] = []


def instead_of_truncating() -> None:
    TransactionTestCase._fixture_teardown = lambda self: empty()
