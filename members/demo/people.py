"""What the demonstration shows of people's own data: consents, requests in several states, a few looks. The requests are
those of people of invented units."""

from django.utils.timezone import localdate

from association import privacy
from association.demo import DEMO_ACCOUNTS
from association.models import User
from members.choices import Purpose, RequestKind
from members.domain import consents, contact_views, person_requests
from members.models import Contact

VERIFIED = "按登记的手机回电，本人确认（演示）"


def show(*, by, member: str):
    """Everybody but the `member` has agreed to the policy, so that its band can be seen; two people have asked."""
    version = privacy.in_force(localdate())
    for user in User.objects.filter(email__in=[account[2] for account in DEMO_ACCOUNTS]).order_by("pk"):
        consents.agree(user, key=version.key)
    seen = Contact.objects.filter(user__email=member).first()
    if seen:
        consents.give(seen.user, Purpose.SHARE_CONTACT)
        contact_views.record_views(by, [seen], f"{seen.roles.first().organization}：联系人")
    _ask("manager20@example.cn", RequestKind.CORRECTION, "姓名中的一个字登记错了（演示）", by=None)
    _ask("manager21@example.cn", RequestKind.ERASURE, "已离开原单位，不再办理协会的事（演示）", by=by)


def _ask(email, kind, text, *, by):
    user = User.objects.filter(email=email).first()
    if user is None:
        return
    request = person_requests.file(user, kind=kind, text=text)
    if by:
        person_requests.verify(request, by=by, how=VERIFIED)
