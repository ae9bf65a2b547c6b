"""Who took part in an event: one live row a person and event, on site or online (domain 1.4, 5.3).

What names the person stays out of the history, so that erasing it from the row erases it.
"""

from django.conf import settings
from django.db import models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat

from events.choices import ArrivalSource, Mode
from events.models.door import DoorPass
from events.models.event import Event
from events.models.registration import Registration
from members.models import Organization
from members.models.base import Versioned, tracked

PERSON = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+", "editable": False}
PERSONAL = ("full_name", "mobile", "title")
LIVE = Q(undone_at__isnull=True)
ENOUGH = Q(mode=Mode.ONSITE) | Q(minutes__isnull=True) | Q(minutes__gte=F("event__minimum_minutes"))


class AttendanceQuerySet(models.QuerySet):
    def live(self):
        """Those that nobody took back."""
        return self.filter(LIVE)

    def counted(self):
        """Those that statistics count: live, and online for at least the minutes that the event asks for."""
        return self.live().filter(ENOUGH)

    def short(self):
        """Live ones that were online for too few minutes to count."""
        return self.live().exclude(ENOUGH)

    def onsite(self):
        return self.filter(mode=Mode.ONSITE)

    def online(self):
        return self.filter(mode=Mode.ONLINE)

    def with_company(self):
        """With `company`, the same for the same unit: its record, which a merge moves along, else its name."""
        record = Concat(Value("#"), Cast("organization_id", CharField()), output_field=CharField())
        known = models.Case(models.When(organization__isnull=False, then=record), output_field=CharField())
        return self.annotate(company=Coalesce(known, F("unit_key"), output_field=CharField()))

    def one_a_company(self):
        """One row for each distinct company."""
        return self.with_company().order_by("company", "pk").distinct("company")

    def one_a_company_and_event(self):
        """One row for each company at each event (家次)."""
        return self.with_company().order_by("company", "event_id", "pk").distinct("company", "event_id")


@tracked(exclude=PERSONAL, history="history")
class Attendance(Versioned):
    """`organization` and `unit_name` stand as they were that day. Whoever was on site is on site, however much of it they
    also saw online. `nonce` tells a scan that comes twice from two scans."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="attendances", verbose_name="活动")
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, blank=True, related_name="attendances", verbose_name="报名"
    )
    mode = models.CharField("参加形式", max_length=10, choices=Mode)
    full_name = models.CharField("姓名", max_length=50)
    mobile = models.CharField("手机", max_length=11, blank=True)
    title = models.CharField("职务", max_length=50, blank=True)
    unit_name = models.CharField("单位", max_length=120)
    unit_key = models.CharField(max_length=120, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="attendances", verbose_name="单位"
    )
    source = models.CharField("方式", max_length=10, choices=ArrivalSource, editable=False)
    arrived_at = models.DateTimeField("签到时间")
    minutes = models.PositiveSmallIntegerField("线上分钟", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="经办人", **PERSON)
    door = models.ForeignKey(DoorPass, verbose_name="签到链接", **PERSON)
    nonce = models.CharField(max_length=40, blank=True, editable=False)
    undone_at = models.DateTimeField("撤销", null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="撤销人", **PERSON)
    undone_reason = models.CharField("撤销原因", max_length=200, blank=True, editable=False)
    correction = models.CharField("归档后更正的理由", max_length=200, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "签到"
        ordering = ["arrived_at", "pk"]
        indexes = [
            models.Index(fields=["event", "mode"], condition=LIVE, name="attendance_of_event"),
            models.Index(fields=["organization"], condition=LIVE, name="attendance_of_unit"),
            models.Index(fields=["mobile"], name="attendance_mobile"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=LIVE & Q(registration__isnull=False), name="attendance_once"
            ),
            models.UniqueConstraint(
                fields=["event", "mobile"], condition=LIVE & ~Q(mobile=""), name="attendance_once_a_mobile"
            ),
            models.UniqueConstraint(
                fields=["event", "nonce"], condition=~Q(nonce=""), name="attendance_once_a_scan"
            ),
            models.CheckConstraint(condition=~Q(mode=Mode.HYBRID), name="attendance_in_one_mode"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | ~Q(undone_reason=""), name="attendance_undone_with_reason"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.event.numbered} {self.full_name}"

    def get_absolute_url(self):
        return self.event.get_absolute_url()

    @property
    def counts(self) -> bool:
        """Whether statistics count it; the same rule as `counted`."""
        if self.undone_at:
            return False
        online = self.mode == Mode.ONLINE and self.minutes is not None
        return not online or self.minutes >= self.event.minimum_minutes
