"""Cases in which a unit leaves, and suspensions of its rights (domain 2.3, 10.12)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localdate, now

from members import permissions
from members.choices import OPEN_CASES, CaseKind, CaseState, StepKind
from members.models.base import Versioned, tracked
from members.models.contact import ContactRole
from members.models.membership import DatedQuerySet
from members.models.organization import Organization


class CaseQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OPEN_CASES)

    def unfinished(self):
        """Open cases, and those on which the assembly has yet to decide."""
        return self.filter(state__in=(*OPEN_CASES, CaseState.APPEALED))

    def published(self):
        return self.filter(state=CaseState.PUBLISHED)

    def visible_to(self, user):
        """Cases the person may know of: those who have to do with them all, of a unit's people whoever speaks for it
        those of the unit, as long as they may read its page; others none."""
        if permissions.can_see_cases(user):
            return self
        if not user.is_authenticated:
            return self.none()
        duties = ContactRole.objects.current().filter(contact__user=user, duty__in=permissions.SPEAKERS)
        units = Organization.objects.visible_to(user).filter(pk__in=duties.values("organization"))
        return self.known_to_unit().filter(organization__in=units)

    def known_to_unit(self):
        """Cases that the unit began or was told of; one that staff only weigh is not for its eyes."""
        told = CaseStep.objects.filter(case=OuterRef("pk"), kind__in=(StepKind.URGED, StepKind.NOTIFIED))
        return self.filter(Q(kind=CaseKind.WITHDRAWAL) | Exists(told))

    def with_vacant_posts(self):
        """Cases that left posts empty which nobody has seen to yet."""
        left = self.filter(state__in=(CaseState.DONE, CaseState.APPEALED), posts_settled_on__isnull=True)
        return left.exclude(ended_posts=[])


@tracked()
class ExitCase(Versioned):
    """One unit on its way out. `due_on` is the last day, or for periods that must run out the first day after them, of
    the present step; `left_on` the day from which it is no member.

    `checks` holds what was found of bills, certificate and posts when it was checked last; `ended_posts` the posts that
    its leaving ended, as they were, for the by-election and for an appeal that succeeds.
    """

    number = models.CharField("编号", max_length=20, unique=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="exit_cases", verbose_name="单位"
    )
    kind = models.CharField("种类", max_length=12, choices=CaseKind)
    state = models.CharField("状态", max_length=12, choices=CaseState, default=CaseState.FILED)
    reason = models.TextField("事由", max_length=1000)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提出人"
    )
    filed_at = models.DateTimeField("提出时间", default=now, editable=False)
    wanted_on = models.DateField("希望退会日期", null=True, blank=True)
    due_on = models.DateField("本步期限", null=True, blank=True)
    urged = models.PositiveSmallIntegerField("已催告次数", default=0)
    checks = models.JSONField("核对结果", default=dict)
    present = models.PositiveSmallIntegerField("到会理事", null=True, blank=True)
    in_favour = models.PositiveSmallIntegerField("同意", null=True, blank=True)
    basis = models.CharField("决议", max_length=200, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    left_on = models.DateField("退会日期", null=True, blank=True)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)
    outcome = models.CharField("结果说明", max_length=300, blank=True)
    ended_posts = models.JSONField("随之空缺的职务", default=list)
    posts_settled_on = models.DateField("空缺处理日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "退会事项"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="exit_case_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state__in=OPEN_CASES),
                name="exit_case_one_open",
                violation_error_message="这家单位已有一项在办的退会事项。",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.DONE) | (Q(left_on__isnull=False) & ~Q(basis="")),
                name="exit_case_done_with_basis",
            ),
            models.CheckConstraint(
                condition=Q(in_favour__isnull=True) | Q(in_favour__lte=F("present")), name="exit_case_votes"
            ),
        ]

    def __str__(self):
        return f"{self.organization}：{self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_CASES

    @property
    def is_known_to_unit(self) -> bool:
        return self.kind == CaseKind.WITHDRAWAL or self.state not in (CaseState.FILED, CaseState.CLOSED)

    @property
    def is_late(self) -> bool:
        """Whether the last day for the secretariat's check has passed; the other days are the first of what may follow."""
        return self.state == CaseState.FILED and self.due_on is not None and self.due_on < localdate()

    @property
    def must_wait(self) -> bool:
        """Whether a period runs that must be over before the next step."""
        return self.state != CaseState.FILED and self.due_on is not None and self.due_on > localdate()


class CaseStep(models.Model):
    """What was done on a case, in the words that went into the file."""

    append_only = True

    case = models.ForeignKey(ExitCase, models.PROTECT, related_name="steps", verbose_name="退会事项")
    kind = models.CharField("种类", max_length=15, choices=StepKind)
    text = models.TextField("内容", max_length=2000, blank=True)
    until = models.DateField("期限", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("时间", default=now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "退会事项的步骤"
        ordering = ["pk"]

    def __str__(self):
        return self.get_kind_display()


class SuspensionQuerySet(DatedQuerySet):
    pass


@tracked()
class Suspension(models.Model):
    """Rights of a member are suspended from `since` (inclusive) until `until` (exclusive); it stays a member."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="suspensions", verbose_name="单位"
    )
    since = models.DateField("自")
    until = models.DateField("至（不含）", null=True, blank=True)
    reason = models.CharField("事由", max_length=300)
    basis = models.CharField("决议", max_length=200)
    lift_basis = models.CharField("恢复依据", max_length=200, blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "暂停会员权利"
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(until__isnull=True), name="suspension_one_open"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="suspension_dates_in_order"
            ),
        ]

    def __str__(self):
        return f"{self.since} – {self.until or '今'}"
