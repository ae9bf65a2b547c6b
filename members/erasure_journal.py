"""Which people were erased, by key alone, in a file beside the database.

A backup made before an erasure knows nothing of it. The file lies outside the database and a copy of it beside the
backups, so that whoever restores an old one has it erased again.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

NAME = "erasures.jsonl"


@dataclass(frozen=True)
class Entry:
    """The keys of one erased person, and when: whoever bears such a key and came later is somebody else."""

    contact: int | None
    user: int | None
    at: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def entry_of(erasure) -> Entry:
    return Entry(erasure.contact_key, erasure.user_key, erasure.at.isoformat())


def read(path: Path) -> list[Entry]:
    """The entries of a journal in the order they were made; none when there is no file. A torn last line is passed over."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [entry for line in lines if (entry := _read(line))]


def _read(line) -> Entry | None:
    try:
        said = json.loads(line)
        entry = Entry(said["contact"], said["user"], said["at"])
        return entry if entry.moment.tzinfo else None
    except (ValueError, KeyError, TypeError):
        return None


def write(path: Path, entries) -> None:
    """Put the journal in the place of the former one, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    text = "".join(json.dumps(asdict(entry)) + "\n" for entry in entries)
    draft.write_text(text, "utf-8")
    draft.chmod(0o600)
    draft.replace(path)


def add(entries) -> list[Entry]:
    """Add what the house's own journal lacks; gives all of it."""
    known = read(settings.ERASURE_JOURNAL)
    merged = list(dict.fromkeys([*known, *entries]))
    if merged != known:
        write(settings.ERASURE_JOURNAL, merged)
    return merged
