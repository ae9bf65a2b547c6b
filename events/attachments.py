"""Files of events, deals and projects: seen by whoever may know of the record, put there by those who keep it."""

from association import attachments
from events import permissions
from events.choices import EVIDENCE_KINDS
from events.models import Deal, Event, Project

KINDS = ("讲稿", "照片", "会议纪要", "通知与函", "其他")
PROJECT_KINDS = ("商业计划书", "介绍", "图片", "其他")

attachments.register(
    Event,
    can_see=lambda user, event: Event.objects.visible_to(user).filter(pk=event.pk).exists(),
    can_add=lambda user, event: permissions.can_keep_events(user),
    kinds=KINDS,
)
# A contract names the amount: where that is confidential, so are the files. Evidence of a landing stays until it is
# sent back.
attachments.register(
    Deal,
    can_see=lambda user, deal: (
        Deal.objects.visible_to(user).filter(pk=deal.pk).exists() and permissions.sees_amount(user, deal)
    ),
    can_add=lambda user, deal: permissions.can_keep_deals(user),
    can_remove=lambda user, deal, attachment: deal.landed_on is None,
    kinds=(*EVIDENCE_KINDS, "其他"),
)
attachments.register(
    Project,
    can_see=lambda user, project: Project.objects.visible_to(user).filter(pk=project.pk).exists(),
    can_add=lambda user, project: permissions.edits_project(user, project),
    kinds=PROJECT_KINDS,
)
