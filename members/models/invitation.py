"""Invitations: a contact is asked to come in by a link, and by the code that goes to their own address."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from members.choices import ContactDuty
from members.models.base import tracked
from members.models.contact import Contact
from members.models.organization import Organization


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Neither accepted nor revoked, and not too old."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now())

    def unfinished(self):
        """Neither accepted nor revoked; too old ones among them, which may be sent again."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


@tracked(exclude=("token_hash",))
class Invitation(models.Model):
    """The link holds a secret of which only the hash is kept here; it lets nobody in without the code."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="invitations", verbose_name="单位"
    )
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="invitations", verbose_name="联系人")
    duty = models.CharField("职责", max_length=20, choices=ContactDuty)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations_sent", verbose_name="邀请人"
    )
    created_at = models.DateTimeField("邀请时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效至")
    # The account that was opened when the code was asked for; the contact gets it once the code was typed.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name="账号",
    )
    accepted_at = models.DateTimeField("接受时间", null=True, blank=True)
    revoked_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "邀请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "contact", "duty"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_ends_once",
            ),
        ]

    def __str__(self):
        return f"{self.contact}：{self.get_duty_display()}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > now()
