"""The closed lists of fees, bills, payments and bank lists (domain 2.1, 10.3)."""

from django.db import models


class Proration(models.TextChoices):
    """What a unit pays for the year in which it joins; anything but the whole year stands in the adopted standard."""

    FULL = "full", "按全年"
    HALF = "half", "7月1日以后入会减半"


class BillKind(models.TextChoices):
    DUES = "dues", "会费"
    OTHER = "other", "其他收费"


class BillStatus(models.TextChoices):
    """Where a bill stands on a day; derived from payments, slips, waivers and dates, never stored (domain 10.3)."""

    UNPAID = "unpaid", "待缴"
    CHECKING = "checking", "待核对"
    PARTIAL = "partial", "部分缴纳"
    SETTLED = "settled", "已缴清"
    OVERDUE = "overdue", "逾期"
    WAIVER_ASKED = "waiver_asked", "减免审批中"
    WAIVED = "waived", "已减免"
    VOID = "void", "已作废"


class RunState(models.TextChoices):
    """Where the issuing of a year's bills stands."""

    PREVIEW = "preview", "待确认"
    RUNNING = "running", "出账中"
    DONE = "done", "已出账"
    FAILED = "failed", "没有出完"
    DISCARDED = "discarded", "已放弃"


class PaymentMethod(models.TextChoices):
    TRANSFER = "transfer", "银行转账"
    CASH = "cash", "现金"
    OTHER = "other", "其他"


class FiledState(models.TextChoices):
    """Where something that a member filed on a bill stands: a transfer slip, or a request for a waiver."""

    PENDING = "pending", "待处理"
    ACCEPTED = "accepted", "已通过"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"


class ReceiptKind(models.TextChoices):
    """会费票据 is a fiscal receipt and for dues only; invoices are for everything else (domain 2.1)."""

    DUES = "dues", "社会团体会费票据"
    INVOICE = "invoice", "增值税普通发票"
    SPECIAL_INVOICE = "special_invoice", "增值税专用发票"
    DONATION = "donation", "公益事业捐赠票据"


class StatementState(models.TextChoices):
    """Where a bank's list stands from the upload on."""

    MAPPING = "mapping", "待对应列"
    READING = "reading", "读取中"
    READY = "ready", "待核对"
    REFUSED = "refused", "不能读取"
    CLOSED = "closed", "已核完"


class LineState(models.TextChoices):
    OPEN = "open", "待认领"
    MATCHED = "matched", "已入账"
    IGNORED = "ignored", "不入账"
