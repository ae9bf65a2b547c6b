"""What the law on personal information has the house keep: consents, requests, erasures, who looked at what."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate, now

from association.models.exchange import private_store
from members.choices import Purpose, RequestKind, RequestState
from members.models.application import Application
from members.models.base import Versioned, tracked
from members.models.contact import Contact

OPEN_REQUESTS = (RequestState.FILED, RequestState.HANDLING)


class Consent(models.Model):
    """A consent given or withdrawn for one purpose; the latest row is the one that holds."""

    append_only = True

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="consents", verbose_name="账号"
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, related_name="consents", verbose_name="联系人"
    )
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="consents", verbose_name="入会申请"
    )
    purpose = models.CharField("目的", max_length=20, choices=Purpose)
    version = models.CharField("版本", max_length=20, blank=True)
    given = models.BooleanField("同意", default=True)
    how = models.CharField("方式", max_length=100, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "同意记录"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user", "purpose", "-id"], name="consent_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(contact__isnull=False) | Q(application__isnull=False),
                name="consent_of_somebody",
            )
        ]

    def __str__(self):
        return f"{self.get_purpose_display()}：{'同意' if self.given else '撤回'}"


def request_file(request, filename):
    """A name that nobody can guess and that owes nothing to the person's own."""
    return f"person-requests/{uuid.uuid4().hex}.zip"


class PersonRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OPEN_REQUESTS)

    def settled(self):
        return self.exclude(state__in=OPEN_REQUESTS)

    def late(self):
        return self.open().filter(due_on__lt=localdate())


@tracked()
class PersonRequest(Versioned):
    """What a person asks for about their own data (个人信息保护法 §44–50); kept for three years after it was settled."""

    number = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("种类", max_length=12, choices=RequestKind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="person_requests",
        verbose_name="账号",
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, related_name="person_requests", verbose_name="联系人"
    )
    text = models.TextField("说明", max_length=1000, blank=True)
    state = models.CharField("状态", max_length=12, choices=RequestState, default=RequestState.FILED)
    filed_at = models.DateTimeField("提出时间", auto_now_add=True)
    due_on = models.DateField("办理期限")
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核对身份的人"
    )
    verified_how = models.CharField("怎样核对的身份", max_length=200, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办结人"
    )
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)
    reason = models.CharField("结果或理由", max_length=500, blank=True)
    file = models.FileField(storage=private_store, upload_to=request_file, max_length=200, blank=True)
    file_until = models.DateTimeField("文件保留至", null=True, blank=True)

    objects = PersonRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息请求"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(state__in=OPEN_REQUESTS),
                name="person_request_one_open",
                violation_error_message="同样的请求正在办理。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_REQUESTS) ^ Q(settled_at__isnull=False),
                name="person_request_settled_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.REFUSED, reason=""), name="person_request_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(user__isnull=True) | ~Q(verified_by=F("user")),
                name="person_request_verified_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RequestKind.ERASURE, state=RequestState.DONE)
                | (Q(verified_by__isnull=False) & ~Q(settled_by=F("verified_by"))),
                name="person_request_erased_by_two",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REQUESTS

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < localdate()

    @property
    def is_copy(self) -> bool:
        """Whether it is answered with everything that the house keeps about the person."""
        return self.kind in (RequestKind.ACCESS, RequestKind.COPY)

    @property
    def is_erasure(self) -> bool:
        return self.kind == RequestKind.ERASURE

    @property
    def has_file(self) -> bool:
        return bool(self.file) and self.file_until is not None and self.file_until > now()


class Erasure(models.Model):
    """That a person's data were erased: keys only, so that a backup restored later can be treated the same way."""

    append_only = True

    request = models.ForeignKey(
        PersonRequest, models.PROTECT, null=True, related_name="erasures", verbose_name="请求"
    )
    contact_key = models.BigIntegerField("联系人编号", null=True)
    user_key = models.BigIntegerField("账号编号", null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    counts = models.JSONField("处理的行数", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息删除记录"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d}"


class ContactView(models.Model):
    """That somebody was shown a person's full number or address, where and when; kept for the person to see.

    Where a contact is removed (an import that is undone), Postgres removes these rows with it, with the rights of the
    table's owner: the application itself may not remove one.
    """

    append_only = True

    contact = models.ForeignKey(
        Contact, models.DO_NOTHING, related_name="views", verbose_name="联系人", db_constraint=False
    )
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="查看人"
    )
    day = models.DateField("日期")
    place = models.CharField("在哪里", max_length=60)
    at = models.DateTimeField("首次时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "完整联系方式查看记录"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["day", "-id"], name="contact_view_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "viewer", "day", "place"], name="contact_view_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.viewer} → {self.contact}"
