"""When and how people check in at an event; part of the event's own row."""

from datetime import timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.timezone import now

OPENS_BEFORE = timedelta(minutes=60)  # domain 10.6: from T−60 minutes to the end


class CheckInTerms(models.Model):
    """Without `venue_code` nobody checks in by themselves."""

    venue_code = models.CharField("现场码", max_length=4, blank=True, editable=False)
    minimum_minutes = models.PositiveSmallIntegerField(
        "线上计入的最少分钟", default=10, validators=[MaxValueValidator(600)],
        help_text="线上参加不到这个时间的留在名单里，但不计入人数。",
    )  # fmt: skip

    class Meta:
        abstract = True

    @property
    def check_in_opens_at(self):
        return self.starts_at - OPENS_BEFORE

    @property
    def is_checking_in(self) -> bool:
        """Whether people check in at this moment."""
        return self.is_published and not self.is_off and self.check_in_opens_at <= now() < self.ends_at
