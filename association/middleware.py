"""Function middlewares: request id, odd addresses, private pages, refusals."""

import uuid

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import IntegrityError, OperationalError
from django.db.utils import InterfaceError
from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from psycopg.errors import ExclusionViolation, UniqueViolation

from association import uploads
from association.errors import Refused
from association.views.errors import away
from association.views.uploads import answer as answer_uploads

log = structlog.get_logger(__name__)
# What the browser offers to pages; no page of ours asks for any of it, but for passkeys where one signs in by them, and
# for the camera at the door of an event.
DEVICES = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
           "midi", "payment", "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "usb",
           "xr-spatial-tracking")  # fmt: skip
NO_DEVICES = ", ".join(f"{name}=()" for name in DEVICES)
PASSKEYS = {
    "account_login": "publickey-credentials-get",
    "mfa_authenticate": "publickey-credentials-get",
    "mfa_reauthenticate_webauthn": "publickey-credentials-get",
    "mfa_add_webauthn": "publickey-credentials-create",
}
PUBLIC_PREFIXES = ("/static/", "/livez", "/readyz")


def request_id(get_response):
    """Give every request an id that its log lines and its answer carry."""

    def middleware(request):
        request.id = uuid.uuid4().hex[:16]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)
        response = get_response(request)
        response.headers["X-Request-Id"] = request.id
        if response.status_code >= 500:
            log.error("request.failed", status=response.status_code, view=_view_name(request))
        return response

    return middleware


def _view_name(request):
    return request.resolver_match.view_name if request.resolver_match else ""


def no_devices(get_response):
    """Take every right to the person's devices from our pages, and with it from a script that crept in; the pages of
    PASSKEYS keep the one that they are for, and an answer whose view named a `device` that one."""

    def middleware(request):
        response = get_response(request)
        right = getattr(response, "device", "") or PASSKEYS.get(_view_name(request), "none")
        response.headers["Permissions-Policy"] = NO_DEVICES.replace(f"{right}=()", f"{right}=(self)")
        return response

    return middleware


def uploads_address(get_response):
    """Answer everything that comes to the uploads address here: no page, no session, no cookie has a place there."""

    def middleware(request):
        if not uploads.asked_at(request):
            return get_response(request)
        response = answer_uploads(request)
        response.headers["Permissions-Policy"] = NO_DEVICES
        return response

    return middleware


def guard_address(get_response):
    """Answer 400 to addresses and bodies that no page of ours could have sent: NUL, bad UTF-8, far too long."""

    def middleware(request):
        raw = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path or "%00" in raw or "\ufffd" in request.path or len(raw) > 8_000:
            return bad_request(request)
        try:
            request.GET.urlencode().encode("utf-8")
        except (UnicodeError, TooManyFieldsSent, SuspiciousOperation):
            return bad_request(request)
        return get_response(request)

    return middleware


def bad_request(request):
    try:
        return render(request, "400.html", status=400)
    except Exception:
        return HttpResponseBadRequest("请求有误。".encode(), content_type="text/plain; charset=utf-8")


def limit_body(get_response):
    """Answer 413 to a body larger than any form of ours, before a byte of it is read into a temporary file."""

    def middleware(request):
        announced = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if announced.isascii() and announced.isdigit() and int(announced[:18]) > most:
            return render(request, "413.html", status=413)
        return get_response(request)

    return middleware


def private_pages(get_response):
    """Nothing that a signed-in person sees may stay in a cache."""

    def middleware(request):
        response = get_response(request)
        if not request.path.startswith(PUBLIC_PREFIXES) and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store, private"
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def refusals(get_response):
    """Turn refusals into pages: 409 or 422 with the sentence, 409 for a race lost at a unique index, 413 for too
    large, 503 when the database is away."""

    def process_exception(request, error):
        if isinstance(error, Refused):
            return refusal_page(request, error)
        if isinstance(error, RequestDataTooBig):
            return render(request, "413.html", status=413)
        if isinstance(error, TooManyFieldsSent):
            return bad_request(request)
        if isinstance(error.__cause__, (UniqueViolation, ExclusionViolation)):
            return lost_race(request, error)
        if isinstance(error, (OperationalError, InterfaceError)):
            log.warning("database.unavailable", error=type(error).__name__)
            return away()
        return None

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            return wrong_method_page(request, response)
        return response

    middleware.process_exception = process_exception
    return middleware


def lost_race(request, error: IntegrityError):
    """Of two who enter the same at once the unique index lets one through; the other is told so.

    The constraint's name goes to the log, its message does not: it repeats the values.
    """
    log.warning("database.lost_race", constraint=error.__cause__.diag.constraint_name)
    return refusal_page(request, Refused("刚才有人先登记了同样的内容，这一步没有再做。"))


def wrong_method_page(request, refusal):
    """The page in place of Django's empty answer, with its list of allowed methods."""
    response = render(request, "405.html", status=405)
    response.headers["Allow"] = refusal.headers["Allow"]
    return response


def refusal_page(request, refused):
    """The sentence as a page, or as a fragment that htmx shows above the form."""
    page = "422.html" if refused.status == 422 else "409.html"
    template = "409.html#sentence" if request.htmx else page
    return render(
        request, template, {"sentence": refused.sentence, "refused": refused}, status=refused.status
    )
