"""What the models of the roster share: history by triggers, and a version that guards against blind overwriting."""

import pghistory
from django.db import models


def tracked(*, exclude=(), history="events"):
    """History of every insert, update and delete, kept by database triggers; `history` is what the record calls it."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        obj_field=pghistory.ObjForeignKey(related_name=history),
    )


class Versioned(models.Model):
    """A record that people edit: `version` grows by one with every change."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        abstract = True
