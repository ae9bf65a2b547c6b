"""The table of rights: every named question asked for an invented holder of every role. Nothing in it is written down
by hand, so that paper and house cannot differ.

Apps register further holders, and the records that questions of theirs are asked about, in their own `matrix.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from django.contrib.auth.models import AnonymousUser

from association.choices import Role
from association.models import User
from association.permissions import Question, questions


@dataclass(frozen=True)
class Holder:
    """A column of the table. `records` gives, by kind, what the questions are asked about in place of the usual record."""

    label: str
    make: Callable
    records: dict = field(default_factory=dict)


_holders: list[Holder] = []
_records: dict[str, tuple[Callable, Callable]] = {}


def holder(label: str, make: Callable, **records):
    """Register a column: `make()` gives an account that was never stored, with what it holds."""
    _holders.append(Holder(label, make, records))


def record(kind: str, make: Callable, prepare: Callable):
    """Register the record that questions `of` this kind are asked about; `prepare(user)` says that by itself an account
    has nothing to do with it, so that the database need not be asked."""
    _records[kind] = (make, prepare)


def person_with(*roles) -> User:
    """An account that was never stored, holding these duties in the association."""
    user = User(full_name="某人")
    user._current_roles = frozenset(roles)
    return user


def holders() -> list[Holder]:
    """The columns: visitor, account without duty, each duty in the association, then those of the apps."""
    own = [Holder("访客", AnonymousUser), Holder("无职责账号", person_with)]
    own += [Holder(role.label, lambda role=role: person_with(role)) for role in Role]
    return own + _holders


def may(question: Question, holder: Holder) -> bool:
    """Whether a holder may do what the question allows. Raises KeyError for a kind of record nobody registered."""
    user = holder.make()
    for _, prepare in _records.values():
        prepare(user)
    if not question.of:
        return bool(question.ask(user))
    make = holder.records.get(question.of) or _records[question.of][0]
    return bool(question.ask(user, make()))


@cache
def table() -> list[tuple]:
    """(group, rows) of the whole table, a row being (question, [may, …] in the order of `holders()`)."""
    groups: dict[str, list] = {}
    for question in questions:
        row = (question, [may(question, holder) for holder in holders()])
        groups.setdefault(question.group, []).append(row)
    return list(groups.items())


def roles_for(*asked) -> list[Role]:
    """The duties whose holders may do all that the questions `asked` (functions of the person alone) allow."""
    return [role for role in Role if all(ask(person_with(role)) for ask in asked)]
