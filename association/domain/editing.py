"""Editing a record that others may be editing too: the version guard."""

from association.errors import Refused
from association.history import as_read


class Conflict(Refused):
    """Somebody else saved the record meanwhile. `differences` lists (label, their value, own value) in words."""

    def __init__(self, record, differences):
        super().__init__("这条记录刚被别人改过，你的修改没有保存。请对照下面两栏，重新确认。", status=409)
        self.record, self.differences = record, differences


def locked(record, version: int, changes: dict):
    """The record, locked for the rest of the transaction.

    Raises Conflict, with both values of every field of `changes` that differs, when its stored version is not
    `version`: never does the last one to save win in silence.
    """
    stored = type(record)._base_manager.select_for_update(of=("self",)).get(pk=record.pk)
    if stored.version == version:
        return stored
    fields = {
        name: stored._meta.get_field(name) for name in changes if getattr(stored, name) != changes[name]
    }
    raise Conflict(
        stored,
        [
            (field.verbose_name, as_read(field, getattr(stored, name)), as_read(field, changes[name]))
            for name, field in fields.items()
        ],
    )


def changed_fields(record, changes: dict) -> dict:
    """The part of `changes` that differs from what the record holds."""
    return {name: value for name, value in changes.items() if getattr(record, name) != value}


def store(record, changes: dict):
    """Write `changes` into a locked record and count its version up."""
    for name, value in changes.items():
        setattr(record, name, value)
    record.version += 1
    record.save(update_fields=[*changes, "version", "updated_at"])
    return record


def labels(record, names) -> str:
    """The Chinese names of fields, joined by 、 for a sentence; the first six when there are many."""
    found = [str(record._meta.get_field(name).verbose_name) for name in names]
    return "、".join(found[:6]) + (f"等 {len(found)} 项" if len(found) > 6 else "")
