"""Reads `tests/access.yml` and asks the house as it says."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs

import yaml
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, reverse

PATH = Path(__file__).with_name("access.yml")
METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Row:
    """One line of the table: what each of the people gets for one method at one address."""

    name: str
    method: str
    owner: str
    outcomes: dict

    def __str__(self):
        return f"{self.name} {self.method} {self.owner}"


class Table:
    """The whole file: the people, the rows, the objects that fill addresses, what is asked and sent."""

    def __init__(self, text: str):
        loaded = yaml.safe_load(text)
        self.people = loaded["people"].split()
        self.arguments, self.queries, self.data = loaded["arguments"], loaded["queries"], loaded["data"]
        self.rows = [self._row(line) for line in loaded["rows"]]

    def _row(self, line):
        name, method, owner, *outcomes = line.split()
        if len(outcomes) == 1:
            outcomes *= len(self.people)
        if len(outcomes) != len(self.people):
            raise ValueError(f"{line!r} has {len(outcomes)} outcomes for {len(self.people)} people")
        return Row(name, method, owner, dict(zip(self.people, outcomes, strict=True)))

    def address(self, row, objects) -> str:
        """The address of a row with the objects of its owner in it."""
        words = str(self.arguments.get(row.name, "")).split()
        address = reverse(row.name, args=[objects.get(word, word) for word in words])
        return (
            f"{address}?{self.queries[row.name]}"
            if row.method == "GET" and row.name in self.queries
            else address
        )

    def form(self, row, objects) -> dict:
        """The least data that the form of a row takes, with the objects of its owner in it; a name that is sent several
        times has a list."""
        text = self.data.get(row.name, "x=1").format(**objects)
        found = parse_qs(text, keep_blank_values=True)
        return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def table() -> Table:
    return Table(PATH.read_text("utf-8"))


def url_names(patterns=None, prefix=""):
    """Every name in the URL resolver, with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from url_names(
                pattern.url_patterns, prefix + (f"{pattern.namespace}:" if pattern.namespace else "")
            )
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def outcome(response) -> str:
    """What a person got, in the words of the table."""
    status, target = response.status_code, response.headers.get("Location", "")
    if status in (301, 302, 303) and target.startswith(("/accounts/login/?next=", "/admin/login/?next=")):
        return "signin"
    if status in (301, 302, 303):
        return "to"
    return "ok" if status == 200 else str(status)


def readable(response) -> str:
    """All text of an answer: headers, body, and what lies inside a workbook."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(body)) as workbook:
            body = b"\n".join(workbook.read(name) for name in workbook.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return headers + body.decode("utf-8", "replace")


OURS = re.compile(r"(association|members|events)_")
# Who looked at whose number is noted by looking: an audit trail beside the records, and no state of the house.
NOTED_BY_LOOKING = {"members_contactview"}


def checksum() -> dict:
    """Rows and content of each of our tables, history included; two equal ones mean that nothing was written."""
    names = [n for n in connection.introspection.table_names() if OURS.match(n) and n not in NOTED_BY_LOOKING]
    asked = " UNION ALL ".join(
        f"SELECT '{n}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{n}\" t"
        for n in names
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name: (count, total) for name, count, total in cursor.fetchall()}


def touched() -> dict:
    """How many rows of each of our tables were written in this transaction, undone ones included; the same numbers
    before and after mean that nothing was written. It asks counters, where `checksum` reads every row."""
    asked = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name: number for name, number in cursor.fetchall() if OURS.match(name)}
