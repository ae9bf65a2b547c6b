"""Attached files on an address of their own, so that nothing in a file can ever act in the house's name.

With `settings.UPLOADS_HOST` the main address only asks whether the person may see the file and leads to a signed link
there. The link names file, picture size and person, and dies after five minutes; the uploads address knows no session.
"""

import uuid

from django.conf import settings
from django.core import signing
from django.http.request import split_domain_port

LIFETIME = 300  # seconds
KINDS = ("download", "thumbnail")


def is_apart() -> bool:
    """Whether files have an address of their own."""
    return bool(settings.UPLOADS_HOST)


def asked_at(request) -> bool:
    """Whether a request came to the uploads address. A port counts only where the setting names one."""
    if not is_apart():
        return False
    host = request.get_host().lower()
    if split_domain_port(settings.UPLOADS_HOST)[1]:
        return host == settings.UPLOADS_HOST
    return split_domain_port(host)[0] == settings.UPLOADS_HOST


def address(key, which: str, person) -> str:
    """The whole address, good for five minutes, of a file that `person` was just allowed to see."""
    token = signing.dumps([key.hex, which, person.pk or 0], salt=__name__)
    return f"{origin()}/files/{key}/{which}/{token}/"


def origin() -> str:
    """Scheme and host of the uploads address."""
    return f"{'https' if settings.HTTPS else 'http'}://{settings.UPLOADS_HOST}"


def opened(key: uuid.UUID, which: str, token: str) -> int:
    """The key of the person a signed link was made for, 0 for a visitor.

    Raises signing.BadSignature for a link that was changed, is older than five minutes or belongs to another file.
    """
    signed_key, signed_which, person = signing.loads(token, salt=__name__, max_age=LIFETIME)
    if (signed_key, signed_which) != (key.hex, which):
        raise signing.BadSignature("the link belongs to another file")
    return person
