from django.db import models


class Role(models.TextChoices):
    """Duties in the association's own house, granted for a span of days."""

    SECRETARIAT = "secretariat", "秘书处"
    SECRETARY_GENERAL = "secretary_general", "秘书长"
    TREASURER = "treasurer", "财务"
    PRESIDENT = "president", "会长"
    AUDITOR = "auditor", "审计"
    ADMINISTRATOR = "administrator", "系统管理员"


class Theme(models.TextChoices):
    SYSTEM = "", "跟随系统"
    LIGHT = "light", "浅色"
    DARK = "dark", "深色"


class TextSize(models.TextChoices):
    NORMAL = "", "标准"
    LARGE = "large", "大字"


class AttachmentState(models.TextChoices):
    PROCESSING = "processing", "处理中"
    READY = "ready", "可用"
    REFUSED = "refused", "拒收"


class FileRole(models.TextChoices):
    """What a file in the store is to its attachment."""

    ORIGINAL = "original", "原件"
    DISPLAY = "display", "显示图"
    THUMBNAIL = "thumbnail", "缩略图"


class JobState(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", "Excel 工作簿（.xlsx）"
    CSV = "csv", "CSV 文本（.csv）"


class ExportState(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "生成中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
    EXPIRED = "expired", "已过期"


class ImportState(models.TextChoices):
    """Where an import batch stands."""

    CHECKING = "checking", "核对中"
    REFUSED = "refused", "不能导入"
    READY = "ready", "待确认"
    STALE = "stale", "需重新核对"
    APPLYING = "applying", "导入中"
    DONE = "done", "已导入"
    UNDOING = "undoing", "撤销中"
    UNDONE = "undone", "已撤销"
    DISCARDED = "discarded", "已放弃"


class RowResult(models.IntegerChoices):
    """What would become of a row; in the order in which a person wants to look at them."""

    ERROR = 0, "错误"
    UPDATE = 1, "更新"
    NEW = 2, "新增"
    SAME = 3, "不变"


class Channel(models.TextChoices):
    """How a notice reaches a person outside the house."""

    EMAIL = "email", "邮件"
    SMS = "sms", "短信"


class DeliveryState(models.TextChoices):
    """Where a mail or text message stands; held ones wait for the end of the quiet hours."""

    QUEUED = "queued", "待发"
    HELD = "held", "免打扰，待发"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发"
    FAILED = "failed", "失败"


class AddressHealth(models.TextChoices):
    OK = "ok", "正常"
    BOUNCING = "bouncing", "退回"
    BLOCKED = "blocked", "拒收"
