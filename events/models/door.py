"""A link that lets a volunteer without an account check people in at the door of one event."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from events.models.event import Event
from members.models.base import tracked

# Phones that were offline at the end still hand in what they scanned before it.
LATEST_REPLAY = timedelta(hours=24)
# Names are given out to phones no earlier than this before the start.
LIST_FROM = timedelta(hours=24)


@tracked(exclude=("token_hash",))
class DoorPass(models.Model):
    """The link holds a secret of which only the hash is kept. It ends with the event, or when it is taken back."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="doors", verbose_name="活动")
    label = models.CharField("给谁用", max_length=30)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发放人", editable=False
    )
    created_at = models.DateTimeField("发放时间", auto_now_add=True)
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="收回人",
        editable=False,
    )

    class Meta:
        verbose_name = verbose_name_plural = "签到链接"
        ordering = ["-pk"]

    def __str__(self):
        return self.label

    @property
    def ends_at(self):
        """Until when phones may hand in what was scanned."""
        return self.event.ends_at + LATEST_REPLAY

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and not self.event.is_off and now() < self.ends_at

    @property
    def gives_names(self) -> bool:
        """Whether the phone may have the list of names: from the day before until the end, and no longer."""
        return self.is_open and self.event.starts_at - LIST_FROM <= now() < self.event.ends_at
