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


class JobState(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
