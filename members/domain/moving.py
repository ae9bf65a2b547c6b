"""Turning everything that points at one record to another, whatever app it belongs to - and back, exactly.

Which relations there are is read from the models, so that those of future apps come along by themselves.
"""

import json
from collections import Counter, defaultdict

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone

from association.history import event_models
from members.models import DuplicatePair, Merge

# The record of the merging itself tells of both units and must go on doing so.
OF_MERGING = (DuplicatePair, Merge)


def pointers(model) -> list[tuple[type, models.Field]]:
    """Every (model, foreign key) that points at `model`, many-to-many tables included; without history, which must
    say what was, and without what may only be appended to."""
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)) or relation.concrete:
            continue
        holder = relation.related_model
        if holder._meta.managed and not holder._meta.proxy and not is_fixed(holder):
            found.append((holder, relation.field))
    return sorted(found, key=lambda pair: (pair[0]._meta.label, pair[1].name))


def generic_pointers() -> list[tuple[type, GenericForeignKey]]:
    """Every (model, generic foreign key) of the house, but for what may only be appended to."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey) and not is_fixed(model)
    ]


def is_fixed(model) -> bool:
    """Whether rows of the model stay where they are: history, activities, and the record of merging itself."""
    if getattr(model, "pgh_tracked_model", None) is not None or getattr(model, "append_only", False):
        return True
    return model in OF_MERGING


def rows_pointing(record):
    """(model, {field name: value} that finds the rows, {column: new value} for another record) by relation."""
    for model, field in pointers(type(record)):
        yield model, {field.attname: getattr(record, field.target_field.attname)}, _key_change(field)
    for model, field in generic_pointers():
        content_type = ContentType.objects.get_for_model(record)
        which = {f"{field.ct_field}_id": content_type.pk, field.fk_field: record.pk}
        yield model, which, lambda new, name=field.fk_field: {name: new.pk}


def _key_change(field):
    return lambda new: {field.attname: getattr(new, field.target_field.attname)}


def counts(record) -> list[tuple[str, int]]:
    """What points at the record, in words and numbers, the most first."""
    found = Counter()
    for model, which, _ in rows_pointing(record):
        number = model._base_manager.filter(**which).count()
        if number:
            found[str(model._meta.verbose_name)] += number
    return found.most_common()


class Mover:
    """Changes, creates and deletes rows inside a verb and remembers each step, in JSON, in `steps`."""

    def __init__(self):
        self.steps: list[dict] = []
        self.moved: Counter = Counter()
        self.left: list[str] = []
        self.left_keys: list[tuple[str, int]] = []
        self.touched: dict[type, set] = defaultdict(set)

    def change(self, record, **values) -> None:
        """Set columns (foreign keys by their `_id`) of one row; what is so already is no step."""
        before = {name: getattr(record, name) for name in values}
        values = {name: value for name, value in values.items() if before[name] != value}
        if not values:
            return
        type(record)._base_manager.filter(pk=record.pk).update(**values)
        for name, value in values.items():
            setattr(record, name, value)
        self._note(type(record), record.pk, {n: [before[n], v] for n, v in values.items()})

    def _note(self, model, pk, fields):
        self.steps.append({"do": "change", "model": model._meta.label, "pk": pk, "fields": fields})
        self.touched[model].add(pk)

    def create(self, record) -> None:
        record.save(force_insert=True)
        self.steps.append({"do": "create", "model": record._meta.label, "pk": record.pk})

    def delete(self, record) -> None:
        """Remove a row to which nothing points any more; all of it is remembered."""
        fields = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}
        self.steps.append({"do": "delete", "model": record._meta.label, "pk": record.pk, "fields": fields})
        type(record)._base_manager.filter(pk=record.pk).delete()

    def repoint(self, pairs, *, staying=()) -> None:
        """Turn what points at the first of each pair to the second. Records in `staying` are left alone.

        A row that the other side has already (a tag, say, that both bear) cannot move; it stays, and `left` names it.
        """
        for record in staying:
            self.left_keys.append((record._meta.label, record.pk))
        staying = {(type(record), record.pk) for record in staying}
        wanted = defaultdict(lambda: defaultdict(dict))
        for old, new in pairs:
            for model, which, change in rows_pointing(old):
                for pk in model._base_manager.filter(**which).values_list("pk", flat=True):
                    if (model, pk) not in staying:
                        wanted[model][pk] |= change(new)
        for model, changes in wanted.items():
            self._move(model, changes)

    def _move(self, model, changes):
        rows = model._base_manager.filter(pk__in=changes).select_for_update(of=("self",)).order_by("pk")
        for row in rows:
            try:
                with transaction.atomic():
                    self.change(row, **changes[row.pk])
            except IntegrityError:
                self.left.append(f"{model._meta.verbose_name}“{row}”")
                self.left_keys.append((model._meta.label, row.pk))
            else:
                self.moved[str(model._meta.verbose_name)] += 1

    def finish(self) -> None:
        """Count the versions of touched rows up, so that nobody saves a form over what was moved."""
        for model, pks in self.touched.items():
            count_up(model, pks)


def count_up(model, pks):
    names = {field.name for field in model._meta.concrete_fields}
    if {"version", "updated_at"} <= names:
        model._base_manager.filter(pk__in=pks).update(version=F("version") + 1, updated_at=timezone.now())


# --- and back -------------------------------------------------------------------------------------------------


def obstacles(steps) -> list[str]:
    """What stands against taking the steps back, in words: rows that were changed or removed since."""
    last = defaultdict(dict)
    for step in steps:
        if step["do"] != "delete":
            fields = {name: new for name, (_, new) in step.get("fields", {}).items()}
            last[step["model"], step["pk"]] |= fields
    kept_in_history = {event.pgh_tracked_model for event in event_models()}
    found = []
    for (label, pk), fields in last.items():
        model = apps.get_model(label)
        row = model._base_manager.select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            # A notice that was tidied away leaves nothing to put back; a record that people keep does.
            if model in kept_in_history:
                found.append(f"一条{model._meta.verbose_name}已被删除")
            continue
        changed = [
            _label(model, name) for name, value in fields.items() if plain(getattr(row, name)) != value
        ]
        if changed:
            found.append(f"{model._meta.verbose_name}“{row}”的{'、'.join(changed)}已改动")
    return found


def _label(model, column):
    return str(next(f.verbose_name for f in model._meta.concrete_fields if f.attname == column))


def plain(value):
    """A value as it comes back from JSON."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def take_back(steps) -> None:
    """Undo the steps, the last one first. Raises IntegrityError when what was entered since stands in the way."""
    touched = defaultdict(set)
    for step in reversed(steps):
        model = apps.get_model(step["model"])
        if step["do"] == "create":
            model._base_manager.filter(pk=step["pk"]).delete()
        elif step["do"] == "delete":
            model(**{name: _stored(model, name, value) for name, value in step["fields"].items()}).save(
                force_insert=True
            )
        else:
            old = {name: _stored(model, name, pair[0]) for name, pair in step["fields"].items()}
            model._base_manager.filter(pk=step["pk"]).update(**old)
            touched[model].add(step["pk"])
    for model, pks in touched.items():
        count_up(model, pks)


def _stored(model, column, value):
    field = next(f for f in model._meta.concrete_fields if f.attname == column)
    return value if isinstance(field, models.JSONField) else field.to_python(value)
