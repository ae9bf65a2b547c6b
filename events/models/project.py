"""A project that a unit puts forward for an event, its stages as history, and what reviewers said of it (domain 5.6).

The stage is nowhere stored: it is that of the last row of the history. A stage that was entered by mistake is undone by
a further row that names it; what was undone counts nowhere.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from association import chinese
from events import permissions
from events.choices import Maturity, Need, ProjectKind, Stage
from events.models.event import Event
from members.models import ContactRole, Organization
from members.models.base import Versioned, tracked

PERSON = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+", "editable": False}


class ProjectQuerySet(models.QuerySet):
    def with_stage(self):
        """With `stage_now`, the stage that each stands in."""
        rows = ProjectStage.objects.filter(project=OuterRef("pk")).order_by("-pk")
        return self.annotate(stage_now=Subquery(rows.values("stage")[:1]))

    def in_stage(self, *stages):
        return self.with_stage().filter(stage_now__in=stages)

    def reached(self, *stages, year: int | None = None):
        """Those that reached one of the stages, in the year if one is given, wherever they stand now (domain 1.4)."""
        rows = ProjectStage.objects.standing().filter(project=OuterRef("pk"), stage__in=stages)
        return self.filter(Exists(rows.filter(reached_on__year=year) if year else rows))

    def published(self):
        """Those that everybody may read of: chosen and published, wherever they stand now."""
        return self.reached(Stage.PUBLISHED)

    def visible_to(self, user):
        """Projects the person may know of: those who read the register all, a unit's people its own, reviewers those
        they were asked for; what one entered oneself."""
        if permissions.can_see_projects(user):
            return self
        if not user.is_authenticated:
            return self.none()
        duties = ContactRole.objects.current().filter(contact__user=user)
        asked = Review.objects.filter(project=OuterRef("pk"), reviewer=user, recused_at__isnull=True)
        return self.filter(Q(organization__in=duties.values("organization")) | Exists(asked))

    def matching(self, text: str):
        """Projects found by any part of name, unit or scene."""
        found = self
        for term in chinese.normalise(text).split()[:8]:
            found = found.filter(
                Q(name__icontains=term) | Q(unit_name__icontains=term) | Q(scene__icontains=term)
            )
        return found


# What names a person stays out of the history, so that erasing it from the row erases it.
@tracked(exclude=("contact_name", "contact_mobile"))
class Project(Versioned):
    name = models.CharField("项目名称", max_length=100)
    unit_name = models.CharField("单位", max_length=120)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="名册中的单位",
    )  # fmt: skip
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="征集活动"
    )
    kind = models.CharField("类型", max_length=12, choices=ProjectKind)
    scene = models.CharField("应用场景", max_length=200)
    maturity = models.CharField("成熟度", max_length=12, choices=Maturity)
    needs = ArrayField(models.CharField(max_length=12, choices=Need), default=list, verbose_name="需求")
    description = models.TextField("介绍", blank=True, max_length=3000)
    contact_name = models.CharField("联系人", max_length=30)
    contact_mobile = models.CharField("联系人手机", max_length=11)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="登记人", **PERSON)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        ordering = ["-pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("events:project", args=[self.pk])

    @property
    def stage(self) -> Stage:
        """Where it stands; without a query when it was read `with_stage`."""
        if "stage_now" in self.__dict__:
            return Stage(self.stage_now)
        return Stage(self.stages.order_by("-pk").values_list("stage", flat=True)[0])

    @property
    def needs_in_words(self) -> str:
        return "、".join(Need(need).label for need in self.needs)


class ProjectStageQuerySet(models.QuerySet):
    def standing(self):
        """Rows that say that a stage was reached: neither undone nor themselves undoing one."""
        return self.filter(undoes__isnull=True, undone_by__isnull=True)


@tracked()
class ProjectStage(models.Model):
    """One step of a project: the stage that it reached on a day, or, with `undoes`, the one that it is back at."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="stages", verbose_name="项目")
    stage = models.CharField("阶段", max_length=12, choices=Stage)
    reached_on = models.DateField("日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="登记人", **PERSON)
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    undoes = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="undone_by", verbose_name="撤销"
    )

    objects = ProjectStageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目阶段"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["project", "-id"], name="project_stage_last"),
            models.Index(fields=["stage", "reached_on"], name="project_stage_reached"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes__isnull=True) | ~Q(reason=""), name="project_stage_undone_with_reason"
            ),
        ]

    def __str__(self):
        return f"{self.project}：{self.get_stage_display()}"


@tracked()
class Review(Versioned):
    """What one reviewer says of a project: asked, then marks from 0 to 100 by criterion, or a recusal (回避)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="reviews", verbose_name="项目")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="project_reviews", verbose_name="评审人"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="邀请人", **PERSON)
    asked_at = models.DateTimeField("邀请时间", auto_now_add=True)
    due_on = models.DateField("评审期限")
    novelty = models.PositiveSmallIntegerField(
        "创新性", null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    fit = models.PositiveSmallIntegerField(
        "场景契合度", null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    readiness = models.PositiveSmallIntegerField(
        "成熟度", null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    reach = models.PositiveSmallIntegerField(
        "推广价值", null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    comment = models.TextField("意见", blank=True, max_length=1000)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True, editable=False)
    recused_at = models.DateTimeField("回避", null=True, blank=True, editable=False)
    recusal_reason = models.CharField("回避理由", max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "项目评审"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "reviewer"], name="review_one_a_person"),
            models.CheckConstraint(
                condition=Q(recused_at__isnull=True) | Q(submitted_at__isnull=True),
                name="review_given_or_recused",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(novelty__isnull=False, fit__isnull=False, readiness__isnull=False, reach__isnull=False),
                name="review_marks_complete",
            ),
            models.CheckConstraint(
                condition=Q(novelty__lte=100, fit__lte=100, readiness__lte=100, reach__lte=100),
                name="review_marks_in_hundred",
            ),
        ]

    def __str__(self):
        return f"{self.reviewer}：{self.project}"

    @property
    def is_open(self) -> bool:
        return self.submitted_at is None and self.recused_at is None
