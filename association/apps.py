from django import forms
from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class AssociationConfig(AppConfig):
    name = "association"
    verbose_name = "底座"

    def ready(self):
        from association import celery, checks, converters, grants, invariants  # noqa: F401, PLC0415  (the app registry must be ready first)
        from association.signing import arrivals, doorkeeper  # noqa: F401, PLC0415  (the same)

        # Before any form is made: a field takes its words when it is written down.
        forms.Field.default_error_messages["required"] = "请填写这一项。"
        forms.ChoiceField.default_error_messages["required"] = "请选择一项。"
        autodiscover_modules(
            "tasks",
            "desk",
            "attachments",
            "timelines",
            "public",
            "notices",
            "integrity",
            "matrix",
            "seen_by",
            "personal_data",
            "backups",
        )
        post_migrate.connect(grants.grant_application_role, dispatch_uid="association.grants")
