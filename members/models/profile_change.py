"""Changes of sensitive fields that a unit's own people propose and the association decides on (domain 10.2)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from members.choices import ChangeState, SensitiveField
from members.models.base import Versioned, tracked
from members.models.organization import Organization

# The fields of the unit itself that stand behind each sensitive field; a representative is a dated duty instead.
COLUMNS = {
    SensitiveField.NAME: ("name",),
    SensitiveField.CREDIT_CODE: ("credit_code",),
    SensitiveField.LEGAL_REPRESENTATIVE: ("legal_representative",),
    SensitiveField.BANK: ("bank_name", "bank_account"),
}
PERSON = {"name": "姓名", "title": "职务", "mobile": "手机"}


class ProfileChangeQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(state=ChangeState.PENDING)

    def late(self):
        """Those whose last day has passed without a decision."""
        return self.pending().filter(due_on__lt=localdate())


@tracked()
class ProfileChange(Versioned):
    """One proposed change of one field: its value when it was filed, the value proposed, and what became of it.

    `old` and `new` hold the unit's own fields by name; for a representative `contact` (the key of a person of the
    unit, None for a new one), `name`, `title` and `mobile`. `version` grows when the proposed value is replaced.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="profile_changes", verbose_name="单位"
    )
    field = models.CharField("项目", max_length=30, choices=SensitiveField)
    old = models.JSONField("原值", default=dict)
    new = models.JSONField("新值", default=dict)
    state = models.CharField("状态", max_length=12, choices=ChangeState, default=ChangeState.PENDING)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提交人"
    )
    filed_at = models.DateTimeField("提交时间")
    due_on = models.DateField("审核期限")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办结人",
    )
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)

    objects = ProfileChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资料变更"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="profile_change_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "field"],
                condition=Q(state=ChangeState.PENDING),
                name="profile_change_one_open",
                violation_error_message="这一项已有待审核的修改。",
            ),
            models.CheckConstraint(
                condition=Q(state=ChangeState.PENDING) ^ Q(settled_at__isnull=False),
                name="profile_change_settled_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ChangeState.ACCEPTED, ChangeState.REJECTED])
                | ~Q(settled_by=F("filed_by")),
                name="profile_change_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChangeState.REJECTED, reason=""),
                name="profile_change_rejected_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.organization}：{self.get_field_display()}"

    @property
    def is_pending(self) -> bool:
        return self.state == ChangeState.PENDING

    @property
    def is_late(self) -> bool:
        return self.is_pending and self.due_on < localdate()

    @property
    def is_bank(self) -> bool:
        return self.field == SensitiveField.BANK

    @property
    def is_representative(self) -> bool:
        return self.field == SensitiveField.REPRESENTATIVE
