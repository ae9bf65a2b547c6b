"""What people are told, and what became of the mails and text messages that carry it.

A notice in the inbox is the truth. A delivery is one mail or one text message on its way out; sending it or failing
to changes nothing about the notice.
"""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from association.choices import AddressHealth, Channel, DeliveryState


class NoticeQuerySet(models.QuerySet):
    def of(self, user):
        """The person's own inbox, newest first."""
        return self.filter(recipient=user).order_by("-pk")

    def unread(self):
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One thing told to one person, written in the transaction of the change that it tells of."""

    # Found by the indexes below, which begin with it.
    recipient = models.ForeignKey("association.User", models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField("种类", max_length=80)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", blank=True)
    url = models.CharField("去处", max_length=300, blank=True)
    content_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    object_id = models.BigIntegerField(null=True, blank=True)
    about = GenericForeignKey()
    # Kind, object and due date of a reminder: of two schedulers only the first one writes it.
    key = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField("时间", default=timezone.now)
    read_at = models.DateTimeField("已读", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["content_type", "object_id"], name="notice_about"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "key"], condition=~Q(key=""), name="notice_once_a_key"
            ),
        ]

    def __str__(self):
        return self.title


def new_message_id() -> str:
    """A Message-ID of its own for each delivery, made with the row: a repeated sending bears the same one."""
    return f"<{uuid.uuid4().hex}@{settings.MESSAGE_ID_DOMAIN}>"


class DeliveryQuerySet(models.QuerySet):
    def due(self, now=None):
        """What may be sent now, the urgent first, then the oldest."""
        waiting = self.filter(state__in=WAITING, send_after__lte=now or timezone.now())
        return waiting.order_by("-urgent", "send_after", "pk")


WAITING = [DeliveryState.QUEUED, DeliveryState.HELD]


class Delivery(models.Model):
    """One mail or text message to one address. Text, not a reference to it: what was sent can be read later."""

    notice = models.ForeignKey(
        Notice,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name="通知",
        db_index=False,
    )
    user = models.ForeignKey(
        "association.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="收件人"
    )
    kind = models.CharField("种类", max_length=80, blank=True)
    # As of a notice, for those who have no inbox: what an address gets once.
    key = models.CharField(max_length=250, blank=True)
    channel = models.CharField("方式", max_length=5, choices=Channel)
    address = models.CharField("地址", max_length=254)
    subject = models.CharField("标题", max_length=230, blank=True)
    text = models.TextField("正文", blank=True)
    html = models.TextField(blank=True)
    template = models.CharField("短信模板", max_length=80, blank=True)
    values = models.JSONField(default=dict, blank=True)
    state = models.CharField("状态", max_length=7, choices=DeliveryState, default=DeliveryState.QUEUED)
    # A code: its text is wiped once it has left, and never shown in the log.
    secret = models.BooleanField(default=False)
    # Ignores quiet hours and goes before everything else.
    urgent = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    # How often a worker vanished with the message in hand, so that nobody knows whether it was taken.
    losses = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    send_after = models.DateTimeField("不早于", default=timezone.now)
    give_up_at = models.DateTimeField("最迟")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    bounced = models.BooleanField("退回", default=False)
    last_error = models.CharField("原因", max_length=200, blank=True)
    message_id = models.CharField(max_length=120, unique=True, default=new_message_id, editable=False)
    created_at = models.DateTimeField("时间", default=timezone.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "发送记录"
        indexes = [
            models.Index(
                fields=["-urgent", "send_after", "id"],
                condition=Q(state__in=["queued", "held"]),
                name="delivery_due",
            ),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="delivery_claimed"),
            models.Index(fields=["-created_at", "-id"], name="delivery_log"),
            models.Index(fields=["state", "-created_at"], name="delivery_log_state"),
            models.Index(fields=["channel", "address"], name="delivery_address"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_a_channel"),
            # The key first: it is what is looked for.
            models.UniqueConstraint(
                fields=["key", "channel", "address"], condition=~Q(key=""), name="delivery_once_a_key"
            ),
        ]

    def __str__(self):
        return f"{self.get_channel_display()}：{self.subject or self.kind}"


class NoticePreference(models.Model):
    """What a person chose for one channel: for a group of kinds or for one kind, which then counts more."""

    user = models.ForeignKey("association.User", models.CASCADE, related_name="notice_preferences")
    subject = models.CharField("事项", max_length=80)
    channel = models.CharField("方式", max_length=5, choices=Channel)
    wanted = models.BooleanField("接收", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知设置"
        constraints = [
            models.UniqueConstraint(fields=["user", "subject", "channel"], name="notice_preference_one")
        ]

    def __str__(self):
        return f"{self.subject} {self.channel}"


class AddressState(models.Model):
    """An address that refused what we sent; one without a row is in order."""

    channel = models.CharField("方式", max_length=5, choices=Channel)
    address = models.CharField("地址", max_length=254)
    state = models.CharField("状态", max_length=8, choices=AddressHealth, default=AddressHealth.OK)
    reason = models.CharField("原因", max_length=200, blank=True)
    since = models.DateTimeField("自", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "地址状态"
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="address_state_one")]

    def __str__(self):
        return f"{self.get_channel_display()} {self.get_state_display()}"
