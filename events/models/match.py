"""Two units brought together over a posting, what they said to one another, and whose number each may see."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.timezone import localdate

from events import permissions
from events.choices import DealState, MatchEnding, MatchOrigin, MatchState, SharingBasis, TalkWay
from events.models.deal import Deal
from events.models.posting import MOMENT, PERSON, Posting, units_served
from members.models import Consent, Contact, Organization
from members.models.base import Versioned, tracked

DAYS_TO_ANSWER = 7
DAYS_BETWEEN_TALKS = 30
# What ended of itself or by one side's word says 未成; what was taken back or stopped says 已终止.
FAILED = (MatchEnding.DECLINED, MatchEnding.LAPSED, MatchEnding.FAILED)
# A landing counts when somebody else has verified it.
OF_DEAL = {
    DealState.SIGNED: MatchState.SIGNED, DealState.LANDED: MatchState.SIGNED,
    DealState.VERIFIED: MatchState.LANDED, DealState.ENDED: MatchState.TERMINATED,
}  # fmt: skip


class MatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Matches the person may know of: those who keep or watch over the market all, people of the two units
        theirs, others none."""
        if permissions.can_see_all_matching(user):
            return self
        if not permissions.can_see_market(user):
            return self.none()
        return self.filter(Q(owner__in=units_served(user)) | Q(asker__in=units_served(user)))

    def agreed(self):
        """Those to which both sides agreed, whatever became of them."""
        return self.filter(agreed_at__isnull=False)

    def awaiting_answer(self):
        """Those that one side or both have still to answer, in time."""
        return self.filter(agreed_at__isnull=True, ended_at__isnull=True, answer_by__gte=localdate())

    def lapsed(self):
        """Those that nobody answered in time and that have not been written off yet."""
        return self.filter(agreed_at__isnull=True, ended_at__isnull=True, answer_by__lt=localdate())

    def in_talks(self):
        """Agreed to, not ended, nothing signed: what is followed up."""
        return self.agreed().filter(ended_at__isnull=True, deal__isnull=True)

    def standing(self):
        """Agreed to and neither ended nor with a deal that has ended."""
        return self.agreed().filter(ended_at__isnull=True, deal__ended_on__isnull=True)

    def with_course(self):
        """With `talked_on`: the day of the last talk."""
        return self.annotate(talked_on=Max("talks__held_on"))

    def quiet(self):
        """Talks of which nothing was heard for thirty days."""
        since = localdate() - timedelta(days=DAYS_BETWEEN_TALKS)
        found = self.in_talks().filter(agreed_at__date__lte=since)
        return found.exclude(talks__held_on__gt=since)

    def reached(self, stage: str, year: int):
        """Those that reached `asked`, `agreed`, `signed` or `landed` in the year, whatever came after; landed is what
        the register of deals counts as landed (domain 1.4)."""
        if stage in ("signed", "landed"):
            deals = (
                Deal.objects.landed_in(year)
                if stage == "landed"
                else Deal.objects.filter(signed_on__year=year)
            )
            return self.filter(deal__in=deals)
        return self.filter(**{f"{stage}_at__year": year})

    def in_state(self, state: str):
        """Those in one of `MatchState` today; the same rule as `Match.state`."""
        if state == MatchState.TERMINATED:
            stopped = Q(ended_at__isnull=False) & ~Q(ending__in=FAILED)
            return self.filter(stopped | Q(deal__ended_on__isnull=False))
        if state in (MatchState.SIGNED, MatchState.LANDED):
            return self.filter(
                deal__ended_on__isnull=True,
                deal__verified_at__isnull=state == MatchState.SIGNED,
                deal__isnull=False,
            )
        if state == MatchState.FAILED:
            return self.filter(Q(ending__in=FAILED) | Q(pk__in=self.model.objects.lapsed().values("pk")))
        if state in (MatchState.PROPOSED, MatchState.WAITING):
            nobody = Q(owner_agreed_at__isnull=True, asker_agreed_at__isnull=True)
            return self.awaiting_answer().filter(nobody if state == MatchState.PROPOSED else ~nobody)
        found = self.in_talks()
        is_talked = Q(pk__in=Talk.objects.values("match"))
        return found.filter(is_talked if state == MatchState.TALKING else ~is_talked)


@tracked()
class Match(Versioned):
    """The `asker` shows interest in a posting of the `owner`, or the secretariat proposes the two to one another."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="matches", verbose_name="供需")
    counter = models.ForeignKey(
        Posting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter_matches",
        verbose_name="对应的供需",
    )
    owner = models.ForeignKey(
        Organization, models.PROTECT, related_name="matches_owned", verbose_name="发布方"
    )
    asker = models.ForeignKey(
        Organization, models.PROTECT, related_name="matches_asked", verbose_name="意向方"
    )
    origin = models.CharField("来源", max_length=10, choices=MatchOrigin, default=MatchOrigin.INTEREST)
    words = models.CharField("附言", max_length=300, blank=True)
    deal = models.OneToOneField(
        Deal, models.PROTECT, null=True, blank=True, related_name="match", verbose_name="合作", editable=False
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="提出人", **PERSON)
    asked_at = models.DateTimeField("提出")
    answer_by = models.DateField("答复期限")
    owner_agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="发布方同意人", **PERSON)
    owner_agreed_at = models.DateTimeField("发布方同意", **MOMENT)
    asker_agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="意向方同意人", **PERSON)
    asker_agreed_at = models.DateTimeField("意向方同意", **MOMENT)
    agreed_at = models.DateTimeField("双方同意", **MOMENT)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="结束人", **PERSON)
    ended_at = models.DateTimeField("结束", **MOMENT)
    ending = models.CharField("怎样结束", max_length=12, choices=MatchEnding, blank=True, editable=False)
    end_reason = models.CharField("原因", max_length=300, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对接"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["answer_by"], name="match_answer_by")]
        constraints = [
            models.UniqueConstraint(
                fields=["posting", "asker"], condition=Q(ended_at__isnull=True), name="match_one_open"
            ),
            models.CheckConstraint(condition=~Q(owner=F("asker")), name="match_of_two_units"),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True)
                ^ Q(owner_agreed_at__isnull=False, asker_agreed_at__isnull=False),
                name="match_agreed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(deal__isnull=True) | Q(agreed_at__isnull=False, ended_at__isnull=True),
                name="match_deal_was_agreed",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) ^ ~Q(ending=""), name="match_ended_somehow"
            ),
            models.CheckConstraint(
                condition=~Q(ending__in=[MatchEnding.FAILED, MatchEnding.TERMINATED], end_reason=""),
                name="match_ended_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.owner.name}与{self.asker.name}：{self.posting.title}"

    def get_absolute_url(self):
        return reverse("events:match", args=[self.pk])

    @property
    def last_talk_on(self):
        """The day of the last talk or None; read from `with_course` where a list asked for it."""
        if "talked_on" not in self.__dict__:
            self.talked_on = self.talks.aggregate(last=Max("held_on"))["last"]
        return self.talked_on

    @property
    def state(self) -> MatchState:
        """Where it stands today."""
        if self.ended_at:
            return MatchState.FAILED if self.ending in FAILED else MatchState.TERMINATED
        if self.deal_id:
            return OF_DEAL[self.deal.state]
        if self.agreed_at:
            return MatchState.TALKING if self.last_talk_on else MatchState.AGREED
        if self.has_lapsed:
            return MatchState.FAILED
        return MatchState.WAITING if self.owner_agreed_at or self.asker_agreed_at else MatchState.PROPOSED

    @property
    def has_lapsed(self) -> bool:
        """Whether nobody answered in time, written off or not."""
        is_open = self.ended_at is None and self.agreed_at is None
        return self.ending == MatchEnding.LAPSED or (is_open and self.answer_by < localdate())

    @property
    def is_answerable(self) -> bool:
        return self.ended_at is None and self.agreed_at is None and not self.has_lapsed

    @property
    def is_in_talks(self) -> bool:
        """Agreed to, not ended, nothing signed."""
        return self.agreed_at is not None and self.ended_at is None and self.deal_id is None

    def side_of(self, organization) -> str:
        """`owner` or `asker`; empty for a unit that is no party."""
        sides = {self.owner_id: "owner", self.asker_id: "asker"}
        return sides.get(organization.pk, "")

    def has_agreed(self, organization) -> bool:
        side = self.side_of(organization)
        return bool(side) and getattr(self, f"{side}_agreed_at") is not None

    def other_of(self, organization):
        """The unit on the other side."""
        return self.asker if organization.pk == self.owner_id else self.owner


@tracked()
class ContactSharing(models.Model):
    """One side's word that a person's name, mobile and e-mail may be told to the other unit: in which words, when, by
    whom, on what basis; and when it was taken back (个人信息保护法 §15, §23)."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="sharings", verbose_name="对接")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="contact_sharings", verbose_name="单位"
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="sharings", verbose_name="提供谁的联系方式"
    )
    basis = models.CharField("依据", max_length=10, choices=SharingBasis)
    consent = models.ForeignKey(
        Consent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据的同意记录"
    )
    wording = models.CharField("同意的内容", max_length=300)
    version = models.CharField("文字版本", max_length=20)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="同意人"
    )
    given_at = models.DateTimeField("同意时间")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="撤回人", **PERSON)
    withdrawn_at = models.DateTimeField("撤回时间", **MOMENT)

    class Meta:
        verbose_name = verbose_name_plural = "提供联系方式的同意"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["match", "organization"],
                condition=Q(withdrawn_at__isnull=True),
                name="sharing_one_standing",
            ),
            models.CheckConstraint(
                condition=~Q(basis=SharingBasis.STANDING) | Q(consent__isnull=False),
                name="sharing_standing_has_consent",
            ),
        ]

    def __str__(self):
        return f"{self.organization}：{'已撤回' if self.withdrawn_at else '同意提供联系方式'}"


@tracked()
class Talk(models.Model):
    """One talk between the two units, as either side or the secretariat noted it."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="talks", verbose_name="对接")
    held_on = models.DateField("日期")
    way = models.CharField("方式", max_length=10, choices=TalkWay)
    text = models.TextField("谈了什么", max_length=1000)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由哪一方记录"
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人"
    )
    noted_at = models.DateTimeField("记录时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "洽谈记录"
        ordering = ["-held_on", "-pk"]

    def __str__(self):
        return f"{self.held_on}：{self.get_way_display()}"
