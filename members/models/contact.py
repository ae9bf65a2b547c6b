"""People of a member unit and the duties they hold there from one day to another."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from members.choices import ContactDuty
from members.models.base import Versioned, tracked
from members.models.organization import Grams, Organization


@tracked(exclude=("search_text",))
class Contact(Versioned):
    name = models.CharField("姓名", max_length=50)
    mobile = models.CharField("手机", max_length=11, blank=True)
    landline = models.CharField("座机", max_length=20, blank=True)
    email = models.EmailField("邮箱", blank=True)
    wechat = models.CharField("微信", max_length=50, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contact",
        verbose_name="账号",
    )
    is_demo = models.BooleanField("演示数据", default=False, editable=False)
    pinyin_full = models.CharField("全拼", max_length=200, blank=True, editable=False)
    pinyin_initials = models.CharField("首字母", max_length=50, blank=True, editable=False)
    stroke_key = models.CharField("笔画序", max_length=200, blank=True, editable=False)
    search_text = models.TextField("检索文本", blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "联系人"
        indexes = [GinIndex(Grams(F("search_text")), name="contact_search"), models.Index(fields=["mobile"])]

    def __str__(self):
        return self.name


class ContactRoleQuerySet(models.QuerySet):
    def on(self, day):
        """Duties in force on `day`; one without a first day has always been so."""
        return self.filter(
            Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day)
        )

    def current(self):
        return self.on(localdate())


@tracked()
class ContactRole(models.Model):
    """A duty of a person at a unit, from `since` (inclusive) until `until` (exclusive)."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="contact_roles", verbose_name="单位"
    )
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="roles", verbose_name="联系人")
    duty = models.CharField("职责", max_length=20, choices=ContactDuty)
    title = models.CharField("职务", max_length=50, blank=True)
    is_primary = models.BooleanField("首要", default=True)
    since = models.DateField("自", null=True, blank=True)
    until = models.DateField("至（不含）", null=True, blank=True)

    objects = ContactRoleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系人职责"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "duty"],
                condition=Q(is_primary=True, until__isnull=True),
                name="contact_role_one_primary",
                violation_error_message="这项职责已有首要联系人。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="contact_role_dates_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.contact}：{self.get_duty_display()}"
