"""Files on members' records: seen by whoever sees the unit, added by those who keep its record.

Logo and photographs of a park have verbs of their own (`members.domain.photos`), because their number is limited and
they must be pictures; the notice that comes with a proposed change is filed with it and stays, and so does the picture
of a transfer slip, which is replaced with the slip. An electronic receipt hangs on the receipt that was recorded.
"""

from association import attachments
from members import permissions
from members.domain.drafts import FILE_KINDS
from members.models import (
    Application,
    ExitCase,
    Organization,
    Park,
    PaymentSlip,
    ProfileChange,
    Receipt,
)

KINDS = ("证照", "章程与决议", "合同协议", "照片", "其他")
PARK_KINDS = ("证明材料", "其他")


def _removes(user, organization, attachment) -> bool:
    """The secretariat removes any file; a unit's own people theirs, not what the secretariat put there."""
    return permissions.can_edit_members(user) or attachment.uploaded_by_id == user.pk


attachments.register(
    Organization,
    can_see=lambda user, organization: (
        Organization.objects.visible_to(user).filter(pk=organization.pk).exists()
    ),
    can_add=permissions.can_edit_organization,
    can_remove=_removes,
    kinds=KINDS,
)
attachments.register(
    Park,
    can_see=lambda user, park: Park.objects.visible_to(user).filter(pk=park.pk).exists(),
    can_add=lambda user, park: permissions.can_edit_organization(user, park.organization),
    kinds=PARK_KINDS,
)
attachments.register(
    ProfileChange,
    can_see=lambda user, change: permissions.can_see_changes_of(user, change.organization),
    can_add=lambda user, change: False,
)
attachments.register(
    PaymentSlip,
    can_see=lambda user, slip: permissions.can_see_dues_of(user, slip.bill.organization),
    can_add=lambda user, slip: False,
)
attachments.register(
    Receipt,
    can_see=lambda user, receipt: permissions.can_see_dues_of(user, receipt.bill.organization),
    can_add=lambda user, receipt: permissions.can_record_receipts(user),
)
# The applicant has no account and comes by a door of their own (`members.views.joining`); nobody else adds anything.
attachments.register(
    Application,
    can_see=lambda user, application: bool(
        application is not None and application.number and permissions.can_see_applications(user)
    ),
    can_add=lambda user, application: False,
    kinds=FILE_KINDS,
)
# What was filed with a case stays in its file.
attachments.register(
    ExitCase,
    can_see=lambda user, case: ExitCase.objects.visible_to(user).filter(pk=case.pk).exists(),
    can_add=lambda user, case: False,
)
