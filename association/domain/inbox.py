"""What a person does with their notices: reading them, and choosing what also comes by letter or text message."""

from django.db import transaction
from django.utils import timezone

from association import notices, stamps
from association.choices import Channel
from association.models import Notice, NoticePreference


def unread_count(user) -> int:
    """How many notices the person has not opened; kept until they are told something or anything changes."""
    name = f"notices.unread.{user.pk}"
    return stamps.counted(name, lambda: user.notices.unread().count(), user_pk=user.pk)


@transaction.atomic
def mark_read(notice) -> Notice:
    """The person has opened the notice. No activity: it concerns nobody else. Twice is harmless."""
    if Notice.objects.unread().filter(pk=notice.pk).update(read_at=timezone.now()):
        stamps.bump_people_after_commit([notice.recipient_id])
    return notice


@transaction.atomic
def mark_all_read(user, *, up_to: int) -> int:
    """The person has seen every notice up to the newest one on their page; one that came since stays unread."""
    stamps.bump_people_after_commit([user.pk])
    return user.notices.unread().filter(pk__lte=up_to).update(read_at=timezone.now())


def choices_of(user) -> list[dict]:
    """Groups of kinds with the channels that they use: for each channel whether it is wanted and whether it is fixed.

    A group is fixed in a channel when all its kinds that use the channel are statutory.
    """
    declined = {
        (choice.subject, choice.channel)
        for choice in NoticePreference.objects.filter(user=user, wanted=False)
    }
    groups = {}
    for kind in (k for k in notices.kinds() if not k.guests):
        groups.setdefault(kind.group, []).append(kind)
    return [_group(name, kinds, declined) for name, kinds in groups.items()]


def _group(name, kinds, declined) -> dict:
    channels = {}
    for channel in Channel:
        users = [kind for kind in kinds if channel in kind.channels]
        if users:
            fixed = all(kind.statutory for kind in users)
            channels[channel] = {"fixed": fixed, "wanted": fixed or (name, channel) not in declined}
    return {
        "name": name,
        "channels": channels,
        "kinds": [kind.label for kind in kinds if not kind.statutory],
        "statutory": [kind.label for kind in kinds if kind.statutory],
    }


@transaction.atomic
def choose(user, wanted: set[tuple]) -> None:
    """Keep which (group, channel) pairs the person wants; of every other one that may be declined, not."""
    for group in choices_of(user):
        for channel, choice in group["channels"].items():
            if not choice["fixed"]:
                NoticePreference.objects.update_or_create(
                    user=user,
                    subject=group["name"],
                    channel=channel,
                    defaults={"wanted": (group["name"], channel) in wanted},
                )
