"""What signing in leaves behind: a line in the person's own record, a verified number, a notice."""

import pghistory
from django.db import transaction
from django.utils.timezone import now

from association.domain.activities import record
from association.domain.notices import notify
from association.models import Activity, User

SIGNED_IN = "association.account.signed_in"


def note_sign_in(user, *, way: str, device: str, address: str) -> Activity:
    """Append the sign-in to what is known about the account, `way` and `device` in words.

    No @verb, which would have every kept page and count of the house made again: a sign-in changes none.
    """
    with transaction.atomic(), pghistory.context(verb="association.domain.sign_in.note_sign_in"):
        return record(SIGNED_IN, user, by=user, sentence=f"登录：{way}，{device}，{address}")


def recent_sign_ins(user, limit: int = 10) -> list[Activity]:
    """The person's last sign-ins, newest first."""
    return list(Activity.objects.about(user).filter(kind=SIGNED_IN, by=user)[:limit])


def note_mobile_verified(user, mobile: str) -> None:
    """The person typed back a code sent to `mobile`; nothing happens when the account has another number by now."""
    User.objects.filter(pk=user.pk, mobile=mobile, mobile_verified_at__isnull=True).update(
        mobile_verified_at=now()
    )


def tell(user, kind: str, **context) -> None:
    """A security notice to the person it concerns; it leads to 账号与安全."""
    with transaction.atomic():
        notify([user], kind, url="/accounts/security/", **context)
