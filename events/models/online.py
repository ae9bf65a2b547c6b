"""Lists that the platform of an online room gives out, and their rows that fitted nobody by themselves."""

from django.conf import settings
from django.db import models

from events.choices import Mode, OnlineRowState
from events.models.attendance import Attendance
from events.models.event import Event
from members.models.base import tracked

PERSONAL = ("full_name", "mobile", "unit_name")


@tracked()
class OnlineList(models.Model):
    """One uploaded list; `digest` tells the same file again. The numbers say what became of its rows when it came."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="online_lists", verbose_name="活动")
    filename = models.CharField("文件", max_length=255)
    digest = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人", editable=False
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    people = models.PositiveIntegerField("人数", default=0)
    matched = models.PositiveIntegerField("自动对上", default=0)
    short = models.PositiveIntegerField("时间不足", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "线上名单"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["event", "digest"], name="online_list_once")]

    def __str__(self):
        return self.filename


class OnlineRowQuerySet(models.QuerySet):
    def open(self):
        """Those that somebody has still to look at."""
        return self.filter(state=OnlineRowState.OPEN)


@tracked(exclude=PERSONAL)
class OnlineRow(models.Model):
    """A person of a list who fitted no registration. Once it is settled the words that name the person are taken out: the
    attendance holds them, or nobody needs them."""

    list = models.ForeignKey(OnlineList, models.CASCADE, related_name="rows", verbose_name="名单")
    event = models.ForeignKey(Event, models.PROTECT, related_name="online_rows", verbose_name="活动")
    number = models.PositiveIntegerField("第几行")
    full_name = models.CharField("姓名", max_length=50)
    mobile = models.CharField("手机", max_length=11, blank=True)
    unit_name = models.CharField("单位", max_length=120)
    mode = models.CharField("参加形式", max_length=10, choices=Mode)
    entered_at = models.DateTimeField("进入时间", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("分钟", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=OnlineRowState, default=OnlineRowState.OPEN, editable=False
    )
    attendance = models.ForeignKey(
        Attendance,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="签到",
        editable=False,
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
        editable=False,
    )
    settled_at = models.DateTimeField("办理时间", null=True, blank=True, editable=False)

    objects = OnlineRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "线上名单的行"
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["event"], condition=models.Q(state="open"), name="online_row_open")]

    def __str__(self):
        return f"第{self.number}行"
