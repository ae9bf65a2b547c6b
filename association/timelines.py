"""Timelines: which apps let whom see what changed in which record.

An app registers each model that has a timeline: who may see a record, which history rows belong to it, and which
fields a person may read. Without registration nobody sees anything.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType

from association.history import changes_of


@dataclass(frozen=True)
class Timeline:
    """`find(user, pk)` gives the record or None; `rows(record, event_model)` gives filter arguments or None;
    `may_read(user, record, change)` decides field by field, `may_know(user, record, activity)` whether the person
    may know of what was done at all."""

    find: Callable
    rows: Callable
    may_read: Callable
    may_know: Callable


_timelines: dict[type, Timeline] = {}


def _anybody(user, record, activity) -> bool:
    return True


def register(model, *, find, rows, may_read, may_know=_anybody):
    _timelines[model] = Timeline(find, rows, may_read, may_know)


def changes_for(user, activity, content_type_id, object_id):
    """Changes of `activity` in one record as the person may read them; None when they may not know of it."""
    content_type = ContentType.objects.filter(pk=content_type_id).first()
    timeline = _timelines.get(content_type.model_class()) if content_type else None
    record = timeline.find(user, object_id) if timeline else None
    if record is None or not timeline.may_know(user, record, activity):
        return None
    found = changes_of(activity.context_id, object_filter=lambda model: timeline.rows(record, model))
    return [change for change in found if timeline.may_read(user, record, change)]
