"""People who sign in, and the duties they hold from one day to another."""

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from association import chinese
from association.choices import Role, TextSize, Theme


class UserManager(BaseUserManager):
    def create_user(self, email, full_name, password=None, **extra):
        """A new account; the e-mail address is kept in lower case because people type it either way.

        Who signs in by mobile number may have none: it is kept as NULL then, so that two of them do not collide.
        """
        address = self.normalize_email(email).lower() if email else None
        user = self.model(email=address, full_name=full_name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, full_name, password=None, **extra):
        return self.create_user(email, full_name, password, is_superuser=True, is_staff=True, **extra)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["password", "last_login", "session_round"],
)
class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. One field for the full name: Chinese names are not split in two."""

    full_name = models.CharField("姓名", max_length=50)
    email = models.EmailField("邮箱", unique=True, null=True, blank=True)
    mobile = models.CharField("手机", max_length=11, blank=True)
    # Set once the person has typed back a code sent there.
    mobile_verified_at = models.DateTimeField("手机验证时间", null=True, blank=True, editable=False)
    pinyin_full = models.CharField("全拼", max_length=200, blank=True, editable=False)
    pinyin_initials = models.CharField("首字母", max_length=50, blank=True, editable=False)
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进后台", default=False)
    theme = models.CharField("配色", max_length=10, blank=True, choices=Theme, default=Theme.SYSTEM)
    text_size = models.CharField("字号", max_length=10, blank=True, choices=TextSize, default=TextSize.NORMAL)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    # Counted up, it ends every session of the person at once, on whatever device and however it was kept.
    session_round = models.PositiveIntegerField("登录批次", default=0, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.UniqueConstraint(
                fields=["mobile"],
                condition=~Q(mobile=""),
                name="user_mobile_unique",
                violation_error_message="该手机号已有账号。",
            ),
            models.CheckConstraint(
                condition=~Q(mobile="") | Q(email__isnull=False) | Q(is_active=False),
                name="user_can_be_reached",
            ),
        ]

    def __str__(self):
        return self.full_name

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name

    def _get_session_auth_hash(self, secret=None):
        """Django's own hash over the password, with the round of sessions: an older session fits neither."""
        if not self.session_round:
            return super()._get_session_auth_hash(secret=secret)
        value = f"{self.session_round}:{self.password}"
        return salted_hmac("association.session", value, secret=secret, algorithm="sha256").hexdigest()

    def save(self, *args, **kwargs):
        self.pinyin_full = chinese.pinyin_full(self.full_name, person=True)
        self.pinyin_initials = chinese.pinyin_initials(self.full_name, person=True)
        super().save(*args, **kwargs)

    @property
    def proved_addresses(self) -> frozenset[str]:
        """The e-mail, in small letters, and the number once a code sent there was typed back."""
        mobile = self.mobile if self.mobile_verified_at else ""
        return frozenset(address for address in ((self.email or "").lower(), mobile) if address)


class RoleAssignmentQuerySet(models.QuerySet):
    def waiting(self):
        """Proposals that nobody has confirmed, withdrawn or turned down."""
        return self.filter(confirmed_at__isnull=True, until__isnull=True)

    def of_administrators(self):
        return self.filter(role=Role.ADMINISTRATOR)

    def administrators(self):
        """The people who administrate the house today and can sign in."""
        held = self.current().of_administrators()
        return User.objects.filter(is_active=True, pk__in=held.values("user_id")).order_by("pk")

    def on(self, day):
        """Assignments in force on `day`: confirmed, begun and not ended."""
        open_then = Q(until__isnull=True) | Q(until__gt=day)
        return self.filter(open_then, since__lte=day, confirmed_at__isnull=False)

    def current(self):
        return self.on(localdate())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RoleAssignment(models.Model):
    """A duty held by a person from `since` (inclusive) until `until` (exclusive; open when empty).

    It gives no right before a second administrator has confirmed it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="role_assignments", verbose_name="账号")
    role = models.CharField("职责", max_length=30, choices=Role)
    since = models.DateField("自", default=localdate)
    until = models.DateField("至（不含）", null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="granted_roles", verbose_name="授予人"
    )
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="confirmed_roles", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "职责"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="role_assignment_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(until__isnull=True), name="role_assignment_one_open"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | Q(granted_by__isnull=True)
                | ~Q(confirmed_by=F("granted_by")),
                name="role_assignment_two_people",
            ),
        ]

    def __str__(self):
        return f"{self.user}：{self.get_role_display()}"

    @property
    def is_administration(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def is_waiting(self) -> bool:
        return self.confirmed_at is None and self.until is None

    @property
    def was_turned_down(self) -> bool:
        """Whether the proposal was withdrawn or refused: it never gave a right."""
        return self.confirmed_at is None and self.until is not None

    @property
    def is_in_force(self) -> bool:
        today = localdate()
        open_today = self.until is None or self.until > today
        return self.confirmed_at is not None and self.since <= today and open_today


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class FactorReset(models.Model):
    """Taking a lost second factor from an account: proposed by one administrator, confirmed by another."""

    user = models.ForeignKey(User, models.PROTECT, related_name="factor_resets", verbose_name="账号")
    reason = models.CharField("依据", max_length=200)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="proposed_factor_resets", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="confirmed_factor_resets",
        verbose_name="确认人",
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "重设第二步验证"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="factor_reset_one_open",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("proposed_by")) & ~Q(confirmed_by=F("user"))),
                name="factor_reset_two_people",
            ),
            models.CheckConstraint(condition=~Q(proposed_by=F("user")), name="factor_reset_not_for_oneself"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="factor_reset_ends_once",
            ),
        ]

    def __str__(self):
        return f"{self.user}：{self.reason}"

    @property
    def is_waiting(self) -> bool:
        return self.confirmed_at is None and self.withdrawn_at is None
