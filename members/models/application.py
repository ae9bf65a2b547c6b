"""An application to become a member, from the first draft to the fee that was paid (domain 10.1)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from members.choices import (
    OPEN_APPLICATIONS,
    WITHDRAWABLE,
    ApplicationState,
    Category,
    District,
    Industry,
    Nature,
    ParkType,
    ReminderKind,
)
from members.models.base import Versioned, tracked
from members.models.bill import Bill
from members.models.organization import Organization

NAMED_BY = (
    "address",
    "representative_mobile",
    "representative_email",
    "liaison_mobile",
    "liaison_email",
)


class ApplicationQuerySet(models.QuerySet):
    def filed(self):
        """Applications that were handed in; drafts are nobody's business but the applicant's."""
        return self.exclude(number="")

    def open(self):
        return self.filter(state__in=OPEN_APPLICATIONS)

    def naming(self, addresses):
        """Applications in which one of the addresses (numbers or e-mails) is that of the applicant, of the
        representative or of the liaison; none without addresses."""
        named = Q(pk__in=[])
        for address in addresses:
            for field in NAMED_BY:
                named |= Q(**{f"{field}__iexact": address})
        return self.filter(named)

    def late(self):
        """Those whose present step should have been done before today."""
        return self.filter(state__in=OPEN_APPLICATIONS, due_on__lt=localdate())


@tracked(exclude=("token_hash",))
class Application(Versioned):
    """The applicant has no account: they are whoever proves by a code that `address` is theirs.

    The link that leads to the application holds a secret of which only the hash is kept. `due_on` is the last day of
    the present step. `missing` lists what the applicant was asked to mend, in words.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    number = models.CharField("申请编号", max_length=20, blank=True, db_index=True)
    address = models.CharField("申请人的手机或邮箱", max_length=254, db_index=True)
    state = models.CharField("状态", max_length=12, choices=ApplicationState, default=ApplicationState.DRAFT)

    name = models.CharField("单位名称", max_length=120, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    category = models.CharField("会员类别", max_length=30, choices=Category, blank=True)
    nature = models.CharField("企业性质", max_length=20, choices=Nature, blank=True)
    district = models.CharField("所属区", max_length=6, choices=District, blank=True)
    legal_representative = models.CharField("法定代表人", max_length=50, blank=True)
    registered_address = models.CharField("注册地址", max_length=200, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    phone = models.CharField("单位电话", max_length=20, blank=True)
    website = models.URLField("网址", blank=True)
    introduction = models.TextField("单位简介", max_length=4000, blank=True)
    park_name = models.CharField("园区名称", max_length=120, blank=True)
    park_district = models.CharField("园区所在区", max_length=6, choices=District, blank=True)
    park_address = models.CharField("园区地址", max_length=200, blank=True)
    park_type = models.CharField("园区类型", max_length=20, choices=ParkType, blank=True)
    park_floor_area = models.DecimalField(
        "园区建筑面积（㎡）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    park_industries = ArrayField(
        models.CharField(max_length=2, choices=Industry), default=list, blank=True, verbose_name="主导产业"
    )
    representative_name = models.CharField("会员代表", max_length=50, blank=True)
    representative_title = models.CharField("会员代表职务", max_length=50, blank=True)
    representative_mobile = models.CharField("会员代表手机", max_length=11, blank=True)
    representative_email = models.EmailField("会员代表邮箱", blank=True)
    liaison_name = models.CharField("联络员", max_length=50, blank=True)
    liaison_mobile = models.CharField("联络员手机", max_length=11, blank=True)
    liaison_email = models.EmailField("联络员邮箱", blank=True)

    accepts_charter = models.BooleanField("拥护协会章程", default=False)
    policy_version = models.CharField("同意的个人信息保护政策", max_length=20, blank=True)
    consented_at = models.DateTimeField("同意时间", null=True, blank=True)
    publishes_name = models.BooleanField("同意公开展示单位与园区信息", default=False)

    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    due_on = models.DateField("本步期限", null=True, blank=True)
    missing = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name="须补正的事项"
    )
    note = models.CharField("审核意见", max_length=500, blank=True)
    decided_on = models.DateField("理事会决定日期", null=True, blank=True)
    basis = models.CharField("决议", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    may_apply_again_on = models.DateField("可再次申请的日期", null=True, blank=True)
    # A unit that left, or whose admission expired, may apply again.
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="applications", verbose_name="建立的单位"
    )
    bill = models.OneToOneField(
        Bill, models.PROTECT, null=True, related_name="application", verbose_name="首期账单"
    )
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "入会申请"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="application_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(state__in=OPEN_APPLICATIONS) & ~Q(credit_code=""),
                name="application_one_open_a_code",
                violation_error_message="这个统一社会信用代码已有一份在办的申请。",
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="application_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ApplicationState.ADMITTED, ApplicationState.MEMBER])
                | (
                    Q(organization__isnull=False, bill__isnull=False, decided_on__isnull=False) & ~Q(basis="")
                ),
                name="application_admitted_with_basis",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.REFUSED, reason=""),
                name="application_refused_with_reason",
            ),
        ]

    def __str__(self):
        return self.name or "（未填单位名称）"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_APPLICATIONS

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may write into it."""
        return self.state in (ApplicationState.DRAFT, ApplicationState.MENDING)

    @property
    def is_withdrawable(self) -> bool:
        """Whether the applicant may take it back: as long as the council does not have it (domain 10.1)."""
        return self.state in WITHDRAWABLE

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < localdate()


class ApplicationReminder(models.Model):
    """That the applicant was reminded of a deadline: once of each kind and last day, however often a scheduler asks."""

    append_only = True

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="reminders", verbose_name="入会申请"
    )
    kind = models.CharField("种类", max_length=12, choices=ReminderKind)
    due_on = models.DateField("期限")
    sent_on = models.DateField("提醒日期")

    class Meta:
        verbose_name = verbose_name_plural = "入会申请的提醒"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "due_on"], name="application_reminded_once"
            )
        ]

    def __str__(self):
        return f"{self.application}：{self.get_kind_display()}"
