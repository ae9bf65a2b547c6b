"""What a person keeps of a list: named views and the choice of columns."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The person's own views and those that a colleague shared."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedView(models.Model):
    """A named set of filters, sort and columns of one list; the query string is its whole state."""

    owner = models.ForeignKey("association.User", models.CASCADE, related_name="saved_views")
    listing = models.CharField(max_length=60)
    name = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField("同事可见", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "视图"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "listing", "name"], name="saved_view_name_unique")
        ]

    def __str__(self):
        return self.name


class ColumnChoice(models.Model):
    """The columns a person wants to see in a list, in their order."""

    owner = models.ForeignKey("association.User", models.CASCADE, related_name="column_choices")
    listing = models.CharField(max_length=60)
    columns = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        verbose_name = verbose_name_plural = "列选择"
        constraints = [models.UniqueConstraint(fields=["owner", "listing"], name="column_choice_one")]

    def __str__(self):
        return f"{self.listing}: {len(self.columns)}"
