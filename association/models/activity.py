"""What was done, in one human sentence; the changed fields lie in the history with the same context."""

import uuid

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class ActivityQuerySet(models.QuerySet):
    def about(self, subject, *others):
        """Activities about `subject` or any of `others`, which are of the same kind; newest first, each once."""
        content_type = ContentType.objects.get_for_model(subject)
        if not others:
            found = self.filter(subjects__content_type=content_type, subjects__object_id=subject.pk)
        else:
            keys = [record.pk for record in (subject, *others)]
            rows = ActivitySubject.objects.filter(content_type=content_type, object_id__in=keys)
            found = self.filter(pk__in=rows.values("activity"))
        return found.order_by("-happened_at", "-pk")


class Activity(models.Model):
    """One verb done by one person. Append-only: the application's role may neither change nor remove it."""

    append_only = True

    kind = models.CharField("种类", max_length=80)
    sentence = models.CharField("事由", max_length=500)
    basis = models.CharField("依据", max_length=500, blank=True)
    by = models.ForeignKey(
        "association.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="经办人",
    )
    happened_at = models.DateTimeField("时间", auto_now_add=True)
    context_id = models.UUIDField("历史批次", default=uuid.uuid4, editable=False, db_index=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "动态"
        indexes = [models.Index(fields=["-happened_at"])]

    def __str__(self):
        return self.sentence


class ActivitySubject(models.Model):
    """What an activity is about; one activity may be about several records."""

    append_only = True

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="subjects")
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    subject = GenericForeignKey()

    class Meta:
        verbose_name = verbose_name_plural = "动态对象"
        indexes = [models.Index(fields=["content_type", "object_id", "activity"])]

    def __str__(self):
        return f"{self.content_type_id}:{self.object_id}"
