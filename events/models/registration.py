"""A registration: one person for one event, and the dated facts from which its state follows (domain 5.3, 10.6).

What names the person stays out of the history, so that erasing it from the row erases it.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.timezone import localdate, now

from events.choices import Mode, Outcome, QuestionKind, RegistrationState, Source
from events.models.event import Event
from events.shortcodes import short_code
from members.models import ContactRole, Organization
from members.models.base import Versioned, tracked

PERSON = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+", "editable": False}
PERSONAL = ("full_name", "mobile", "email", "title", "guest_address", "note")


def new_code() -> str:
    """A random word that nobody guesses; it stands in the person's QR code."""
    return secrets.token_urlsafe(16)


@tracked()
class Question(models.Model):
    """What an event asks of whoever registers; with `asked_when` only of those who gave the other question that answer,
    with `mode` only of those who take part in that way."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="questions", verbose_name="活动")
    text = models.CharField("问题", max_length=100)
    kind = models.CharField("形式", max_length=10, choices=QuestionKind, default=QuestionKind.TEXT)
    options = models.JSONField("选项", default=list, blank=True)
    is_required = models.BooleanField("必答", default=False)
    mode = models.CharField("只问", max_length=10, choices=Mode, blank=True)
    asked_after = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="followers", verbose_name="承接的问题"
    )
    asked_when = models.CharField("承接的答案", max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "报名问题"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_after__isnull=True) | ~Q(asked_when=""), name="question_condition_is_whole"
            )
        ]

    def __str__(self):
        return self.text


class RegistrationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Registrations that the person filed or that are their own; the staff's door is the event's page."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user=user) | Q(filed_by=user))

    def of(self, user):
        """The person's own, and those that they filed for colleagues; what the staff file for others, be it as the answer
        to an invitation that they were told, is none of these."""
        if not user.is_authenticated:
            return self.none()
        colleagues = ContactRole.objects.filter(organization=OuterRef("organization"), contact__user=user)
        as_staff = Q(source=Source.STAFF) | (Q(source=Source.INVITED) & ~Exists(colleagues))
        return self.visible_to(user).filter(Q(user=user) | ~as_staff)

    def of_guest(self, address: str):
        """Those of a proved address of somebody without an account (a mobile number or an e-mail address)."""
        if not address:
            return self.none()
        if "@" in address:
            return self.alias(mail=Lower("email")).filter(mail=address.lower())
        return self.filter(mobile=address)

    def live(self):
        """Neither cancelled nor declined nor lapsed."""
        return self.filter(cancelled_at__isnull=True, declined_at__isnull=True, lapsed_at__isnull=True)

    def seated(self):
        """Those that take a seat: confirmed ones, and those to whom one is offered."""
        return self.live().filter(Q(confirmed_at__isnull=False) | Q(offered_at__isnull=False))

    def confirmed(self):
        return self.live().filter(confirmed_at__isnull=False)

    def offered(self):
        return self.live().filter(offered_at__isnull=False, confirmed_at__isnull=True)

    def waiting(self):
        return self.live().filter(
            waiting_since__isnull=False, offered_at__isnull=True, confirmed_at__isnull=True
        )

    def pending(self):
        """Those that the secretariat has still to look at."""
        return self.live().filter(
            waiting_since__isnull=True, offered_at__isnull=True, confirmed_at__isnull=True
        )

    def in_state(self, state: str):
        """Those in one of `RegistrationState`; the same rule as `Registration.state`."""
        simple = {
            RegistrationState.PENDING: self.pending,
            RegistrationState.CONFIRMED: self.confirmed,
            RegistrationState.WAITING: self.waiting,
            RegistrationState.OFFERED: self.offered,
        }
        if state in simple:
            return simple[state]()
        off = {
            RegistrationState.CANCELLED: Q(cancelled_at__isnull=False),
            RegistrationState.DECLINED: Q(declined_at__isnull=False, cancelled_at__isnull=True),
            RegistrationState.LAPSED: Q(
                lapsed_at__isnull=False, cancelled_at__isnull=True, declined_at__isnull=True
            ),
        }
        return self.filter(off[state])

    def missed(self):
        """Confirmed ones of an event that ended before today at which the person did not appear; only where attendance
        was taken in that mode at all, else nobody knows (domain 10.6: 未到, from T+1 on)."""
        came = Registration._meta.get_field("attendances").related_model.objects.live()
        taken = came.filter(event=OuterRef("event"), mode=OuterRef("mode"))
        over = Q(event__ends_at__date__lt=localdate(), event__cancelled_at__isnull=True)
        return self.confirmed().filter(over, Exists(taken), ~Exists(came.filter(registration=OuterRef("pk"))))


LIVE = Q(cancelled_at__isnull=True, declined_at__isnull=True, lapsed_at__isnull=True)


@tracked(exclude=PERSONAL, history="history")
class Registration(Versioned):
    """One person's place, or wish for one, at one event; `organization` and `unit_name` stand as they were that day."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations", verbose_name="活动")
    mode = models.CharField("参加形式", max_length=10, choices=Mode)
    full_name = models.CharField("姓名", max_length=50)
    mobile = models.CharField("手机", max_length=11, blank=True)
    email = models.EmailField("邮箱", blank=True)
    title = models.CharField("职务", max_length=50, blank=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="registrations", verbose_name="单位"
    )
    unit_name = models.CharField("单位", max_length=120)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="本人账号", **PERSON)
    lists_name = models.BooleanField("同意同场参加者看到姓名和单位", default=False)
    note = models.CharField("备注", max_length=200, blank=True)
    code = models.CharField(max_length=32, unique=True, default=new_code, editable=False)

    source = models.CharField("报名方式", max_length=10, choices=Source, editable=False)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="报名人", **PERSON)
    guest_address = models.CharField(max_length=254, blank=True, editable=False)
    privacy_version = models.CharField("同意的政策版本", max_length=20, blank=True, editable=False)
    confirmed_at = models.DateTimeField("确认", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="审核人", **PERSON)
    waiting_since = models.DateTimeField("候补登记", null=True, blank=True, editable=False)
    offered_at = models.DateTimeField("候补到位", null=True, blank=True, editable=False)
    offer_ends_at = models.DateTimeField("候补确认期限", null=True, blank=True, editable=False)
    lapsed_at = models.DateTimeField("候补失效", null=True, blank=True, editable=False)
    declined_at = models.DateTimeField("审核未通过", null=True, blank=True, editable=False)
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="审核人", **PERSON)
    decline_reason = models.CharField("未通过理由", max_length=300, blank=True, editable=False)
    cancelled_at = models.DateTimeField("取消", null=True, blank=True, editable=False)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="取消人", **PERSON)
    cancel_reason = models.CharField("取消原因", max_length=300, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报名"
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["event", "mode"], condition=LIVE, name="registration_seats"),
            models.Index(fields=["mobile"], name="registration_mobile"),
            models.Index(Lower("email"), name="registration_email"),
            models.Index(fields=["offer_ends_at"], condition=LIVE, name="registration_offers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "mobile"], condition=LIVE & ~Q(mobile=""), name="registration_once"
            ),
            models.CheckConstraint(condition=~Q(mode=Mode.HYBRID), name="registration_in_one_mode"),
            models.CheckConstraint(
                condition=Q(offered_at__isnull=True, offer_ends_at__isnull=True)
                | Q(waiting_since__isnull=False, offered_at__isnull=False, offer_ends_at__isnull=False, offer_ends_at__gt=F("offered_at")),
                name="registration_offer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(lapsed_at__isnull=True) | Q(confirmed_at__isnull=True), name="registration_lapsed_unseated"
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True) | ~Q(decline_reason=""), name="registration_declined_with_reason"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.event.numbered} {self.full_name}"

    @staticmethod
    def events_with_overdue_offers():
        """Events, still to come, at which a seat was offered and not taken in time."""
        overdue = Registration.objects.offered().filter(offer_ends_at__lte=now())
        return (
            Event.objects.standing().filter(pk__in=overdue.values("event"), ends_at__gt=now()).order_by("pk")
        )

    @property
    def state(self) -> RegistrationState:
        if self.cancelled_at:
            return RegistrationState.CANCELLED
        if self.declined_at:
            return RegistrationState.DECLINED
        if self.lapsed_at:
            return RegistrationState.LAPSED
        if self.confirmed_at:
            return RegistrationState.CONFIRMED
        if self.offered_at:
            return RegistrationState.OFFERED
        return RegistrationState.WAITING if self.waiting_since else RegistrationState.PENDING

    @property
    def short_code(self) -> str:
        """Six characters that stand under the QR code."""
        return short_code(self.code)

    @property
    def outcome(self) -> Outcome | None:
        """What became of it: checked in, and completed once the event is over; not appeared, by the rule of `missed`; None
        where nothing is known yet."""
        if self.attendances.live().exists():
            return Outcome.COMPLETED if self.event.is_over else Outcome.CHECKED_IN
        return Outcome.MISSED if Registration.objects.filter(pk=self.pk).missed().exists() else None

    @property
    def is_live(self) -> bool:
        return not (self.cancelled_at or self.declined_at or self.lapsed_at)

    @property
    def is_seated(self) -> bool:
        return self.is_live and bool(self.confirmed_at or self.offered_at)

    @property
    def offer_stands(self) -> bool:
        """Whether a seat is offered and may still be taken."""
        return self.state == RegistrationState.OFFERED and now() < self.offer_ends_at

    @property
    def may_leave(self) -> bool:
        """Whether the person may still cancel by themselves: until the day before, and a wish at any time."""
        if not self.is_live or self.event.is_over:
            return False
        return not self.confirmed_at or localdate() < localdate(self.event.starts_at)


@tracked(exclude=("text",))
class QuestionAnswer(models.Model):
    """What a registration answered to a question; several choices are joined by 、."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers", verbose_name="问题")
    text = models.CharField("回答", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "报名回答"
        ordering = ["question__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "question"], name="question_answer_once")
        ]

    def __str__(self):
        return self.text
