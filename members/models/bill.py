"""Bills and the runs that issue them. Amounts are whole 分; what was paid follows from the payments by a trigger."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.timezone import localdate

from members import permissions
from members.choices import BillKind, BillStatus, FiledState, Grade, RunState
from members.ledger import OPEN_STATUSES, TONES, status_of
from members.models.base import Versioned, tracked
from members.models.fees import FeeStandard, FeeTier
from members.models.organization import Organization


@tracked()
class BillRun(Versioned):
    """The issuing of one year's bills at once: what it would issue is shown first, then a worker writes it.

    `expected` and `expected_total` (分) are what the person saw and confirmed; `done` counts what the worker has gone
    through, `issued` the bills it wrote.
    """

    year = models.PositiveSmallIntegerField("年度")
    standard = models.ForeignKey(FeeStandard, models.PROTECT, related_name="runs", verbose_name="会费标准")
    bill_on = models.DateField("出账日期")
    due_on = models.DateField("缴费期限")
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.PREVIEW)
    expected = models.PositiveIntegerField("应出账单", default=0)
    expected_total = models.BigIntegerField("应收合计（分）", default=0)
    done = models.PositiveIntegerField("已处理", default=0)
    issued = models.PositiveIntegerField("已出账单", default=0)
    last_unit = models.BigIntegerField("处理到", default=0, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="出账人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    sentence = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批量出账"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(state__in=[RunState.PREVIEW, RunState.RUNNING]),
                name="bill_run_one_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.year}年度会费"


def _waits(model):
    return Exists(model.objects.filter(bill=OuterRef("pk"), state=FiledState.PENDING))


class BillQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Bills the person may see: all for those who see dues, else those of units whose dues are theirs to read."""
        if permissions.can_see_dues(user):
            return self
        if not user.is_authenticated:
            return self.none()
        duties = Organization._meta.get_field("contact_roles").related_model.objects.current()
        own = duties.filter(contact__user=user, duty__in=permissions.READING)
        units = Organization.objects.visible_to(user).filter(pk__in=own.values("organization"))
        return self.filter(organization__in=units.values("pk"))

    def with_status(self, day=None):
        """Each bill with its `status` on `day` (today), as `members.ledger.status_of` has it."""
        return self.annotate(status=_status(day or localdate()))

    def in_status(self, status, day=None):
        """Bills with that status on `day` (today)."""
        found = self.outstanding() if status in OPEN_STATUSES else self
        return found.with_status(day).filter(status=status)

    def standing(self):
        """Bills that were not voided."""
        return self.filter(voided_at__isnull=True)

    def outstanding(self):
        """Bills of which something is still to be paid."""
        return self.standing().filter(paid__lt=F("amount") - F("waived"))

    def overdue(self, day=None):
        """Outstanding bills whose last day was before `day` (today)."""
        return self.outstanding().filter(due_on__lt=day or localdate())


def _status(day):
    """The SQL of `members.ledger.status_of`, case by case in the same order."""
    return Case(
        When(voided_at__isnull=False, then=Value(BillStatus.VOID.value)),
        When(paid__gte=F("amount") - F("waived"), waived__gt=0, then=Value(BillStatus.WAIVED.value)),
        When(paid__gte=F("amount") - F("waived"), then=Value(BillStatus.SETTLED.value)),
        When(_waits(Waiver), then=Value(BillStatus.WAIVER_ASKED.value)),
        When(_waits(PaymentSlip), then=Value(BillStatus.CHECKING.value)),
        When(due_on__lt=day, then=Value(BillStatus.OVERDUE.value)),
        When(paid__gt=0, then=Value(BillStatus.PARTIAL.value)),
        default=Value(BillStatus.UNPAID.value),
        output_field=models.CharField(),
    )


@tracked(exclude=("paid",))
class Bill(Versioned):
    """What a unit owes for a year, or for something else. `rule` says in words how the amount came about.

    Name and code of the payer are those of the day of issue. `joins_on` is set on the first bill of an admitted
    applicant: membership begins that day once it is paid (domain 10.1).
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="bills", verbose_name="单位")
    kind = models.CharField("种类", max_length=10, choices=BillKind, default=BillKind.DUES)
    year = models.PositiveSmallIntegerField("年度")
    item = models.CharField("项目", max_length=100, blank=True)
    number = models.CharField("账单号", max_length=20, unique=True)
    standard = models.ForeignKey(
        FeeStandard, models.PROTECT, null=True, related_name="bills", verbose_name="会费标准"
    )
    tier = models.ForeignKey(FeeTier, models.PROTECT, null=True, related_name="bills", verbose_name="档次")
    grade = models.PositiveSmallIntegerField("出账时级别", choices=Grade, null=True)
    rule = models.CharField("计算依据", max_length=200, blank=True)
    payer_name = models.CharField("交款单位", max_length=120)
    payer_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    amount = models.BigIntegerField("应收（分）")
    paid = models.BigIntegerField("实收（分）", default=0, editable=False)
    waived = models.BigIntegerField("减免（分）", default=0, editable=False)
    issued_on = models.DateField("出账日期")
    due_on = models.DateField("缴费期限")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="出账人"
    )
    run = models.ForeignKey(BillRun, models.PROTECT, null=True, related_name="bills", verbose_name="批量出账")
    joins_on = models.DateField("缴清后的入会日期", null=True, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="作废人"
    )
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = BillQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账单"
        ordering = ["-year", "-pk"]
        indexes = [
            models.Index(fields=["year", "due_on"], name="bill_year_due"),
            models.Index(
                fields=["due_on"],
                condition=Q(voided_at__isnull=True, paid__lt=F("amount") - F("waived")),
                name="bill_outstanding",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year"],
                condition=Q(kind=BillKind.DUES, voided_at__isnull=True),
                name="bill_one_a_year",
                violation_error_message="这家单位这一年度已有会费账单。",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bill_amount"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, waived__gte=0, paid__lte=F("amount") - F("waived")),
                name="bill_paid_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | (Q(paid=0) & ~Q(void_reason="")),
                name="bill_void_unpaid_with_reason",
            ),
            models.CheckConstraint(condition=~Q(kind=BillKind.OTHER, item=""), name="bill_other_has_item"),
        ]

    def __str__(self):
        return self.number

    @property
    def title(self) -> str:
        return f"{self.year}年度会费" if self.kind == BillKind.DUES else self.item

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None

    @property
    def outstanding(self) -> int:
        """What is still to be paid, in 分."""
        return 0 if self.is_void else self.amount - self.waived - self.paid

    def status_on(self, day) -> BillStatus:
        """Where the bill stands on `day`; of one that was loaded `with_status` read `status` instead."""
        filed = {"state": FiledState.PENDING}
        is_open = self.outstanding > 0
        return status_of(
            amount=self.amount, paid=self.paid, waived=self.waived, due_on=self.due_on, day=day, void=self.is_void,
            slip=is_open and self.slips.filter(**filed).exists(),
            waiver=is_open and self.waivers.filter(**filed).exists(),
        )  # fmt: skip

    @property
    def standing(self) -> tuple[str, str]:
        """(word, tone) of the status, for pages."""
        status = BillStatus(getattr(self, "status", None) or self.status_on(localdate()))
        return status.label, TONES[status]

    def get_absolute_url(self):
        from django.urls import reverse  # noqa: PLC0415  (urls import views import models)

        return reverse("members:bill", args=[self.pk])


KEEP_PAID = """
UPDATE members_bill SET paid = (SELECT COALESCE(sum(amount), 0) FROM members_payment WHERE bill_id = NEW.bill_id)
WHERE id = NEW.bill_id;
UPDATE members_bankline SET used = (SELECT COALESCE(sum(amount), 0) FROM members_payment WHERE line_id = NEW.line_id)
WHERE id = NEW.line_id;
RETURN NULL;
"""


class FiledQuerySet(models.QuerySet):
    def pending(self):
        """What was filed and nobody has settled or taken back, the oldest first."""
        return self.filter(state=FiledState.PENDING).order_by("filed_at", "pk")


@tracked()
class PaymentSlip(Versioned):
    """What a member says was transferred, with a picture of the bank's slip as its attachment."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="slips", verbose_name="账单")
    amount = models.BigIntegerField("金额（分）")
    paid_on = models.DateField("转账日期")
    payer_name = models.CharField("付款户名", max_length=120)
    note = models.CharField("备注", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=FiledState, default=FiledState.PENDING)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提交人"
    )
    filed_at = models.DateTimeField("提交时间", auto_now_add=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核对人"
    )
    settled_at = models.DateTimeField("核对时间", null=True, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)

    objects = FiledQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "转账凭证"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bill"], condition=Q(state=FiledState.PENDING), name="payment_slip_one_open"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_slip_amount"),
            models.CheckConstraint(
                condition=Q(state=FiledState.PENDING) ^ Q(settled_at__isnull=False),
                name="payment_slip_settled_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=FiledState.REJECTED, reason=""), name="payment_slip_rejected_with_reason"
            ),
        ]

    def __str__(self):
        return f"{self.bill}：转账凭证"

    @property
    def is_pending(self) -> bool:
        return self.state == FiledState.PENDING


@tracked()
class Waiver(Versioned):
    """A request to waive a bill whole, as the adopted standard allows it; there are no amounts to choose (domain 10.3)."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="waivers", verbose_name="账单")
    reason = models.CharField("申请理由", max_length=500)
    state = models.CharField("状态", max_length=10, choices=FiledState, default=FiledState.PENDING)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人"
    )
    filed_at = models.DateTimeField("申请时间", auto_now_add=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    settled_at = models.DateTimeField("决定时间", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    objects = FiledQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "减免申请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bill"], condition=Q(state=FiledState.PENDING), name="waiver_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=FiledState.PENDING) ^ Q(settled_at__isnull=False),
                name="waiver_settled_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[FiledState.ACCEPTED, FiledState.REJECTED])
                | (~Q(settled_by=F("filed_by")) & ~Q(basis="")),
                name="waiver_two_people_with_basis",
            ),
        ]

    def __str__(self):
        return f"{self.bill}：减免"

    @property
    def is_pending(self) -> bool:
        return self.state == FiledState.PENDING
