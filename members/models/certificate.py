"""The membership certificate: issued when a unit joins, anew when name or grade change, void the day it leaves."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from members.choices import CertificateState, Grade
from members.models.base import tracked
from members.models.membership import Membership, Post
from members.models.organization import Organization


def grade_of(day, *, unit: str):
    """The grade on `day` of the unit that the outer query's column `unit` names, for annotations (domain 2.4)."""
    posts = Post.objects.on(day).filter(organization=OuterRef(unit)).order_by("grade")
    return Coalesce(Subquery(posts.values("grade")[:1]), Value(Grade.MEMBER.value))


class CertificateQuerySet(models.QuerySet):
    def present(self):
        """Those that nobody made void; a unit has one at most."""
        return self.filter(voided_at__isnull=True)

    def with_token(self, token: str):
        """The certificate whose QR code carries `token`, with its unit; None when none was ever given it."""
        return self.select_related("organization").filter(token=token).first()

    def untrue(self, day):
        """Present ones that no longer say what is so on `day`: the unit left, or has another name, number or grade."""
        member = Membership.objects.on(day).filter(organization=OuterRef("organization"))
        found = self.present().annotate(grade_now=grade_of(day, unit="organization"))
        return found.filter(
            ~Exists(member)
            | ~Q(name=F("organization__name"))
            | ~Q(member_number=F("organization__member_number"))
            | ~Q(grade=F("grade_now"))
        )


@tracked()
class Certificate(models.Model):
    """What was printed on it, and the secret of the address behind its QR code. A unit has one that is not void."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="certificates", verbose_name="单位"
    )
    number = models.CharField("证书编号", max_length=30, unique=True)
    token = models.CharField(max_length=43, unique=True, editable=False)
    name = models.CharField("单位名称", max_length=120)
    member_number = models.CharField("会员编号", max_length=20)
    grade = models.PositiveSmallIntegerField("级别", choices=Grade)
    issued_on = models.DateField("发证日期")
    valid_until = models.DateField("有效期至")
    reason = models.CharField("签发原因", max_length=100, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签发人"
    )
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=100, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会员证"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(voided_at__isnull=True), name="certificate_one_valid"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""), name="certificate_void_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("issued_on")), name="certificate_dates_in_order"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def void_since(self) -> date | None:
        """The day from which it is void: when it was made so, or the unit's last membership ended; None while neither.

        That the unit left is looked up as well, so that no way out of the association leaves a certificate standing.
        """
        if self.voided_at is not None:
            return localdate(self.voided_at)
        left = self.organization.latest_left_on
        return left if left is not None and left <= localdate() else None

    @property
    def state(self) -> CertificateState:
        """What it is worth today."""
        if self.void_since is not None:
            return CertificateState.VOID
        return CertificateState.VALID if self.valid_until >= localdate() else CertificateState.EXPIRED

    @property
    def is_valid(self) -> bool:
        """Whether it holds today."""
        return self.state == CertificateState.VALID
