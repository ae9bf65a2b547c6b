"""Checksums of tables and files, by which a restored house is compared with the one that was saved."""

import hashlib
from pathlib import Path

from django.db import connection

# The text of a row depends on these; they are the same at both ends.
PINNED = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = 0"


def of_tables() -> dict[str, list]:
    """For each table [number of rows, checksum of its content]; inside a transaction, as it sees them."""
    with connection.cursor() as cursor:
        cursor.execute(PINNED)
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        names = [name for (name,) in cursor.fetchall()]
        return {name: _of_table(cursor, name) for name in names}


def _of_table(cursor, name):
    quoted = connection.ops.quote_name(name)
    cursor.execute(f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {quoted} t")
    return list(cursor.fetchone())


def of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def written_as_list(sums: dict[str, str]) -> str:
    """Names and checksums as `sha256sum -c` reads them."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def read_list(text: str) -> dict[str, str]:
    """The opposite; raises ValueError for anything else, such as a name that leads out of the folder."""
    sums = {}
    for line in text.splitlines():
        checksum, name = line[:64], line[66:]
        parts = Path(name).parts
        if line[64:66] != "  " or not parts or name.startswith("/") or ".." in parts:
            raise ValueError(line)
        sums[name] = checksum
    return sums
