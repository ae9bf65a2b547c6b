"""What a unit was reminded of: a row for each reminder that went out, never changed."""

from django.db import models

from members.models.bill import Bill


class BillReminder(models.Model):
    """One reminder of one bill and due date, `offset` days after it (before it where negative).

    Written with the notices in one transaction, so that whoever comes second, or begins again, finds what is done.
    `people` found it in their inbox, `outsiders` have no account and were written to directly. `key` is that of the
    notices and deliveries.
    """

    append_only = True

    bill = models.ForeignKey(
        Bill, models.PROTECT, related_name="reminders", verbose_name="账单", db_index=False
    )
    due_on = models.DateField("缴费期限")
    offset = models.SmallIntegerField("期限之后的天数")
    key = models.CharField(max_length=250, unique=True)
    people = models.PositiveSmallIntegerField("通知人数", default=0)
    outsiders = models.PositiveSmallIntegerField("另寄人数", default=0)
    sent_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会费提醒"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["bill", "due_on", "offset"], name="bill_reminder_once")
        ]

    def __str__(self):
        return f"{self.bill}：{self.offset:+d} 天"
