"""What the events app keeps about people, and who may see it."""

from association import seen_by
from events import permissions
from events.models import ContactSharing


@seen_by.holdings
def shared_contacts(user):
    """The person's number where it was named for a match."""
    standing = ContactSharing.objects.filter(contact__user=user, withdrawn_at__isnull=True)
    if standing.exists():
        yield seen_by.Holding(
            "供需对接的联系人",
            "姓名、手机、邮箱",
            [
                seen_by.Audience(
                    others="双方都同意以后，对方单位的会员管理员和经办人；对接结束或撤回以后不再显示"
                ),
                seen_by.staff(permissions.can_keep_matching),
            ],
        )
