"""The public page behind the QR code of a certificate: whether it holds, and nothing that is not printed on it."""

import re

from django.shortcuts import render
from django.views.decorators.http import require_safe

from association.limits import limited
from association.public_pages import public_page
from members.choices import CertificateState
from members.models import Certificate

# What a token can look like; anything else is not even asked of the database.
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,43}")
TONES = {CertificateState.VALID: "good", CertificateState.VOID: "late", CertificateState.EXPIRED: "warn"}


@require_safe
@limited("verify", per_address="60/m")
@public_page
def certificate(request, token):
    """One answer for every token that was never given out; of a former certificate since when, not why."""
    found = TOKEN.fullmatch(token) and Certificate.objects.with_token(token)
    if not found:
        return _unlisted(render(request, "public/verify_unknown.html", status=404))
    context = {"certificate": found, "state": found.state, "tone": TONES[found.state]}
    return _unlisted(render(request, "public/verify.html", context))


def _unlisted(response):
    """Search engines are to keep none of these pages, however they came by the address."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
