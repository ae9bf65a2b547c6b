"""Two records of one unit: pairs that look like it, the search for them, and their merge into one."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from association.choices import JobState
from members.choices import MergeState, PairState, SearchState
from members.models.base import tracked
from members.models.organization import Organization


def person(label):
    """A field for the account that did something; empty until it was done."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


class DuplicatePairQuerySet(models.QuerySet):
    def standing(self):
        """Pairs of which neither unit has been merged into another meanwhile, with both units at hand."""
        return self.filter(first__merged_into__isnull=True, second__merged_into__isnull=True).select_related(
            "first", "second"
        )

    def open(self):
        """Pairs that wait for somebody to look at them."""
        return self.standing().filter(state=PairState.OPEN)


@tracked()
class DuplicatePair(models.Model):
    """Two units that look like one. `score` is from 0 to 100, `reasons` the sentences that say why.

    That a pair is none was decided by a person and holds for good, whatever the two are called later.
    """

    first = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name="单位甲")
    second = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name="单位乙")
    score = models.PositiveSmallIntegerField("相似度")
    reasons = models.JSONField("理由", default=list)
    state = models.CharField("状态", max_length=14, choices=PairState, default=PairState.OPEN)
    found_at = models.DateTimeField("发现时间", auto_now_add=True)
    decided_by = person("判定人")
    decided_at = models.DateTimeField("判定时间", null=True, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复"
        indexes = [models.Index(fields=["state", "-score", "id"], name="duplicate_pair_listed")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_unique"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"),
        ]

    def __str__(self):
        return f"{self.first_id}:{self.second_id}"


class DuplicateSearch(models.Model):
    """One run through all units in search of duplicates, and how far it has come."""

    state = models.CharField("状态", max_length=10, choices=SearchState, default=SearchState.RUNNING)
    job = models.ForeignKey("association.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    started_by = person("发起人")
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    step = models.CharField("进行到", max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField("候选对", default=0)
    crowded = models.PositiveIntegerField("过于常见的名称", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "查重"
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=SearchState.RUNNING),
                name="duplicate_search_one_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        return self.state == SearchState.RUNNING and not self.is_stuck

    @property
    def is_stuck(self) -> bool:
        """Whether the background work gave up on it."""
        return (
            self.state == SearchState.RUNNING and self.job is not None and self.job.state == JobState.FAILED
        )


class MergeQuerySet(models.QuerySet):
    def pending(self):
        """Those that wait for a second person, to be done or to be taken back."""
        return self.filter(state__in=(MergeState.PROPOSED, MergeState.UNDO_ASKED))

    def involving(self, *units):
        return self.filter(Q(kept__in=units) | Q(merged__in=units))


@tracked(exclude=("effects",))
class Merge(models.Model):
    """One unit's record taken into another's: proposed by one person, confirmed by a second; undone likewise.

    `picks` names the side each differing field is taken from. `effects` is what it takes to undo it exactly;
    `outcome` is the same in words and numbers for people.
    """

    kept = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="保留的单位")
    merged = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="并入的单位")
    state = models.CharField("状态", max_length=12, choices=MergeState, default=MergeState.PROPOSED)
    picks = models.JSONField("各项取值", default=dict)
    kept_version = models.PositiveIntegerField(default=0)
    merged_version = models.PositiveIntegerField(default=0)
    basis = models.CharField("合并理由", max_length=200)
    proposed_by = person("提出人")
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = person("确认人")
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    decline_basis = models.CharField("不合并的理由", max_length=200, blank=True)
    effects = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    outcome = models.JSONField("结果", default=dict, encoder=DjangoJSONEncoder)
    undo_asked_by = person("提出撤销的人")
    undo_asked_at = models.DateTimeField("提出撤销的时间", null=True, blank=True)
    undo_basis = models.CharField("撤销理由", max_length=200, blank=True)
    undone_by = person("确认撤销的人")
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位合并"
        indexes = [models.Index(fields=["state", "-id"], name="merge_listed")]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"],
                condition=Q(state__in=(MergeState.PROPOSED, MergeState.DONE, MergeState.UNDO_ASKED)),
                name="merge_one_of_a_unit",
                violation_error_message="这家单位已有合并在办理，或已并入别的单位。",
            ),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two_units"),
            models.CheckConstraint(
                condition=~Q(state__in=(MergeState.DONE, MergeState.UNDO_ASKED, MergeState.UNDONE))
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="merge_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=MergeState.UNDONE)
                | (Q(undone_by__isnull=False) & ~Q(undone_by=F("undo_asked_by"))),
                name="merge_undone_by_two_people",
            ),
        ]

    def __str__(self):
        return f"{self.merged} → {self.kept}"

    @staticmethod
    def between(one, other) -> Q:
        """The condition that a merge is of these two units, whichever stays."""
        return Q(kept=one, merged=other) | Q(kept=other, merged=one)

    @property
    def is_pending(self) -> bool:
        return self.state in (MergeState.PROPOSED, MergeState.UNDO_ASKED)
