"""Background work as rows: the truth about what is to be done lies here, not in the broker."""

from django.db import models
from django.db.models import Q

from association.choices import JobState


class Job(models.Model):
    """One call of a registered background function, run at most three times."""

    name = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        indexes = [
            models.Index(
                fields=["state", "created_at"], condition=Q(state__in=["queued", "running"]), name="job_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="job_key_unique"),
        ]

    def __str__(self):
        return f"{self.name} {self.get_state_display()}"
