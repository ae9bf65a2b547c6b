"""Departments of government and the people who take petitions there (domain 5.4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import localdate

from events.choices import DepartmentLevel
from members.choices import District
from members.models.base import Versioned, tracked
from members.models.membership import DatedQuerySet


class DepartmentQuerySet(DatedQuerySet):
    pass


@tracked()
class Department(Versioned):
    """A department to which petitions are handed, from `since` (inclusive) until `until` (exclusive)."""

    name = models.CharField(
        "部门", max_length=80, unique=True, error_messages={"unique": "已有这个名称的部门。"}
    )
    level = models.CharField("层级", max_length=10, choices=DepartmentLevel, default=DepartmentLevel.CITY)
    district = models.CharField("所在区", max_length=10, choices=District, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    since = models.DateField("自", default=localdate)
    until = models.DateField("至（不含）", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政府部门"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="department_dates_in_order",
                violation_error_message="停用日期应在启用之后。",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("events:department", args=[self.pk])

    @property
    def is_current(self) -> bool:
        return self.since <= localdate() and (self.until is None or self.until > localdate())


class LiaisonQuerySet(DatedQuerySet):
    pass


@tracked()
class Liaison(models.Model):
    """A person's duty at a department, from `since` (inclusive) until `until` (exclusive); the right ends with it."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="liaisons", verbose_name="政府部门"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="liaison_duties", verbose_name="联络员"
    )
    title = models.CharField("处室与职务", max_length=60, blank=True)
    since = models.DateField("自", default=localdate)
    until = models.DateField("至（不含）", null=True, blank=True)

    objects = LiaisonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政府联络员"
        ordering = ["department", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "user"], condition=Q(until__isnull=True), name="liaison_one_open"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="liaison_dates_in_order"
            ),
        ]

    def __str__(self):
        return f"{self.department}：{self.user}"
