"""Which records may carry files, and who may see and add them.

An app registers its models in its own `attachments.py`, found when Django starts. Without registration nobody may
see or add anything; what a person may not see does not exist for them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse


@dataclass(frozen=True)
class Policy:
    """`can_see(user, record)` and `can_add(user, record)` are asked of everyone, visitors included. Who may add may
    remove, unless `can_remove(user, record, attachment)` says otherwise. `kinds` are the kinds to choose from; empty
    means that a file needs none; `kinds_for(user, record)` gives them where not everybody chooses from the same. Whoever
    sees the record's files sees them all, unless `can_see_file(user, record, attachment)` says otherwise."""

    can_see: Callable
    can_add: Callable
    kinds: tuple[str, ...] = ()
    can_remove: Callable | None = None
    can_see_file: Callable | None = None
    kinds_for: Callable | None = None


_policies: dict[type, Policy] = {}


def register(model, *, can_see, can_add, kinds=(), can_remove=None, can_see_file=None, kinds_for=None):
    """Let records of `model` carry files."""
    _policies[model] = Policy(can_see, can_add, tuple(kinds), can_remove, can_see_file, kinds_for)


def policy_for(owner) -> Policy | None:
    return _policies.get(type(owner))


def can_see(user, owner) -> bool:
    """Whether the person may see the files of the record; a record that is gone shows them to nobody."""
    policy = policy_for(owner)
    return policy is not None and bool(policy.can_see(user, owner))


def can_see_file(user, owner, attachment) -> bool:
    """Whether the person may see this one file of the record."""
    if not can_see(user, owner):
        return False
    question = policy_for(owner).can_see_file
    return question is None or bool(question(user, owner, attachment))


def kinds_for(user, owner) -> tuple[str, ...]:
    """The kinds that the person chooses from for a file of the record."""
    policy = policy_for(owner)
    return tuple(policy.kinds_for(user, owner)) if policy.kinds_for else policy.kinds


def can_add(user, owner) -> bool:
    """Whether the person may add files to the record; never without seeing them."""
    return can_see(user, owner) and bool(policy_for(owner).can_add(user, owner))


def can_remove(user, owner, attachment) -> bool:
    """Whether the person may take this file off the record."""
    if not can_add(user, owner) or not can_see_file(user, owner, attachment):
        return False
    question = policy_for(owner).can_remove
    return question is None or bool(question(user, owner, attachment))


def find_owner(user, content_type_id: int, object_id: int):
    """The record that a person may see with its files, or None."""
    content_type = ContentType.objects.filter(pk=content_type_id).first()
    model = content_type.model_class() if content_type else None
    if model not in _policies:
        return None
    owner = model._base_manager.filter(pk=object_id).first()
    return owner if can_see(user, owner) else None


def address(attachment, which: str = "download") -> str:
    """Where a page lets a person open the file, or its `thumbnail`.

    Always at the main address, which asks for the right at that moment and leads on to the uploads address where there
    is one: a signed link written into a page would be stale on a page left open.
    """
    return reverse(f"association:{which}", args=[attachment.key])
