"""What events belong to: a brand, a series that counts its 场 or 期, the theme of a year (domain 5.1)."""

from django.db import models
from django.urls import reverse

from events.choices import Unit
from members.models.base import Versioned, tracked


@tracked()
class Brand(models.Model):
    """A name under which several series go, as 北京文化园区SHOW."""

    name = models.CharField("品牌", max_length=60, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "品牌"
        ordering = ["name"]

    def __str__(self):
        return self.name


@tracked()
class ThemeYear(models.Model):
    """What a year's work stands under, as 2022 数字文化年."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    name = models.CharField("主题", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "年度主题"
        ordering = ["-year"]

    def __str__(self):
        return f"{self.year}年“{self.name}”"


@tracked(history="history")
class Series(Versioned):
    """Events of one kind that are numbered one after the other.

    `code` is how yearly figures know it. Numbers run on over the years unless `resets_yearly`.
    """

    name = models.CharField(
        "系列", max_length=60, unique=True, error_messages={"unique": "已有这个名称的系列。"}
    )
    code = models.SlugField(max_length=40, unique=True, null=True, blank=True, editable=False)
    brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, blank=True, related_name="series", verbose_name="品牌"
    )
    counts_in_brand = models.BooleanField(
        "计入品牌活动总数", default=False, help_text="年度统计的“主题活动”只数计入的系列。"
    )
    unit = models.CharField("按什么计", max_length=10, choices=Unit, default=Unit.ISSUE)
    resets_yearly = models.BooleanField("每年从第一期重新编号", default=False)
    introduction = models.TextField("简介", blank=True, max_length=1000)
    ended_on = models.DateField("停办日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动系列"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(counts_in_brand=False) | models.Q(brand__isnull=False),
                name="series_counted_has_brand",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("events:series", args=[self.pk])

    def scope_of(self, year: int) -> int:
        """The year within which numbers are unique; 0 where they run on over the years."""
        return year if self.resets_yearly else 0
