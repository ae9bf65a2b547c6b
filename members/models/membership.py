"""Periods of membership and the posts from which a unit's grade follows."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.timezone import localdate

from members.choices import Grade, LeaveReason
from members.models.base import tracked
from members.models.contact import Contact
from members.models.organization import Organization


class DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class DatedQuerySet(models.QuerySet):
    start, end = "since", "until"

    def on(self, day):
        """Rows in force on `day`: begun on or before it, ended after it or not at all."""
        open_or_later = Q(**{f"{self.end}__isnull": True}) | Q(**{f"{self.end}__gt": day})
        return self.filter(open_or_later, **{f"{self.start}__lte": day})

    def current(self):
        return self.on(localdate())


class MembershipQuerySet(DatedQuerySet):
    start, end = "joined_on", "left_on"


class PostQuerySet(DatedQuerySet):
    pass


# Keeps the unit's own row in step with its periods, and both units' rows when a merge moves a period. A bulk verb that
# sets the unit's fields beforehand saves the work.
KEEP_LATEST = """
UPDATE members_organization AS unit
SET latest_joined_on = period.joined_on, latest_left_on = period.left_on, membership_count = period.number
FROM (
    SELECT owner.id, max(joined_on) AS joined_on, (array_agg(left_on ORDER BY joined_on DESC))[1] AS left_on,
           count(member.id) AS number
    FROM members_organization AS owner LEFT JOIN members_membership AS member ON member.organization_id = owner.id
    WHERE owner.id IN (NEW.organization_id, OLD.organization_id) GROUP BY owner.id
) AS period
WHERE unit.id = period.id
  AND (unit.latest_joined_on, unit.latest_left_on, unit.membership_count)
      IS DISTINCT FROM (period.joined_on, period.left_on, period.number);
RETURN NULL;
"""


@tracked()
class Membership(models.Model):
    """One period of membership: from `joined_on` (inclusive) until `left_on` (exclusive: no member that day)."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="memberships", verbose_name="单位"
    )
    joined_on = models.DateField("入会日期")
    left_on = models.DateField("退会日期", null=True, blank=True)
    batch = models.CharField("批次", max_length=20, blank=True)
    basis = models.CharField("入会依据", max_length=200, blank=True)
    leave_reason = models.CharField("退会原因", max_length=20, blank=True, choices=LeaveReason)
    leave_basis = models.CharField("退会依据", max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会籍"
        triggers = [
            pgtrigger.Trigger(
                name="keep_latest",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=KEEP_LATEST,
            )
        ]
        ordering = ["joined_on"]
        indexes = [models.Index(fields=["joined_on", "left_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gt=F("joined_on")),
                name="membership_dates_in_order",
                violation_error_message="退会日期应晚于入会日期。",
            ),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (DateRange("joined_on", "left_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一单位的两段会籍不能重叠。",
            ),
        ]

    def __str__(self):
        return f"{self.joined_on} – {self.left_on or '今'}"


@tracked()
class Post(models.Model):
    """An elected post that a unit holds through a person; the unit's grade is the highest of its posts."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="posts", verbose_name="单位")
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="任职人"
    )
    grade = models.PositiveSmallIntegerField("级别", choices=Grade)
    since = models.DateField("自")
    until = models.DateField("至（不含）", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["-since"]
        indexes = [models.Index(fields=["organization", "grade"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="post_dates_in_order",
                violation_error_message="任职结束日期应晚于开始日期。",
            ),
            models.CheckConstraint(condition=~Q(grade=Grade.MEMBER), name="post_is_above_member"),
        ]

    def __str__(self):
        return self.get_grade_display()
