"""Of two transactions that would tell the same thing, the second waits and then sees what the first has written."""

from django.db import connection


def alone(kind: str, key: str) -> None:
    """Hold the key of one thing to tell until the transaction ends; others of the same kind go on beside it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0)), "
            "pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [kind, key],
        )


def alone_of_kind(kind: str) -> None:
    """Hold every key of a kind until the transaction ends: one lock, where a thousand would fill the lock table.

    Not to be taken after `alone` in one transaction: two that do so would wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [kind])
