"""What happens when somebody has signed in, by whatever way: it is noted, and told when the device is a new one."""

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.signals import user_logged_in
from django.conf import settings
from django.dispatch import receiver

from association.domain import sign_in
from association.signing import devices

WAYS = {"password": "密码", "code": "验证码", "password_reset": "重设密码"}
FACTORS = {"totp": "动态口令", "recovery_codes": "恢复码", "webauthn": "通行密钥"}


@receiver(user_logged_in, dispatch_uid="house.arrivals")
def arrived(sender, request, response, user, **kwargs):
    """Note the sign-in and, unless it is the first or a demonstration, tell of a device not seen before.

    The accounts of a demonstration are everybody's: there a new device is nothing to be told of.
    """
    way, where = way_in_words(request, user), get_adapter().circumstances()
    is_first = not sign_in.recent_sign_ins(user, 1)
    sign_in.note_sign_in(user, way=way, device=where["device"], address=where["address"])
    if not (is_first or settings.DEMO or devices.is_known(request, user)):
        sign_in.tell(user, "association.new_device", way=way, **where)
    devices.remember(request, response, user)


def way_in_words(request, user) -> str:
    """What the person proved themselves by: “密码和动态口令”."""
    records = get_authentication_records(request, user)
    steps = [FACTORS.get(r.get("type")) or WAYS.get(r["method"], "") for r in records]
    return "和".join(dict.fromkeys(step for step in steps if step)) or "其他方式"
