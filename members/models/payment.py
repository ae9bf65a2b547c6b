"""Money that came in, the bank's lists it was found on, and the receipts that were issued for it."""

import uuid
from pathlib import PurePath

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Sum

from association.models.exchange import private_store
from members.choices import LineState, PaymentMethod, ReceiptKind, StatementState
from members.models.base import Versioned, tracked
from members.models.bill import KEEP_PAID, Bill, PaymentSlip


def statement_name(statement, filename):
    """A name that nobody can guess and that owes nothing to the person's own."""
    return f"statements/{uuid.uuid4().hex}{PurePath(filename).suffix.lower()[:5]}"


@tracked()
class BankStatement(Versioned):
    """A list of incoming transfers as the bank gives it out: uploaded, read by a worker, claimed line by line.

    `mapping` names the column (from 0) of each thing a line needs where the layout is none that is known.
    """

    filename = models.CharField("文件名", max_length=120)
    file = models.FileField(storage=private_store, upload_to=statement_name, max_length=200, blank=True)
    layout = models.CharField("格式", max_length=20, blank=True)
    mapping = models.JSONField("列的对应", default=dict)
    head = models.JSONField("表头与样例行", default=list)
    state = models.CharField("状态", max_length=10, choices=StatementState, default=StatementState.READING)
    sentence = models.CharField("说明", max_length=300, blank=True)
    line_count = models.PositiveIntegerField("笔数", default=0)
    skipped_count = models.PositiveIntegerField("略过的行", default=0)
    known_count = models.PositiveIntegerField("以前导入过的行", default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    read_at = models.DateTimeField("读取时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "银行流水"
        ordering = ["-pk"]

    def __str__(self):
        return self.filename


@tracked(exclude=("used",))
class BankLine(Versioned):
    """One incoming transfer. `fingerprint` is the same for the same transfer in any list, so that none counts twice;
    `used` (分) is what payments took of it, kept by a trigger. `suggested` is the bill it seems to be for, `why` the
    reasons in words, `score` from 0 to 100."""

    statement = models.ForeignKey(
        BankStatement, models.PROTECT, related_name="lines", verbose_name="银行流水"
    )
    number = models.PositiveIntegerField("行号")
    booked_on = models.DateField("入账日期")
    amount = models.BigIntegerField("金额（分）")
    payer_name = models.CharField("付款户名", max_length=120, blank=True)
    payer_account = models.CharField("付款账号", max_length=40, blank=True)
    summary = models.CharField("摘要与附言", max_length=300, blank=True)
    serial = models.CharField("流水号", max_length=60, blank=True)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    used = models.BigIntegerField("已入账（分）", default=0, editable=False)
    state = models.CharField("状态", max_length=10, choices=LineState, default=LineState.OPEN)
    suggested = models.ForeignKey(
        Bill, models.SET_NULL, null=True, related_name="suggestions", verbose_name="建议账单"
    )
    score = models.PositiveSmallIntegerField("把握", default=0)
    why = ArrayField(models.CharField(max_length=60), default=list, verbose_name="理由")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核对人"
    )
    settled_at = models.DateTimeField("核对时间", null=True, blank=True)
    reason = models.CharField("不入账的原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "银行流水明细"
        ordering = ["statement", "number"]
        indexes = [models.Index(fields=["state", "-score"], name="bank_line_open")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_amount"),
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("amount")), name="bank_line_used_within_amount"
            ),
            models.CheckConstraint(
                condition=~Q(state=LineState.IGNORED, reason=""), name="bank_line_ignored_with_reason"
            ),
        ]

    def __str__(self):
        return f"{self.booked_on} {self.payer_name}"

    @property
    def left(self) -> int:
        """What no payment has taken yet, in 分."""
        return self.amount - self.used


class Payment(models.Model):
    """An amount that came in for a bill, or went back: negative, naming the payment it gives back. Never changed.

    The sums on the bill and on the bank's line follow by a trigger, so nothing can be booked beside them.
    """

    append_only = True

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="payments", verbose_name="账单")
    amount = models.BigIntegerField("金额（分）")
    paid_on = models.DateField("到账日期")
    method = models.CharField("方式", max_length=10, choices=PaymentMethod, default=PaymentMethod.TRANSFER)
    payer_name = models.CharField("付款户名", max_length=120, blank=True)
    reference = models.CharField("流水号", max_length=60, blank=True)
    line = models.ForeignKey(
        BankLine, models.PROTECT, null=True, related_name="payments", verbose_name="银行流水"
    )
    slip = models.ForeignKey(
        PaymentSlip, models.PROTECT, null=True, related_name="payments", verbose_name="转账凭证"
    )
    refund_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="refunds", verbose_name="退回哪一笔"
    )
    reason = models.CharField("说明", max_length=200, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "到账"
        ordering = ["paid_on", "pk"]
        triggers = [
            pgtrigger.Trigger(
                name="keep_paid", when=pgtrigger.After, operation=pgtrigger.Insert, func=KEEP_PAID
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, refund_of__isnull=True)
                | (Q(amount__lt=0, refund_of__isnull=False) & ~Q(reason="")),
                name="payment_refund_is_negative_with_reason",
            )
        ]

    def __str__(self):
        return f"{self.bill}：{self.amount}"


class ReceiptQuerySet(models.QuerySet):
    def standing(self):
        """Receipts that were not voided."""
        return self.filter(voided_at__isnull=True)

    def total(self) -> int:
        """What they cover together, in 分."""
        return self.aggregate(total=Sum("amount"))["total"] or 0


@tracked()
class Receipt(Versioned):
    """A receipt as it was issued on the finance platform; the house records it and issues none (domain 2.1)."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="receipts", verbose_name="账单")
    kind = models.CharField("票据名称", max_length=20, choices=ReceiptKind)
    code = models.CharField("票据代码", max_length=20, blank=True)
    number = models.CharField("票据号码", max_length=30)
    check_code = models.CharField("校验码", max_length=30, blank=True)
    issued_on = models.DateField("开票日期")
    payer_name = models.CharField("交款人", max_length=120)
    payer_code = models.CharField("交款人统一社会信用代码", max_length=18, blank=True)
    item = models.CharField("项目", max_length=100)
    amount = models.BigIntegerField("金额（分）")
    drawer = models.CharField("开票人", max_length=50)
    reviewer = models.CharField("复核人", max_length=50)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="作废人"
    )
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "票据"
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code", "number"],
                name="receipt_number_once",
                violation_error_message="这张票据已经登记过。",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_amount"),
            models.CheckConstraint(condition=~Q(drawer=F("reviewer")), name="receipt_two_people"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""), name="receipt_void_with_reason"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None
