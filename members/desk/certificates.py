"""Certificates on the workbench: the list of who waits for one, and a to-do when one no longer says what is so."""

from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.stocks import large
from members import permissions
from members.choices import CertificateNeed
from members.domain import certificates

large.add("members.certificates", lambda: certificates.awaiting(localdate()), by=("need",))


def waiting(user) -> int:
    """How many members wait for a certificate; the same for everyone who issues them."""
    return large.total("members.certificates")


desk.menu(
    "会员",
    "会员证",
    "members:certificates",
    allowed=permissions.can_issue_certificates,
    order=17,
    count=waiting,
)


@desk.todo
def certificates_to_renew(user):
    """One when certificates that were given out have expired or say what is no longer so."""
    if not permissions.can_issue_certificates(user):
        return
    found = [large.of("members.certificates", n) for n in (CertificateNeed.EXPIRED, CertificateNeed.CHANGED)]
    number = sum(stock.number for stock in found)
    if number:
        yield desk.Todo(
            title=f"{number:,} 张会员证待换发",
            detail="有效期已过，或者名称、级别与现在不符",
            url=reverse("members:certificates"),
            action="去换发",
        )
