"""A member park that an event visited, on site or by camera (案例云参访; domain 5.7)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from events import permissions
from events.choices import VisitMode, VisitTag
from events.models.event import Event
from members.models import Membership, Organization, Park
from members.models.base import Versioned, tracked


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Visits that the person may know of: those who hold events all; others those of events that they know of and
        that were not called off, of parks in the public directory or of their own unit."""
        if permissions.can_see_events(user):
            return self
        parks = Q(park__in=Park.objects.public().values("pk"))
        if user.is_authenticated:
            parks |= Q(park__in=Park.objects.visible_to(user).values("pk"))
        events = Event.objects.visible_to(user).filter(cancelled_at__isnull=True)
        return self.filter(parks, event__in=events.values("pk"))

    def counted(self, year: int):
        """Visits of the year that statistics count: of events that were held, to units that were members on the day
        (domain 1.4)."""
        then = Membership.objects.filter(
            organization=OuterRef("organization"), joined_on__lte=OuterRef("visited_on")
        )
        then = then.filter(Q(left_on__isnull=True) | Q(left_on__gt=OuterRef("visited_on")))
        held = Event.objects.held().values("pk")
        return self.filter(Exists(then), event__in=held, visited_on__year=year)


@tracked()
class Visit(Versioned):
    """One park at one event. `organization` is the unit that ran the park when it was visited."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="visits", verbose_name="活动")
    park = models.ForeignKey(Park, models.PROTECT, related_name="visits", verbose_name="园区")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="visits", verbose_name="运营单位"
    )
    visited_on = models.DateField("日期")
    mode = models.CharField("方式", max_length=10, choices=VisitMode, default=VisitMode.ONSITE)
    guide = models.CharField("讲解人", max_length=60, blank=True)
    tags = ArrayField(
        models.CharField(max_length=15, choices=VisitTag), verbose_name="亮点标签", default=list, blank=True
    )
    highlights = models.TextField("亮点", blank=True, max_length=1000)
    video_link = models.URLField("视频链接", max_length=500, blank=True)
    viewers = models.PositiveIntegerField("观看人次", null=True, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    corrected_at = models.DateTimeField("归档后更正", null=True, blank=True, editable=False)
    correction = models.CharField("更正理由", max_length=300, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访"
        ordering = ["visited_on", "position", "pk"]
        indexes = [models.Index(fields=["visited_on"], name="visit_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "park"],
                name="visit_park_once",
                violation_error_message="这场活动已经登记过这个园区。",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at__isnull=True) ^ ~Q(correction=""),
                name="visit_corrected_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.event.numbered}走访{self.park.name}"

    def get_absolute_url(self):
        return f"{reverse('events:event', args=[self.event_id])}#visits"

    @property
    def tag_labels(self) -> list[str]:
        return [tag.label for tag in VisitTag if tag in self.tags]
