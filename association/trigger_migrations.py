"""Adding and removing triggers in migrations, without building all models anew each time.

A trigger changes nothing about a model that later operations could see. The library nevertheless has Django render the
model and everything related to it after each one; with three triggers on each of a hundred models that took nine tenths
of the time of `migrate`, on every first start and for every test database.
"""

from django.db.migrations.operations.base import Operation
from pgtrigger import migrations


class AddTrigger(migrations.AddTrigger):
    def state_forwards(self, app_label, state):
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]


class RemoveTrigger(migrations.RemoveTrigger):
    def state_forwards(self, app_label, state):
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [t for t in options.get("triggers", []) if t.name != self.name]


class Together(Operation):
    """Several operations as one: the models are built once, after all of them, and not again after each.

    For operations that touch different models and fields, whose last state serves all of them: creating models,
    adding fields, indexes, constraints and triggers. What moves data stands outside.
    """

    def __init__(self, operations):
        self.operations = operations

    def deconstruct(self):
        return type(self).__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return "；".join(operation.describe() for operation in self.operations)
