"""A deal between parties, with the dated facts from which its state follows: signed, landed, verified, ended.

A deal may have no project and a project several deals; each is attributed to one source event (domain 1.2, 10.8).
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from association import chinese
from events import permissions
from events.choices import DealState, PartyRole
from events.models.event import Event
from events.models.project import Project
from members.models import ContactRole, Organization
from members.models.base import Versioned, tracked

PERSON = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+", "editable": False}
# 分; a thousand times what any deal of this house comes to, and still within what a receipt can write in words.
MOST = 10**13


class DealQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Deals the person may know of: those who read the register all, a unit's people those it is party to."""
        if permissions.can_see_deals(user):
            return self
        if not user.is_authenticated:
            return self.none()
        duties = ContactRole.objects.current().filter(contact__user=user)
        own = DealParty.objects.filter(deal=OuterRef("pk"), organization__in=duties.values("organization"))
        return self.filter(Exists(own))

    def in_state(self, state: str):
        """Those in one of `DealState`; the same rule as `Deal.state`."""
        ended, landed, verified = (
            Q(ended_on__isnull=False), Q(landed_on__isnull=False), Q(verified_at__isnull=False),
        )  # fmt: skip
        return self.filter(
            {
                DealState.ENDED: ended,
                DealState.VERIFIED: verified & ~ended,
                DealState.LANDED: landed & ~verified & ~ended,
                DealState.SIGNED: ~landed & ~ended,
            }[state]
        )

    def landed_in(self, year: int):
        """What counts as landed in the year: landed on a day of it and verified (domain 1.4)."""
        return self.filter(landed_on__year=year, verified_at__isnull=False)

    def awaiting_verification(self):
        return self.in_state(DealState.LANDED)

    def matching(self, text: str):
        """Deals found by any part of their title or of a party's name."""
        found = self
        for term in chinese.normalise(text).split()[:8]:
            parties = DealParty.objects.filter(deal=OuterRef("pk"), name__icontains=term)
            found = found.filter(Q(title__icontains=term) | Exists(parties))
        return found


@tracked()
class Deal(Versioned):
    title = models.CharField("合作事项", max_length=120)
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="deals", verbose_name="来源活动"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="deals", verbose_name="项目"
    )
    signed_on = models.DateField("签约日期")
    amount = models.BigIntegerField(
        "金额（分）", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    amount_is_confidential = models.BooleanField("金额保密", default=False)
    content = models.TextField("合作内容", blank=True, max_length=2000)

    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="登记人", **PERSON)
    landed_on = models.DateField("落地日期", null=True, blank=True, editable=False)
    landed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="登记落地的人", **PERSON)
    landed_note = models.CharField("落地情况", max_length=500, blank=True, editable=False)
    returned_reason = models.CharField("退回理由", max_length=300, blank=True, editable=False)
    verified_at = models.DateTimeField("核实", null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="核实人", **PERSON)
    ended_on = models.DateField("终止日期", null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="登记终止的人", **PERSON)
    end_reason = models.CharField("终止原因", max_length=300, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "合作"
        ordering = ["-signed_on", "-pk"]
        indexes = [
            models.Index(fields=["-signed_on", "-id"], name="deal_signed_on"),
            models.Index(fields=["landed_on"], name="deal_landed_on"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="deal_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(landed_on__isnull=True) | Q(landed_on__gte=F("signed_on")),
                name="deal_landed_after_signing",
                violation_error_message="落地日期不能早于签约日期。",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | Q(landed_on__isnull=False),
                name="deal_verified_has_landed",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | ~Q(verified_by=F("landed_by")),
                name="deal_two_people",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | (~Q(end_reason="") & Q(verified_at__isnull=True)),
                name="deal_ended_with_reason",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("events:deal", args=[self.pk])

    @property
    def state(self) -> DealState:
        if self.ended_on:
            return DealState.ENDED
        if self.verified_at:
            return DealState.VERIFIED
        return DealState.LANDED if self.landed_on else DealState.SIGNED


@tracked()
class DealParty(models.Model):
    """Who is party to a deal; a unit of the roster is linked where there is one of that very name."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="parties", verbose_name="合作")
    role = models.CharField("角色", max_length=10, choices=PartyRole)
    name = models.CharField("单位", max_length=120)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="deal_parties", verbose_name="名册中的单位",
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "合作各方"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["deal", "name"], name="deal_party_once")]

    def __str__(self):
        return f"{self.get_role_display()}：{self.name}"
