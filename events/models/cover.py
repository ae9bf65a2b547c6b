"""The picture that stands for an event; the file itself is an attachment of the event under the kind 封面."""

from django.db import models

from association.models import Attachment
from events.models.event import Event
from members.models.base import Versioned, tracked


@tracked()
class Cover(Versioned):
    """Which picture it is, and what it shows for those who do not see it."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="cover", verbose_name="活动")
    picture = models.OneToOneField(Attachment, models.CASCADE, related_name="+", verbose_name="图片")
    alt = models.CharField("图片说明", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "活动封面"

    def __str__(self):
        return f"{self.event.numbered}的封面"
