"""People who sign in, and the duties they hold from one day to another."""

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from association import chinese
from association.choices import Role, TextSize, Theme


class UserManager(BaseUserManager):
    def create_user(self, email, full_name, password=None, **extra):
        """A new account; the e-mail address is kept in lower case because people type it either way."""
        user = self.model(email=self.normalize_email(email).lower(), full_name=full_name, **extra)
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
    exclude=["password", "last_login"],
)
class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. One field for the full name: Chinese names are not split in two."""

    full_name = models.CharField("姓名", max_length=50)
    email = models.EmailField("邮箱", unique=True)
    mobile = models.CharField("手机", max_length=11, blank=True)
    pinyin_full = models.CharField("全拼", max_length=200, blank=True, editable=False)
    pinyin_initials = models.CharField("首字母", max_length=50, blank=True, editable=False)
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进后台", default=False)
    theme = models.CharField("配色", max_length=10, blank=True, choices=Theme, default=Theme.SYSTEM)
    text_size = models.CharField("字号", max_length=10, blank=True, choices=TextSize, default=TextSize.NORMAL)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

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
            )
        ]

    def __str__(self):
        return self.full_name

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name

    def save(self, *args, **kwargs):
        self.pinyin_full = chinese.pinyin_full(self.full_name, person=True)
        self.pinyin_initials = chinese.pinyin_initials(self.full_name, person=True)
        super().save(*args, **kwargs)


class RoleAssignmentQuerySet(models.QuerySet):
    def on(self, day):
        """Assignments in force on `day`."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)

    def current(self):
        return self.on(localdate())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RoleAssignment(models.Model):
    """A duty held by a person from `since` (inclusive) until `until` (exclusive; open when empty)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_assignments", verbose_name="账号")
    role = models.CharField("职责", max_length=30, choices=Role)
    since = models.DateField("自", default=localdate)
    until = models.DateField("至（不含）", null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="granted_roles", verbose_name="授予人"
    )

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
        ]

    def __str__(self):
        return f"{self.user}：{self.get_role_display()}"
