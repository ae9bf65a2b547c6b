"""The hours in which no text message disturbs anybody unless it is urgent (Shanghai time, `settings.QUIET_HOURS`)."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone


def after(moment: datetime) -> datetime:
    """`moment`, or the end of the quiet hours in which it falls."""
    begin, end = settings.QUIET_HOURS
    local = timezone.localtime(moment)
    if end <= local.hour < begin:
        return moment
    day = local.date() + timedelta(days=1 if local.hour >= begin else 0)
    return timezone.make_aware(datetime.combine(day, time(end)))
