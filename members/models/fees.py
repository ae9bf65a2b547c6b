"""What membership costs: standards by version, adopted by the assembly, of at most four fixed tiers (domain 2.1)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from members import permissions
from members.choices import Grade, Proration
from members.models.base import Versioned, tracked

MOST_TIERS = 4


class FeeStandardQuerySet(models.QuerySet):
    def adopted(self):
        return self.filter(adopted_on__isnull=False)

    def visible_to(self, user):
        """Those who work with dues see drafts as well; members what was published to them."""
        if permissions.can_keep_fee_standards(user) or permissions.can_see_dues(user):
            return self
        if permissions.can_see_dues_publication(user):
            return self.filter(published_at__isnull=False)
        return self.none()

    def unpublished(self):
        """Adopted ones that the members have not been told of."""
        return self.adopted().filter(published_at__isnull=True)

    def for_year(self, year: int):
        """The standard in force in `year`: the adopted one with the latest first year not after it, or None."""
        return self.adopted().filter(first_year__lte=year).order_by("-first_year").first()


@tracked()
class FeeStandard(Versioned):
    """One version of the standard. Once adopted it is never changed; a later one takes over from its first year on.

    The counts of the vote are kept because the rule is exact: two thirds of the members present, half of those present
    in favour, by secret ballot (domain 2.1).
    """

    name = models.CharField("名称", max_length=60)
    first_year = models.PositiveSmallIntegerField("自哪一年起")
    proration = models.CharField("当年入会", max_length=10, choices=Proration, default=Proration.FULL)
    allows_waiver = models.BooleanField("规定可以减免", default=False)
    due_month = models.PositiveSmallIntegerField("缴费期限（月）", default=3)
    due_day = models.PositiveSmallIntegerField("缴费期限（日）", default=31)
    arrears_months = models.PositiveSmallIntegerField("欠缴多少个月可视为退会", default=12)
    note = models.TextField("说明", max_length=1000, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="起草人"
    )
    basis = models.CharField("决议", max_length=200, blank=True)
    eligible = models.PositiveIntegerField("应到", null=True, blank=True)
    present = models.PositiveIntegerField("实到", null=True, blank=True)
    in_favour = models.PositiveIntegerField("同意", null=True, blank=True)
    adopted_on = models.DateField("通过日期", null=True, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    published_at = models.DateTimeField("向会员公布", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = FeeStandardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会费标准"
        ordering = ["-first_year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first_year"],
                condition=Q(adopted_on__isnull=False),
                name="fee_standard_one_a_year",
                violation_error_message="这一年起已有通过的会费标准。",
            ),
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True) | ~Q(basis=""), name="fee_standard_adopted_with_basis"
            ),
            models.CheckConstraint(
                condition=Q(due_month__range=(1, 12), due_day__range=(1, 31)), name="fee_standard_due_day"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_adopted(self) -> bool:
        return self.adopted_on is not None


@tracked()
class FeeTier(models.Model):
    """A fixed amount, in 分, for some grades; no range (domain 2.1 b). Every grade stands in exactly one tier."""

    standard = models.ForeignKey(FeeStandard, models.CASCADE, related_name="tiers", verbose_name="会费标准")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("档次", max_length=40)
    amount = models.BigIntegerField("金额（分）")
    grades = ArrayField(models.PositiveSmallIntegerField(choices=Grade), verbose_name="适用级别")

    class Meta:
        verbose_name = verbose_name_plural = "会费档次"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "position"], name="fee_tier_position"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_TIERS), name="fee_tier_at_most_four"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_tier_amount"),
        ]

    def __str__(self):
        return self.name

    @property
    def grade_labels(self) -> str:
        return "、".join(Grade(grade).label for grade in self.grades)


class DuesPublication(models.Model):
    """What the members were told of a year's income and arrears; `figures` are frozen, a correction is a new version."""

    append_only = True

    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("第几版", default=1)
    figures = models.JSONField("数字", default=dict)
    note = models.TextField("说明", max_length=1000, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="公布人"
    )
    published_at = models.DateTimeField("公布时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会费收支公示"
        ordering = [F("year").desc(), F("number").desc()]
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="dues_publication_version")]

    def __str__(self):
        return f"{self.year}年度第{self.number}版"
