"""Files of events: seen by whoever may know of the event, put there by those who hold it."""

from association import attachments
from events import permissions
from events.models import Event

KINDS = ("讲稿", "照片", "会议纪要", "通知与函", "其他")

attachments.register(
    Event,
    can_see=lambda user, event: Event.objects.visible_to(user).filter(pk=event.pk).exists(),
    can_add=lambda user, event: permissions.can_keep_events(user),
    kinds=KINDS,
)
