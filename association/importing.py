"""What an app lets in from workbooks: it registers a plan; the kernel keeps the batches and knows no business.

An app registers its plan in its `tasks.py`, together with the background functions that run it.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.core.cache import cache

from association.choices import RowResult

PROGRESS_KEPT = 3600
BETWEEN_STEPS = 0.3


class Outdated(Exception):
    """The records are no longer as they were when the batch was checked (or applied); `sentence` says where."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(slots=True)
class StagedRow:
    """One row as it was checked.

    `differences` are (column key, old text, new text); `errors` are (header or "", message); `operations` is what
    the plan will do, in JSON; `fingerprint` stands for the state of `target` on which all this relies.
    """

    number: int
    result: int = RowResult.SAME
    title: str = ""
    found_by: str = ""
    summary: str = ""
    differences: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    operations: dict = field(default_factory=dict)
    target: int | None = None
    fingerprint: str = ""


@dataclass(slots=True)
class Checked:
    """The answer of a plan: the rows, the keys of the columns it used, and what the person should know."""

    rows: list[StagedRow]
    columns: list[str]
    notes: list[str]


@dataclass(slots=True)
class Applied:
    """What applying left behind: how to take it back, in JSON, and the record that each new row became."""

    effects: dict
    targets: dict[int, int]


@dataclass(frozen=True)
class ImportPlan:
    """How one kind of record comes in.

    `allowed(user)` says who may import it, `columns_for(user)` which columns they may see, by key.
    `check(sheet, user, progress) -> Checked` changes nothing and may raise WorkbookRefused.
    `apply(rows, by, progress) -> Applied` runs in the kernel's transaction and may raise Outdated.
    `undo(effects, by, since) -> None` likewise; `since` is the last activity of the import itself.
    `check_job`, `apply_job` and `undo_job` name the background functions that call the kernel's verbs.
    """

    key: str
    label: str
    unit: str
    allowed: Callable
    headers: Callable[[], Iterable[str]]
    columns_for: Callable
    check: Callable
    apply: Callable
    undo: Callable
    check_job: str
    apply_job: str
    undo_job: str


_plans: dict[str, ImportPlan] = {}


def register(plan: ImportPlan) -> ImportPlan:
    _plans[plan.key] = plan
    return plan


def plan(key: str) -> ImportPlan:
    """The registered plan; raises KeyError for a key that nobody registered."""
    return _plans[key]


def allowed_keys(user) -> list[str]:
    """Keys of the plans that the person may import with, and so whose batches they may see."""
    return [key for key, plan in _plans.items() if plan.allowed(user)]


class Progress:
    """How far a batch has come. Kept in the cache: what a transaction writes nobody sees before its end."""

    def __init__(self, batch_id: int):
        self.batch_id, self.last = batch_id, 0.0

    def step(self, label: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done and how much of it is; said at most three times a second, except at the ends."""
        now = time.monotonic()
        if 0 < done < total and now - self.last < BETWEEN_STEPS:
            return
        self.last = now
        cache.set(_progress_key(self.batch_id), {"label": label, "done": done, "total": total}, PROGRESS_KEPT)


def progress_of(batch_id: int) -> dict:
    """`label`, `done` and `total` as last said; an empty label where nothing was said yet or the cache is away."""
    return cache.get(_progress_key(batch_id)) or {"label": "", "done": 0, "total": 0}


def _progress_key(batch_id):
    return f"import.{batch_id}.progress"


def sentence_of(number: int, error) -> str:
    """An error as a sentence: 第12行「统一社会信用代码」校验位错误，应为 T."""
    return f"第{number}行{phrase_of(error)}"


def phrase_of(error) -> str:
    header, message = error
    return f"「{header}」{message}" if header else message
