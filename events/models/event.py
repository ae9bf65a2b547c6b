"""An event: what is planned, who holds it, its programme, and the dated facts from which its state follows.

States and their arrows: domain 10.6. Nothing is a flag: who submitted, approved, cancelled or archived it, and when.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import localtime, now

from association import chinese
from events import numbering, permissions
from events.choices import Audience, EventGroup, EventState, HostRole, Mode, RegistrationPhase
from events.models.check_in import CheckInTerms
from events.models.closing import HeadCount
from events.models.series import Series
from events.models.terms import RegistrationTerms
from members.models import Organization, Park
from members.models.base import Versioned, tracked

NUMBER = re.compile(r"第([0-9〇零一二两三四五六七八九十百]+)[期场]?")
PERSON = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+", "editable": False}


def days_between(starts_at, ends_at) -> tuple:
    """The first and the last day, by Beijing's calendar, of what begins and ends at these moments."""
    return localtime(starts_at).date(), localtime(ends_at - timedelta(microseconds=1)).date()


def group_condition(group: str) -> Q:
    """What the events of an `EventGroup` have in common at this moment: several states of `EventState` together."""
    standing = Q(approved_at__isnull=False, cancelled_at__isnull=True)
    return {
        EventGroup.DRAFTS: Q(approved_at__isnull=True, cancelled_at__isnull=True),
        EventGroup.PUBLISHED: Q(approved_at__isnull=False),
        EventGroup.HELD: standing & Q(ends_at__lte=now()),
        EventGroup.OFF: Q(cancelled_at__isnull=False),
        EventGroup.COMING: standing & Q(ends_at__gt=now()),
        EventGroup.STANDING: standing,
    }[group]


class EventQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Events the person may know of: those who hold them all, members what was published to them, the invited what
        they were invited to, others what is open to everybody."""
        if permissions.can_see_events(user):
            return self
        audiences = [Audience.PUBLIC]
        if permissions.can_see_member_events(user):
            audiences.append(Audience.MEMBERS)
        may = Q(audience__in=audiences)
        if user.is_authenticated:
            invited = self.model.invitations.rel.related_model.objects.filter(contact__user=user)
            may |= Q(audience=Audience.INVITED, pk__in=invited.values("event"))
        return self.published().filter(may)

    def published(self):
        """Approved at some time, whatever became of them."""
        return self.filter(approved_at__isnull=False)

    def standing(self):
        """Published and neither cancelled nor failed to convene."""
        return self.published().filter(cancelled_at__isnull=True)

    def awaiting_approval(self):
        return self.filter(submitted_at__isnull=False, approved_at__isnull=True, cancelled_at__isnull=True)

    def held(self, *, before=None):
        """Standing ones that are over: what statistics count (domain 1.4); drafts, cancelled ones and those that did
        not convene are none."""
        return self.standing().filter(ends_at__lte=before or now())

    def of_year(self, year: int):
        """Those that begin in the year, by Beijing's calendar."""
        return self.filter(starts_at__year=year)

    def in_state(self, state: str):
        """Those in one of `EventState` at this moment; the same rule as `Event.state`."""
        moment = now()
        found = {
            EventState.PLANNED: Q(submitted_at__isnull=True, approved_at__isnull=True),
            EventState.SUBMITTED: Q(submitted_at__isnull=False, approved_at__isnull=True),
            EventState.ANNOUNCED: Q(approved_at__isnull=False, starts_at__gt=moment),
            EventState.RUNNING: Q(approved_at__isnull=False, starts_at__lte=moment, ends_at__gt=moment),
            EventState.ENDED: Q(approved_at__isnull=False, ends_at__lte=moment, archived_at__isnull=True),
            EventState.ARCHIVED: Q(archived_at__isnull=False),
            EventState.CANCELLED: Q(did_not_convene=False),
            EventState.FAILED: Q(did_not_convene=True),
        }[state]
        return self.filter(found, cancelled_at__isnull=state not in (EventState.CANCELLED, EventState.FAILED))

    def in_phase(self, phase: str):
        """Those that take registrations not yet, now, or no more; the same rule as `Event.phase`."""
        moment = now()
        found = self.standing().filter(registration_opens_at__isnull=False)
        if phase == RegistrationPhase.BEFORE:
            return found.filter(registration_opens_at__gt=moment)
        found = found.filter(registration_opens_at__lte=moment)
        is_open = Q(registration_closes_at__gt=moment, ends_at__gt=moment)
        return found.filter(is_open) if phase == RegistrationPhase.OPEN else found.exclude(is_open)

    def in_group(self, group: str):
        """Those in one of `EventGroup` at this moment."""
        return self.filter(group_condition(group))

    def matching(self, text: str):
        """Events found by any part of topic or series, or by their number: 文科汇第3期, 文科汇 第三期."""
        text = chinese.normalise(text)
        found = self
        if match := NUMBER.search(text):
            found = found.filter(number=numbering.read(match[1]))
            text = text.replace(match[0], " ")
        for term in text.split()[:8]:
            found = found.filter(Q(topic__icontains=term) | Q(series__name__icontains=term))
        return found


@tracked()
class Event(HeadCount, RegistrationTerms, CheckInTerms, Versioned):
    """One 场 or 期 of a series."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="events", verbose_name="系列")
    number = models.PositiveSmallIntegerField(
        "第几期", validators=[MinValueValidator(1), MaxValueValidator(9999)]
    )
    number_scope = models.PositiveSmallIntegerField(default=0, editable=False)
    topic = models.CharField("主题", max_length=100)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    mode = models.CharField("形式", max_length=10, choices=Mode, default=Mode.ONSITE)
    venue = models.CharField("地点", max_length=100, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    park = models.ForeignKey(
        Park, models.PROTECT, null=True, blank=True, related_name="held_events", verbose_name="所在会员园区"
    )
    online_link = models.URLField("线上会议链接", max_length=500, blank=True)
    online_note = models.CharField("会议号与入会说明", max_length=200, blank=True)
    audience = models.CharField("面向", max_length=10, choices=Audience, default=Audience.MEMBERS)
    summary = models.CharField("一句话介绍", max_length=150, blank=True)
    description = models.TextField("介绍", blank=True, max_length=5000)
    enquiries = models.CharField("咨询电话", max_length=100, blank=True)
    contract_number = models.CharField("委托合同编号", max_length=60, blank=True)

    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="提交人", **PERSON)
    submitted_at = models.DateTimeField("提交审批", null=True, blank=True, editable=False)
    returned_reason = models.CharField("退回理由", max_length=300, blank=True, editable=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="批准人", **PERSON)
    approved_at = models.DateTimeField("批准发布", null=True, blank=True, editable=False)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="取消人", **PERSON)
    cancelled_at = models.DateTimeField("取消", null=True, blank=True, editable=False)
    cancel_reason = models.CharField("取消原因", max_length=300, blank=True, editable=False)
    did_not_convene = models.BooleanField("到场不足、没有开成", default=False, editable=False)
    archived_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="归档人", **PERSON)
    archived_at = models.DateTimeField("归档", null=True, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["starts_at"], name="event_starts_at")]
        constraints = [
            *RegistrationTerms.Meta.constraints,
            *HeadCount.Meta.constraints,
            models.UniqueConstraint(fields=["series", "number_scope", "number"], name="event_number_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_it_starts",
                violation_error_message="结束时间应在开始之后。",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | ~Q(cancel_reason=""),
                name="event_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(did_not_convene=False) | Q(cancelled_at__isnull=False), name="event_failed_is_off"
            ),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True)
                | Q(approved_at__isnull=False, cancelled_at__isnull=True),
                name="event_archived_was_held",
            ),
        ]

    def __str__(self):
        return f"{self.numbered}｜{self.topic}"

    def get_absolute_url(self):
        return reverse("events:event", args=[self.pk])

    @property
    def numbered(self) -> str:
        """文科汇第5期."""
        return f"{self.series.name}第{self.number}{self.series.get_unit_display()}"

    @property
    def state(self) -> EventState:
        """Where it stands at this moment."""
        if self.cancelled_at:
            return EventState.FAILED if self.did_not_convene else EventState.CANCELLED
        if self.approved_at is None:
            return EventState.SUBMITTED if self.submitted_at else EventState.PLANNED
        if self.archived_at:
            return EventState.ARCHIVED
        moment = now()
        if moment < self.starts_at:
            return EventState.ANNOUNCED
        return EventState.RUNNING if moment < self.ends_at else EventState.ENDED

    @property
    def standing(self) -> str:
        """Where it stands, in words: until it begins, whether it takes registrations (domain 10.6)."""
        if self.state == EventState.ANNOUNCED and self.phase != RegistrationPhase.NONE:
            return self.phase.label
        return self.state.label

    @property
    def is_published(self) -> bool:
        return self.approved_at is not None

    @property
    def is_off(self) -> bool:
        return self.cancelled_at is not None

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= now()

    @property
    def is_over(self) -> bool:
        return self.ends_at <= now()

    @property
    def is_open_to_all(self) -> bool:
        """Whether visitors may read of it."""
        return self.is_published and self.audience == Audience.PUBLIC

    @property
    def year(self) -> int:
        return localtime(self.starts_at).year

    @property
    def days(self) -> tuple:
        """Its first and its last day; one that ends at midnight does not last into the next."""
        return days_between(self.starts_at, self.ends_at)


@tracked()
class EventHost(models.Model):
    """Who holds an event in which role; a unit of the roster is linked where there is one of that name."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="hosts", verbose_name="活动")
    role = models.CharField("角色", max_length=15, choices=HostRole)
    name = models.CharField("单位", max_length=120)
    city = models.CharField("城市", max_length=20, blank=True)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_events",
        verbose_name="名册中的单位",
    )
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "主办与支持单位"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "role", "name"], name="event_host_once")]

    def __str__(self):
        return f"{self.get_role_display()}：{self.name}"


@tracked()
class AgendaItem(models.Model):
    """One part of an event's programme."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="agenda", verbose_name="活动")
    starts_at = models.TimeField("时间")
    minutes = models.PositiveSmallIntegerField(
        "分钟", validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    title = models.CharField("环节", max_length=100)
    speaker = models.CharField("主持或发言人", max_length=60, blank=True)
    speaker_title = models.CharField("单位与职务", max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "议程"
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title
