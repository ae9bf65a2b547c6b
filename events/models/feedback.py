"""What people who took part said of an event afterwards; one for each registration, shown without a name (domain 5.8)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from events.models.registration import Registration
from members.models.base import Versioned

LOWEST, HIGHEST = 1, 5


class Feedback(Versioned):
    registration = models.OneToOneField(
        Registration, models.PROTECT, related_name="feedback", verbose_name="报名"
    )
    score = models.PositiveSmallIntegerField(
        "总体满意度", validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]
    )
    liked = models.CharField("有收获的", max_length=500, blank=True)
    missed = models.CharField("希望改进的", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动反馈"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__gte=LOWEST, score__lte=HIGHEST), name="feedback_score_in_range"
            )
        ]

    def __str__(self):
        return f"{self.registration.event.numbered}反馈"
