"""What an event's head-count was when it was archived; part of the event's own row, never written again."""

from django.db import models
from django.db.models import Q

NUMBER = {"null": True, "blank": True, "editable": False}


class HeadCount(models.Model):
    """Empty until the event is archived. Later corrections are counted beside it (domain 1.4: 较发布值)."""

    closed_onsite = models.PositiveIntegerField("归档时线下人数", **NUMBER)
    closed_online = models.PositiveIntegerField("归档时线上人数", **NUMBER)
    closed_companies = models.PositiveIntegerField("归档时单位数", **NUMBER)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(archived_at__isnull=False) | Q(closed_onsite__isnull=True, closed_online__isnull=True, closed_companies__isnull=True),
                name="%(class)s_head_count_when_archived",
            )
        ]  # fmt: skip
