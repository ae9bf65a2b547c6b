"""What the uploads address answers: signed links to files, and nothing else."""

import uuid
from functools import partial
from urllib.parse import quote

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature
from django.db import InterfaceError, OperationalError
from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from association import attachments, uploads
from association.filetypes import ENDINGS
from association.models import Attachment, User
from association.models.attachment import attachment_storage

log = structlog.get_logger(__name__)
GONE = "没有这个文件，或者链接已经过期。请回到原来的页面重新打开。\n"
AWAY = "系统暂时无法打开文件，请稍后再试。\n"
PICTURE_CACHING = "public, max-age=86400, immutable"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store, private",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def answer(request):
    """One request at the uploads address, whoever asks: no session is read and no cookie set."""
    if request.method not in ("GET", "HEAD"):
        return _text(GONE, 405)
    try:
        response = _signed_file(request.path)
    except (OperationalError, InterfaceError) as error:
        log.warning("database.unavailable", error=type(error).__name__)
        return _text(AWAY, 503)
    # The main address shows the pictures; nobody else can name them, for the token in the address is a secret.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _signed_file(path):
    match path.split("/"):
        case ["", "files", key, which, token, ""] if which in uploads.KINDS:
            return _file_of(key, which, token)
    return _text(GONE, 404)


def _file_of(key, which, token):
    try:
        key = uuid.UUID(key)
        person = uploads.opened(key, which, token)
    except (ValueError, BadSignature):
        return _text(GONE, 404)
    user = User.objects.filter(pk=person, is_active=True).first() if person else AnonymousUser()
    attachment = Attachment.objects.present().prefetch_related("files").filter(key=key).first()
    # Asked again: a right taken away meanwhile ends the link at once.
    if user is None or attachment is None or not attachments.can_see_file(user, attachment.owner, attachment):
        return _text(GONE, 404)
    return hand_out(attachment, which) or _text(GONE, 404)


def _text(sentence, status):
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    return _hardened(response)


def _hardened(response):
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def hand_out(attachment, which):
    """The answer with one of an attachment's files, None when there is none or it is missing from the store.

    Only pictures that the house drew itself may open in the browser, and nothing in a file may act there.
    """
    stored = stored_for(attachment, which)
    content = _content(attachment, stored) if stored else None
    if content is None:
        return None
    response = content(
        content_type=stored.media_type,
        filename=_name(attachment, stored),
        as_attachment=not stored.is_redrawn,
    )
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return _hardened(response)


def public_picture(request, attachment, which):
    """The answer with a picture of a public page, whoever asks; the upload as it came is never given out so.

    `attachment` is None where the page shows none. Raises Http404 then, and for what is no redrawn picture. Its address
    names one picture for good, so caches may keep it; a day is how long one that was taken off may linger in them.
    """
    stored = stored_for(attachment, which) if attachment else None
    if stored is None or not stored.is_redrawn:
        raise Http404
    response = hand_out(attachment, which)
    if response is None:
        raise Http404
    response.same_for_all = True
    # The name it was uploaded by may say more than the picture.
    response.headers["Content-Disposition"] = (
        f'inline; filename="{stored.sha256[:12]}.{ENDINGS[stored.media_type]}"'
    )
    response.headers["Cache-Control"] = PICTURE_CACHING
    response.headers["ETag"] = f'"{stored.sha256[:32]}"'
    return get_conditional_response(request, etag=response.headers["ETag"], response=response)


def stored_for(attachment, which):
    """The stored file behind an address, or None while there is none to show."""
    return attachment.thumbnail if which == "thumbnail" else attachment.offered


def _content(attachment, stored):
    """What makes the answer: the file itself, or word to nginx which file it is to send (FILES_ACCEL_PREFIX)."""
    if settings.FILES_ACCEL_PREFIX and attachment_storage().exists(stored.stored_name):
        return partial(_sent_by_nginx, stored.stored_name)
    try:
        return partial(FileResponse, stored.open())
    except FileNotFoundError:
        log.error("attachment.file_missing", attachment=attachment.pk, stored_name=stored.stored_name)
        return None


def _sent_by_nginx(stored_name, *, content_type, filename, as_attachment):
    response = HttpResponse(content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment, filename)
    response.headers["X-Accel-Redirect"] = settings.FILES_ACCEL_PREFIX + quote(stored_name)
    return response


def _name(attachment, stored):
    """The name it came by, with the ending of what it has become."""
    if not stored.is_redrawn:
        return attachment.name
    return f"{attachment.name.rpartition('.')[0]}.{ENDINGS[stored.media_type]}"
