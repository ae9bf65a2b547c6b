"""The closed lists of check-in and attendance, with the words a reader sees (domain 5.3, 10.6)."""

from django.db import models


class ArrivalSource(models.TextChoices):
    """How it came to be known that somebody took part."""

    SCAN = "scan", "扫码"
    SELF = "self", "自助签到"
    DESK = "desk", "现场登记"
    IMPORT = "import", "线上导入"
    LATE = "late", "补录"


class OnlineRowState(models.TextChoices):
    """What became of a row of an online list that fitted nobody by itself."""

    OPEN = "open", "待核对"
    MATCHED = "matched", "已对上"
    ADDED = "added", "登记为新参加者"
    IGNORED = "ignored", "不计"


class Outcome(models.TextChoices):
    """What became of a confirmed registration; derived from attendance and the clock, never stored."""

    CHECKED_IN = "checked_in", "已签到"
    COMPLETED = "completed", "已完成"
    MISSED = "missed", "未到"


class ScanResult(models.TextChoices):
    """What the door says to one scan."""

    DONE = "done", "已签到"
    AGAIN = "again", "重复"
    REFUSED = "refused", "没有签到"
