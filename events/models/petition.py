"""Petitions to government: what a member asks, the department it was handed to, the answers, every step (domain 10.7).

Where a petition stands follows from its last moving step and is stored nowhere; the dated facts that figures need stand
on the petition and on the handover.
"""

import re

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.timezone import localdate, now

from association import chinese
from events import permissions
from events.choices import (
    AT_DEPARTMENT,
    CLOSED_STATES,
    KINDS_INTO,
    MOVING,
    STATE_AFTER,
    PetitionKind,
    PetitionSource,
    PetitionState,
    PetitionTopic,
    StepKind,
    Verdict,
)
from events.models.department import Department
from events.models.event import Event
from members.models import Contact, ContactRole, Organization
from members.models.base import Versioned, tracked

NUMBER = re.compile(r"(?:诉求)?[〔\[(]?([0-9]{4})[〕\])年-]+([0-9]{1,5})号?")
# What the ledger counts among the petitions handed over in a year (domain 5.4).
MEASURES = {
    "handed": Q(),
    "responded": Q(handover__responded_on__lte=F("handover__due_on")),
    "solved": Q(verdict__in=(Verdict.SATISFIED, Verdict.UNREACHED)),
    "rated": Q(verdict__in=(Verdict.SATISFIED, Verdict.DISSATISFIED)),
    "satisfied": Q(verdict=Verdict.SATISFIED),
}
USER = {"on_delete": models.PROTECT, "null": True, "related_name": "+", "editable": False}


class PetitionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Petitions the person may know of: those who have to do with them all, a unit's people theirs, a liaison what
        was handed to the department; others none."""
        if permissions.can_see_petitions(user):
            return self
        if not user.is_authenticated:
            return self.none()
        if departments := permissions.departments_served(user):
            return self.handed_to(departments)
        duties = ContactRole.objects.current().filter(contact__user=user)
        units = Organization.objects.visible_to(user).filter(pk__in=duties.values("organization"))
        return self.filter(organization__in=units)

    def handed_to(self, departments):
        """Those that the departments have in hand; of merged ones the lead, which stands for all."""
        return self.filter(handover__department__in=departments, lead__isnull=True)

    def in_state(self, *states):
        return self.filter(last_kind__in=[kind for state in states for kind in KINDS_INTO[state]])

    def open(self):
        return self.exclude(last_kind__in=[kind for state in CLOSED_STATES for kind in KINDS_INTO[state]])

    def leading(self):
        """Those that stand for themselves, and for whichever follow them."""
        return self.filter(lead__isnull=True)

    def handed_in(self, year: int):
        """Those that were handed to a department in the year and not taken back: what the rates are rates of."""
        found = self.filter(handover__handed_at__year=year)
        return found.filter(Q(closed_at__isnull=True) | ~Q(verdict=""))

    def measured(self, name: str):
        """Those of `handed_in` that one of `MEASURES` counts."""
        return self.filter(MEASURES[name])

    def late(self):
        """Those whose department or secretariat has let the last day pass."""
        return self.in_state(PetitionState.SUBMITTED, *AT_DEPARTMENT).filter(due_on__lt=localdate())

    def matching(self, text: str, *, handed=False):
        """Found by number, title or unit; with `handed` by what was told to the department only, so that the search
        tells nothing that the page does not."""
        text = chinese.normalise(text)
        if match := NUMBER.fullmatch(text):
            return self.filter(year=int(match[1]), serial=int(match[2]))
        found = self
        for term in text.split()[:8]:
            told = Q(handover__title__icontains=term) | Q(handover__text__icontains=term)
            whole = Q(title__icontains=term) | Q(text__icontains=term) | Q(organization__name__icontains=term)
            found = found.filter(told if handed else whole)
        return found


class PetitionManager(models.Manager.from_queryset(PetitionQuerySet)):
    def get_queryset(self):
        """With `last_kind`, the kind of the last step that moved the petition."""
        moves = PetitionStep.objects.filter(petition=OuterRef("pk"), kind__in=MOVING).order_by("-pk")
        return super().get_queryset().annotate(last_kind=Subquery(moves.values("kind")[:1]))


@tracked()
class Petition(Versioned):
    """What one member asks of government.

    `due_on` is the last day of the present step: of the secretariat to accept it, of the department to answer, of the
    member to say what it thinks. One that follows another (`lead`) is handled with it; the answers reach both.
    """

    year = models.PositiveSmallIntegerField("年度", editable=False)
    serial = models.PositiveIntegerField("序号", editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="petitions", verbose_name="提出单位"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="petitions", verbose_name="联系人"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="提交人", **USER)
    source = models.CharField("来源", max_length=10, choices=PetitionSource, editable=False)
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="petitions", verbose_name="在哪场活动提出"
    )
    kind = models.CharField("类型", max_length=10, choices=PetitionKind)
    topic = models.CharField("主题", max_length=10, choices=PetitionTopic)
    title = models.CharField("标题", max_length=80)
    text = models.TextField("内容", max_length=4000)
    hides_member = models.BooleanField("转给部门时隐去单位名称", default=False)
    shares_contact = models.BooleanField("把联系人姓名和手机告诉承办部门", default=False)
    submitted_at = models.DateTimeField("提交时间", default=now, editable=False)
    due_on = models.DateField("本步期限", null=True, blank=True, editable=False)
    lead = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="followers", verbose_name="并入", editable=False
    )
    handover = models.ForeignKey(
        "Handover", models.PROTECT, null=True, related_name="petitions", verbose_name="转办", editable=False
    )
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)
    reopened_at = models.DateTimeField("要求重办的时间", null=True, editable=False)
    verdict = models.CharField("评价", max_length=12, choices=Verdict, blank=True, editable=False)
    closed_at = models.DateTimeField("办结时间", null=True, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = PetitionManager()

    class Meta:
        verbose_name = verbose_name_plural = "政企诉求"
        ordering = ["-year", "-serial"]
        indexes = [models.Index(fields=["due_on"], name="petition_due")]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="petition_number_once"),
            models.CheckConstraint(
                condition=Q(source=PetitionSource.EVENT, event__isnull=False)
                | (~Q(source=PetitionSource.EVENT) & Q(event__isnull=True)),
                name="petition_event_is_its_source",
            ),
            models.CheckConstraint(condition=~Q(lead=F("pk")), name="petition_follows_another"),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(closed_at__isnull=False, answered_at__isnull=False),
                name="petition_verdict_on_closed",
            ),
        ]

    def __str__(self):
        # The number alone: title and unit are not for everybody who may know of it.
        return self.number

    def get_absolute_url(self):
        return reverse("events:petition", args=[self.pk])

    @property
    def number(self) -> str:
        """诉求〔2022〕12号."""
        return f"诉求〔{self.year}〕{self.serial}号"

    @property
    def state(self) -> PetitionState:
        """Where it stands: what the last moving step led to."""
        kind = self.__dict__.get("last_kind")
        if kind is None:
            moves = self.steps.filter(kind__in=MOVING).order_by("-pk")
            kind = self.last_kind = moves.values_list("kind", flat=True).first() or StepKind.SUBMITTED
        return STATE_AFTER[kind]

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED_STATES

    @property
    def is_late(self) -> bool:
        """Whether the last day of the secretariat or of the department has passed."""
        waits = self.state == PetitionState.SUBMITTED or self.state in AT_DEPARTMENT
        return waits and self.due_on is not None and self.due_on < localdate()


@tracked()
class Handover(models.Model):
    """A petition handed to a department by letter. `title` and `text` are all that the department is told of it.

    `due_on` is the last day of the first answer, `redo_due_on` of the second. What counts as response is the day on
    which it was signed for or answered, whichever came first.
    """

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="handovers", verbose_name="政企诉求")
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="handovers", verbose_name="承办部门"
    )
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    title = models.CharField("函件标题", max_length=80)
    text = models.TextField("函件正文", max_length=8000)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="转办人", **USER)
    handed_at = models.DateTimeField("转办时间", default=now)
    due_on = models.DateField("答复期限")
    redo_due_on = models.DateField("重办期限", null=True)
    extended_from = models.DateField("延期前的期限", null=True)
    extension_reason = models.CharField("延期理由", max_length=300, blank=True)
    signed_at = models.DateTimeField("签收时间", null=True)
    responded_on = models.DateField("响应日期", null=True)
    objected_at = models.DateTimeField("派单异议时间", null=True)
    objection = models.CharField("异议理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "转办"
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="handover_number_once"),
            models.UniqueConstraint(
                fields=["petition"], condition=Q(objected_at__isnull=True), name="handover_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(extended_from__isnull=True) | ~Q(extension_reason=""),
                name="handover_extended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(objected_at__isnull=True) | ~Q(objection=""), name="handover_objected_with_reason"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def number(self) -> str:
        """转办函〔2022〕5号."""
        return f"转办函〔{self.year}〕{self.serial}号"

    @property
    def last_day(self):
        """The last day that counts now."""
        return self.redo_due_on or self.due_on


@tracked()
class Answer(models.Model):
    """What was answered, by the department or by the association itself; a second one after 重办."""

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="answers", verbose_name="政企诉求")
    handover = models.ForeignKey(
        Handover, models.PROTECT, null=True, related_name="answers", verbose_name="转办"
    )
    text = models.TextField("答复内容", max_length=4000)
    letter_on = models.DateField("复函日期", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="答复人", **USER)
    at = models.DateTimeField("答复时间", default=now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "答复"
        ordering = ["pk"]

    def __str__(self):
        return self.text[:40]


class PetitionStep(models.Model):
    """One step in the course of a petition, in the words that were said."""

    append_only = True

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="steps", verbose_name="政企诉求")
    kind = models.CharField("步骤", max_length=15, choices=StepKind)
    text = models.TextField("说明", max_length=4000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="经办人", **USER)
    at = models.DateTimeField("时间", default=now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "诉求的步骤"
        ordering = ["pk"]
        indexes = [models.Index(fields=["petition", "-id"], name="petition_step_last")]

    def __str__(self):
        return self.get_kind_display()
