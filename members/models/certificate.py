"""The membership certificate: issued when a unit joins, anew when name or grade change, void the day it leaves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from members.choices import Grade
from members.models.base import tracked
from members.models.organization import Organization


@tracked()
class Certificate(models.Model):
    """What was printed on it, and the secret of the address behind its QR code. A unit has one that is not void."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="certificates", verbose_name="单位"
    )
    number = models.CharField("证书编号", max_length=30, unique=True)
    token = models.CharField(max_length=43, unique=True, editable=False)
    name = models.CharField("单位名称", max_length=120)
    member_number = models.CharField("会员编号", max_length=20)
    grade = models.PositiveSmallIntegerField("级别", choices=Grade)
    issued_on = models.DateField("发证日期")
    valid_until = models.DateField("有效期至")
    reason = models.CharField("签发原因", max_length=100, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签发人"
    )
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会员证"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(voided_at__isnull=True), name="certificate_one_valid"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""), name="certificate_void_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("issued_on")), name="certificate_dates_in_order"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_valid(self) -> bool:
        """Whether it says the truth today."""
        return self.voided_at is None and self.valid_until >= localdate()
