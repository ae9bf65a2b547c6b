"""What invitations and feedback keep about one person, for the copy they may ask for."""

from association.personal_data import Table, personal_data
from events.models import EventInvitation, Feedback


@personal_data
def invited(user):
    """To which events the person was invited, and what was answered."""
    rows = EventInvitation.objects.filter(contact__user=user).select_related("event__series", "organization")
    yield Table(
        "活动邀请",
        ("活动", "单位", "发出时间", "回执", "回复时间", "说明"),
        (
            (str(r.event), r.organization.name, r.sent_at, r.get_reply_display(), r.replied_at, r.reason)
            for r in rows.order_by("pk")
        ),
    )


@personal_data
def said(user):
    """What the person said of events at which they were."""
    rows = Feedback.objects.filter(registration__user=user).select_related("registration__event__series")
    yield Table(
        "活动评价",
        ("活动", "总体满意度", "有收获的", "希望改进的", "时间"),
        ((str(r.registration.event), r.score, r.liked, r.missed, r.updated_at) for r in rows.order_by("pk")),
    )
