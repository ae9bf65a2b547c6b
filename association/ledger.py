"""Many rows to create and to change, written in few statements, with what it takes to take them back."""

from collections import defaultdict

from django.db import models

from association import bulk


class Ledger:
    """Collects for one bulk verb. `order` lists the models, parents first; nothing is written before `write`.

    Changed rows must be locked by the caller. A model with a `version` has it counted up once.
    """

    def __init__(self, order):
        self.order = tuple(order)
        self.created = defaultdict(list)
        self.changed = defaultdict(dict)
        self.old = defaultdict(dict)
        self.keys = defaultdict(list)

    def create(self, instance: models.Model) -> models.Model:
        """Note a new row; it gets its key at once, so that others may refer to it."""
        instance.pk = self._key(type(instance))
        self.created[type(instance)].append(instance)
        return instance

    def _key(self, model):
        if not self.keys[model]:
            # As many again as were taken so far: a small import does not burn a thousand numbers.
            count = min(max(len(self.created[model]), 4), bulk.KEYS_AT_ONCE)
            self.keys[model] = bulk.keys(model, count)[::-1]
        return self.keys[model].pop()

    def change(self, instance: models.Model, **values) -> None:
        """Set attributes (by column name for relations) and remember what was there before."""
        for name, value in values.items():
            before = getattr(instance, name)
            if before != value:
                self.changed[type(instance)][instance.pk] = instance
                self.old[type(instance)].setdefault(instance.pk, {}).setdefault(name, before)
                setattr(instance, name, value)

    def write(self) -> None:
        """Changes first: who gives a place up must have done so before another takes it."""
        for model in self.order:
            fields = sorted({name for values in self.old[model].values() for name in values})
            _store(model, self.changed[model].values(), fields)
        for model in self.order:
            bulk.insert(model, self.created[model])

    def effects(self) -> dict:
        """What was done, in JSON (with Django's encoder): created keys, and old values of changed rows."""
        return {
            "created": {
                m._meta.label: [i.pk for i in self.created[m]] for m in self.order if self.created[m]
            },
            "changed": {
                m._meta.label: {str(k): v for k, v in self.old[m].items()} for m in self.order if self.old[m]
            },
        }


def _store(model, instances, names) -> None:
    """Write some fields of locked rows; a versioned record counts one version up."""
    instances = list(instances)
    own = {field.name for field in model._meta.concrete_fields}
    if "version" in own:
        for instance in instances:
            instance.version += 1
    bulk.update(model, instances, [*names, *sorted({"version", "updated_at"} & own)])


def take_back(effects: dict, order) -> None:
    """Undo what a ledger wrote: delete what it created, children first, then put old values back.

    The caller has locked the rows and made sure that nobody touched them since.
    """
    for model in reversed(tuple(order)):
        keys = effects["created"].get(model._meta.label, [])
        model._base_manager.filter(pk__in=keys).delete()
    for model in order:
        _restore(model, effects["changed"].get(model._meta.label, {}))


def _restore(model, old: dict) -> None:
    instances = model._base_manager.select_for_update().in_bulk([int(key) for key in old])
    fields = set()
    for key, values in old.items():
        for name, value in values.items():
            field = model._meta.get_field(name)
            setattr(instances[int(key)], field.attname, field.to_python(value))
            fields.add(name)
    _store(model, instances.values(), sorted(fields))
