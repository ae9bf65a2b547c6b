"""Keys of forms that were already sent, so that a second sending does nothing."""

from django.db import models


class Submission(models.Model):
    """A form key used by a person, and where its first sending led."""

    user = models.ForeignKey("association.User", models.CASCADE, related_name="+")
    key = models.UUIDField()
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "已提交表单"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="submission_key_unique")]

    def __str__(self):
        return str(self.key)
