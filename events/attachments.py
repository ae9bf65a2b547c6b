"""Files of events, deals, projects and petitions: seen by whoever may know of the record, put there by those who keep it."""

from association import attachments
from events import permissions
from events.choices import EVIDENCE_KINDS
from events.models import Deal, Event, Petition, Project

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
# --- petitions ----------------------------------------------------------------------------------------------------
# What goes to the department with the letter, what comes back from it, what the member gave. Only the association may
# mark a file as one that goes along, and only it and the department as one that came back.
ALONG, REPLY, GIVEN, OTHER = "转办附件", "复函与部门材料", "诉求材料", "其他"


def _kinds(user, petition) -> tuple:
    if permissions.serves_department(user):
        return (REPLY,)
    return (ALONG, REPLY, GIVEN, OTHER) if permissions.keeps_petition(user, petition) else (GIVEN, OTHER)


def _adds(user, petition) -> bool:
    """The secretariat always; the unit's own people and the department while it is open."""
    if permissions.keeps_petition(user, petition):
        return True
    speaks = permissions.can_file_petitions_for(user, petition.organization)
    return petition.is_open and (speaks or permissions.answers_petition(user, petition))


def _sees_file(user, petition, attachment) -> bool:
    """The department sees all of a petition whose member it knows, but of a hidden one only what the association sent
    along and what came back."""
    if not permissions.serves_department(user) or not petition.hides_member:
        return True
    return attachment.kind in (ALONG, REPLY)


def _removes(user, petition, attachment) -> bool:
    return permissions.keeps_petition(user, petition) or attachment.uploaded_by_id == user.pk


attachments.register(
    Petition,
    can_see=lambda user, petition: Petition.objects.visible_to(user).filter(pk=petition.pk).exists(),
    can_add=_adds,
    can_remove=_removes,
    can_see_file=_sees_file,
    kinds_for=_kinds,
)
