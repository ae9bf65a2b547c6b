"""Adding and removing triggers in migrations, without building all models anew each time.

A trigger changes nothing about a model that later operations could see. The library nevertheless has Django render the
model and everything related to it after each one; with three triggers on each of a hundred models that took nine tenths
of the time of `migrate`, on every first start and for every test database.
"""

from pgtrigger import migrations


class AddTrigger(migrations.AddTrigger):
    def state_forwards(self, app_label, state):
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]


class RemoveTrigger(migrations.RemoveTrigger):
    def state_forwards(self, app_label, state):
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [t for t in options.get("triggers", []) if t.name != self.name]
