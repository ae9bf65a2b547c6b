"""The files of a certificate: drawn when first asked for, kept in a store of their own, drawn again when it lost them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone

from members.certificates import drawing
from members.certificates.layout import Printed
from members.models import Certificate

# Counted up whenever a certificate would look different, so that no old drawing is given out.
EDITION = 1
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Shape:
    """One of the files that a certificate can be had as."""

    key: str
    label: str
    ending: str
    media_type: str
    draw: Callable[[Printed], bytes]
    suffix: str = ""


SHAPES = {
    shape.key: shape
    for shape in (
        Shape("a4-pdf", "A4 PDF（打印盖章用）", "pdf", "application/pdf", drawing.a4_pdf),
        Shape("a4-png", "A4 图片", "png", "image/png", drawing.a4_png),
        Shape("phone-png", "手机图片", "png", "image/png", drawing.phone_png, "_手机"),
    )
}


def verify_address(certificate: Certificate) -> str:
    """The whole address of the public page that says whether the certificate holds."""
    return settings.SITE_URL + reverse("verify:certificate", args=[certificate.token])


def printed_on(certificate: Certificate) -> Printed:
    """What is printed on it: what was so on the day it was issued."""
    return Printed(
        name=certificate.name,
        grade=certificate.get_grade_display(),
        member_number=certificate.member_number,
        number=certificate.number,
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
        association=settings.ASSOCIATION_NAME,
        address=verify_address(certificate),
        is_demo=certificate.organization.is_demo or settings.DEMO,
    )


def file_name(certificate: Certificate, shape: Shape) -> str:
    """会员证_BCIPA-2022-0001.pdf"""
    return f"会员证_{certificate.member_number}{shape.suffix}.{shape.ending}"


def content(certificate: Certificate, shape: Shape) -> bytes:
    """The file, from the store if it was drawn before."""
    printed, store = printed_on(certificate), storages["certificates"]
    mark = hashlib.sha256(f"{EDITION}{printed}".encode()).hexdigest()[:16]
    name = f"{certificate.pk}-{shape.key}-{mark}.{shape.ending}"
    try:
        with store.open(name) as file:
            return file.read()
    except FileNotFoundError:
        drawn = shape.draw(printed)
        store.save(name, ContentFile(drawn))
        return drawn


def sweep() -> int:
    """Remove drawings older than thirty days; they are made again when somebody asks. Gives how many went."""
    store, old = storages["certificates"], timezone.now() - KEPT
    if not store.exists(""):
        return 0
    gone = [name for name in store.listdir("")[1] if store.get_modified_time(name) < old]
    for name in gone:
        store.delete(name)
    return len(gone)
