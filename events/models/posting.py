"""What a unit looks for or offers, and the dated facts from which the state of the posting follows (domain 10.8)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localdate

from association import chinese
from events import permissions
from events.choices import (
    BudgetBand,
    PostingCategory,
    PostingKind,
    PostingOutcome,
    PostingState,
    PostingVisibility,
)
from events.models.event import Event
from members.choices import District
from members.models import Contact, ContactRole, Organization
from members.models.base import Versioned, tracked

PERSON = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+", "editable": False}
MOMENT = {"null": True, "blank": True, "editable": False}
OPPOSITE = {PostingKind.DEMAND: PostingKind.SUPPLY, PostingKind.SUPPLY: PostingKind.DEMAND}


def units_served(user):
    """Units that are members today at which the person holds a duty, as a query of keys."""
    roles = ContactRole.objects.current().filter(contact__user=user)
    return (
        Organization.objects.members_on(localdate()).filter(pk__in=roles.values("organization")).values("pk")
    )


def _matches():
    # The model lies in a sibling module that points here; the registry knows it by the time of a query.
    return Posting._meta.get_field("matches").related_model.objects


class PostingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Postings the person may know of: those who keep or watch over the market all, people of members what is
        published and everything of their own unit, others none."""
        if permissions.can_see_all_matching(user):
            return self
        if not permissions.can_see_market(user):
            return self.none()
        joined = Exists(_matches().filter(posting=OuterRef("pk"), asker__in=units_served(user)))
        countered = Exists(_matches().filter(counter=OuterRef("pk"), owner__in=units_served(user)))
        known = Q(pk__in=self.model.objects.on_market().values("pk")) | Q(organization__in=units_served(user))
        return self.filter(known | (Q(published_at__isnull=False) & (joined | countered)))

    def published(self):
        """Published at some time, whatever became of them."""
        return self.filter(published_at__isnull=False)

    def on_market(self):
        """Those that take interest today: published, valid, not closed, of a unit that is a member."""
        members = Organization.objects.members_on(localdate())
        live = self.published().filter(closed_at__isnull=True, valid_to__gte=localdate())
        return live.filter(organization__in=members.values("pk"))

    def open_to_all(self):
        """What everybody may read of."""
        return self.on_market().filter(visibility=PostingVisibility.PUBLIC)

    def awaiting_review(self):
        return self.filter(
            submitted_at__isnull=False,
            published_at__isnull=True,
            rejected_at__isnull=True,
            closed_at__isnull=True,
        )

    def published_in(self, year: int):
        return self.filter(published_at__year=year)

    def with_matched(self):
        """With `matched`: whether a match of it stands to which both sides agreed."""
        agreed = _matches().standing()
        own = Exists(agreed.filter(posting=OuterRef("pk")))
        return self.annotate(matched=own | Exists(agreed.filter(counter=OuterRef("pk"))))

    def in_state(self, state: str):
        """Those in one of `PostingState` today; the same rule as `Posting.state`."""
        if state == PostingState.CLOSED:
            return self.filter(closed_at__isnull=False)
        found = self.filter(closed_at__isnull=True)
        if state == PostingState.SUBMITTED:
            return found.awaiting_review()
        if state in (PostingState.DRAFT, PostingState.REJECTED):
            return found.filter(
                published_at__isnull=True,
                submitted_at__isnull=state == PostingState.DRAFT,
                rejected_at__isnull=state == PostingState.DRAFT,
            )
        found = found.published().with_matched().filter(matched=state == PostingState.MATCHED)
        if state == PostingState.MATCHED:
            return found
        is_valid = Q(valid_to__gte=localdate())
        return found.filter(is_valid if state == PostingState.PUBLISHED else ~is_valid)

    def matching(self, text: str):
        """Postings found by any part of title, text or unit."""
        found = self
        for term in chinese.normalise(text).split()[:8]:
            found = found.filter(
                Q(title__icontains=term) | Q(text__icontains=term) | Q(organization__name__icontains=term)
            )
        return found


@tracked()
class Posting(Versioned):
    """A demand or a supply of one unit. Nothing personal stands in it: who answers is known to the unit and the house."""

    kind = models.CharField("种类", max_length=10, choices=PostingKind)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="postings", verbose_name="单位"
    )
    title = models.CharField("标题", max_length=60)
    text = models.TextField("说明", max_length=2000)
    category = models.CharField("类别", max_length=15, choices=PostingCategory)
    budget = models.CharField("预算或报价", max_length=12, choices=BudgetBand, default=BudgetBand.OPEN)
    district = models.CharField("所在区", max_length=6, choices=District, blank=True)
    region = models.CharField("北京以外的地区", max_length=30, blank=True)
    valid_to = models.DateField("有效期至")
    visibility = models.CharField(
        "谁能看到", max_length=10, choices=PostingVisibility, default=PostingVisibility.MEMBERS
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由谁答复"
    )
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="为哪场活动发布"
    )

    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="起草人", **PERSON)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="提交人", **PERSON)
    submitted_at = models.DateTimeField("提交", **MOMENT)
    rejected_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="驳回人", **PERSON)
    rejected_at = models.DateTimeField("驳回", **MOMENT)
    reject_reason = models.CharField("驳回理由", max_length=300, blank=True, editable=False)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="发布人", **PERSON)
    published_at = models.DateTimeField("发布", **MOMENT)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="关闭人", **PERSON)
    closed_at = models.DateTimeField("关闭", **MOMENT)
    outcome = models.CharField("结果", max_length=20, choices=PostingOutcome, blank=True, editable=False)
    outcome_note = models.CharField("结果说明", max_length=300, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "供需"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["published_at"], name="posting_published")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rejected_at__isnull=True) | ~Q(reject_reason=""),
                name="posting_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | Q(submitted_at__isnull=False, rejected_at__isnull=True),
                name="posting_published_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=models.F("submitted_by")),
                name="posting_published_by_another",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) ^ ~Q(outcome=""), name="posting_closed_with_outcome"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.title}"

    def get_absolute_url(self):
        return reverse("events:posting", args=[self.pk])

    @property
    def has_match(self) -> bool:
        """Whether a match stands to which both sides agreed; read from `with_matched` where a list asked for it."""
        if "matched" not in self.__dict__:
            self.matched = type(self).objects.with_matched().filter(pk=self.pk, matched=True).exists()
        return self.matched

    @property
    def state(self) -> PostingState:
        """Where it stands today."""
        if self.closed_at:
            return PostingState.CLOSED
        if self.published_at is None:
            if self.rejected_at:
                return PostingState.REJECTED
            return PostingState.SUBMITTED if self.submitted_at else PostingState.DRAFT
        if self.has_match:
            return PostingState.MATCHED
        return PostingState.PUBLISHED if self.is_valid else PostingState.EXPIRED

    @property
    def is_valid(self) -> bool:
        return self.valid_to >= localdate()

    @property
    def is_on_market(self) -> bool:
        """Whether it takes interest today; one that is matched goes on doing so until its unit closes it."""
        left, count = self.organization.latest_left_on, self.organization.membership_count
        is_of_member = bool(count) and (left is None or left > localdate())
        return self.published_at is not None and self.closed_at is None and self.is_valid and is_of_member

    @property
    def opposite(self) -> str:
        return OPPOSITE[self.kind]

    @property
    def place(self) -> str:
        """朝阳区, 深圳 or 不限."""
        return self.get_district_display() or self.region or "不限"
