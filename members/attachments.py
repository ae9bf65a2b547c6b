"""Files on members' records: seen by whoever sees the unit, added and removed by those who keep its record."""

from association import attachments
from members import permissions
from members.models import Organization

KINDS = ("证照", "章程与决议", "合同协议", "照片", "其他")

attachments.register(
    Organization,
    can_see=lambda user, organization: (
        Organization.objects.visible_to(user).filter(pk=organization.pk).exists()
    ),
    can_add=lambda user, organization: permissions.can_edit_members(user),
    kinds=KINDS,
)
