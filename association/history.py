"""Reading the history that database triggers keep: which fields changed, from what to what."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import OuterRef, Subquery

# Bookkeeping that no reader asks about.
QUIET = {
    "id",
    "version",
    "created_at",
    "updated_at",
    "search_text",
    "pinyin_full",
    "pinyin_initials",
    "stroke_key",
}


@dataclass(frozen=True)
class Change:
    """One field of one record: `label` in Chinese, both values as the field shows them; None when there was none."""

    record: str
    field: str
    label: str
    old: object
    new: object
    event_model: type


def event_models():
    """The history models, one for each tracked model."""
    return [m for m in apps.get_models() if getattr(m, "pgh_tracked_model", None) is not None]


def changes_of(context_id, *, object_filter=None, limit: int = 200) -> list[Change]:
    """The changed fields gathered under one history context, in the order they were written.

    `object_filter(event_model)` gives filter arguments that narrow the rows of a history model, or None to leave
    that model out; a bulk change is shown for one record this way.
    """
    found = []
    for model in event_models():
        narrowed = {} if object_filter is None else object_filter(model)
        if narrowed is None:
            continue
        events = list(model.objects.filter(pgh_context_id=context_id, **narrowed).order_by("pgh_id")[:limit])
        found += _changes(model, events)
    return found[:limit]


def _changes(model, events):
    previous = _previous_events(model, events)
    names = _related_names(model, [*events, *previous.values()])
    for event in events:
        before = previous.get(event.pgh_id)
        if event.pgh_label == "delete":
            before, after = event, None
        else:
            after = event
        yield from _field_changes(model, before, after, names)


def _previous_events(model, events):
    """For each updating event the one before it of the same record, in two queries however many there are."""
    updates = [e.pgh_id for e in events if e.pgh_label == "update"]
    if not updates:
        return {}
    earlier = model.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    last = Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1])
    wanted = dict(model.objects.filter(pgh_id__in=updates).annotate(last=last).values_list("pgh_id", "last"))
    by_id = model.objects.in_bulk([pk for pk in wanted.values() if pk])
    return {pk: by_id[before] for pk, before in wanted.items() if before}


def _related_names(model, rows):
    """(field, key) → the name of the record it points to, a query a field; a record that is gone has none."""
    found = {}
    for field in (f for f in model._meta.concrete_fields if f.is_relation and not f.name.startswith("pgh_")):
        keys = {getattr(row, field.attname) for row in rows} - {None}
        related = field.related_model._base_manager.in_bulk(keys) if keys else {}
        found |= {(field.name, key): str(record) for key, record in related.items()}
    return found


def _field_changes(model, before, after, names):
    tracked = model.pgh_tracked_model
    for field in tracked._meta.concrete_fields:
        if field.name in QUIET or not any(f.name == field.name for f in model._meta.concrete_fields):
            continue
        old = shown(field, before, names)
        new = shown(field, after, names)
        if old != new:
            yield Change(tracked._meta.verbose_name, field.name, field.verbose_name, old, new, model)


def shown(field, row, names):
    """The value of `field` in a history row as a person reads it: labels for choices, names for relations."""
    if row is None:
        return None
    value = getattr(row, field.attname)
    if field.is_relation and value is not None:
        return names.get((field.name, value), f"#{value}")
    return as_read(field, value)


def as_read(field, value):
    """A stored value of a plain `field` as a person reads it: labels for choices, lists joined by 、; None for none."""
    if value in (None, "", []):
        return None
    if field.choices:
        return dict(field.flatchoices).get(value, value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        labels = dict(getattr(getattr(field, "base_field", None), "flatchoices", None) or ())
        return "、".join(str(labels.get(v, v)) for v in value)
    return value
