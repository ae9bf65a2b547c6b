"""An invitation to an event: one person for one unit, and what they answered (domain 5.3)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.choices import Reply
from events.models.event import Event
from events.models.registration import Registration
from members.models import Contact, Organization
from members.models.base import Versioned, tracked

PERSON = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+", "editable": False}


class EventInvitationQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(replied_at__isnull=True)


@tracked(history="history")
class EventInvitation(Versioned):
    """`registration` is the place that came of it: the person's own, or that of whoever they sent."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="invitations", verbose_name="活动")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="event_invitations", verbose_name="单位"
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="event_invitations", verbose_name="受邀人"
    )
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="发出人", **PERSON)
    sent_at = models.DateTimeField("发出")
    reply = models.CharField("回执", max_length=10, choices=Reply, blank=True, editable=False)
    replied_at = models.DateTimeField("回复", null=True, blank=True, editable=False)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="回复人", **PERSON)
    reason = models.CharField("说明", max_length=200, blank=True, editable=False)
    registration = models.OneToOneField(
        Registration, models.PROTECT, null=True, blank=True, related_name="invitation", verbose_name="报名"
    )

    objects = EventInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "邀请"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "contact"], name="event_invitation_once"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="event_invitation_reply_is_whole",
            ),
        ]

    def __str__(self):
        return f"{self.event.numbered}邀请 {self.organization}"
