"""On what terms an event takes registrations: when, how many, who waits; part of the event's own row, because seats are
settled under its lock."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from events.choices import Mode, RegistrationPhase, WaitRule

MOST = 100_000


def _number(label, *, at_least=1, **options):
    validators = [MinValueValidator(at_least), MaxValueValidator(MOST)]
    return models.PositiveIntegerField(label, null=True, blank=True, validators=validators, **options)


class RegistrationTerms(models.Model):
    """Without `registration_opens_at` an event takes no registrations. An empty number means no limit."""

    registration_opens_at = models.DateTimeField("报名开始", null=True, blank=True)
    registration_closes_at = models.DateTimeField("报名截止", null=True, blank=True)
    onsite_capacity = _number("线下名额", help_text="不填则不限。")
    online_capacity = _number("线上名额", help_text="不填则不限。")
    quota_per_unit = _number("每家单位限报", help_text="含候补；不填则不限。")
    waiting_places = _number("候补名额", at_least=0, help_text="每种形式各计；填 0 则不设候补，不填则不限。")
    wait_rule = models.CharField("候补次序", max_length=15, choices=WaitRule, default=WaitRule.FIRST_COME)
    needs_approval = models.BooleanField("报名须经秘书处审核", default=False)
    lists_participants = models.BooleanField(
        "参加者之间可见名单", default=False, help_text="只列出本人同意的，只给报名已确认的人看。"
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(registration_opens_at__isnull=True, registration_closes_at__isnull=True)
                | Q(
                    registration_closes_at__isnull=False,
                    registration_closes_at__gt=F("registration_opens_at"),
                ),
                name="%(class)s_registration_closes_after_it_opens",
                violation_error_message="报名截止应在报名开始之后。",
            )
        ]

    @property
    def modes(self) -> list[Mode]:
        """The ways in which one may take part."""
        return [Mode.ONSITE, Mode.ONLINE] if self.mode == Mode.HYBRID else [Mode(self.mode)]

    def capacity_of(self, mode) -> int | None:
        """Seats in that mode; None for no limit."""
        return self.onsite_capacity if mode == Mode.ONSITE else self.online_capacity

    @property
    def phase(self) -> RegistrationPhase:
        """Whether it takes registrations at this moment; a cancelled one and one that is over take none."""
        if self.registration_opens_at is None or not self.is_published or self.is_off:
            return RegistrationPhase.NONE
        moment = now()
        if moment < self.registration_opens_at:
            return RegistrationPhase.BEFORE
        ends = min(self.registration_closes_at, self.ends_at)
        return RegistrationPhase.OPEN if moment < ends else RegistrationPhase.CLOSED

    @property
    def takes_registrations(self) -> bool:
        return self.phase == RegistrationPhase.OPEN
