"""Proof of an address without an account: a visitor names a mobile number or an e-mail address and types the code that
came there. For a fortnight their browser's session then holds the address.

Whether anybody knows the address is never asked, so every answer is the same. Codes are kept as keyed hashes, for ten
minutes and five tries; how often an address gets one, and a place in the network asks for one, is limited.
"""

import functools
import hashlib
import secrets
import time
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from association import limits
from association.domain.guests import post_code
from association.errors import Refused
from association.signing import identity
from association.web import go

PROVED, ASKED = "house.guest", "house.guest_code"
LASTS = timedelta(days=14)
CODE_LASTS = timedelta(minutes=10)
TRIES = 5
OVER = "验证码已失效，请重新获取。"
# Counted for the address, so that nobody is flooded and few codes of one address can be guessed at; and for the network.
RATES = ("5/h", "10/d")
NETWORK_RATE = "60/h"


def proved(request) -> str:
    """The mobile number or e-mail address that this browser's person has proved to be theirs; empty without one."""
    known = request.session.get(PROVED) or {}
    fresh = time.time() - known.get("at", 0) < LASTS.total_seconds()
    return known.get("address", "") if fresh else ""


def asked(request) -> str:
    """The address that the code being typed was sent to; empty when none was sent, or too long ago."""
    waiting = request.session.get(ASKED) or {}
    fresh = time.time() - waiting.get("at", 0) < CODE_LASTS.total_seconds()
    return waiting.get("address", "") if fresh else ""


def send_code(request, address: str) -> int:
    """Send a code to the address; gives 0, or the seconds to wait when too many were sent."""
    if wait := _wait(request, address):
        return wait
    code, nonce = post_code(address, keep_trying=CODE_LASTS), secrets.token_hex(8)
    request.session[ASKED] = {
        "address": address, "hash": _hashed(code, nonce), "nonce": nonce, "at": time.time(), "left": TRIES,
    }  # fmt: skip
    return 0


def _wait(request, address) -> int:
    who = hashlib.sha256(address.encode()).hexdigest()
    waits = [limits.seconds_to_wait("guest_code", NETWORK_RATE, f"address:{limits.address_of(request)}")]
    waits += [limits.seconds_to_wait("guest_code", rate, f"guest:{who}") for rate in RATES]
    return max(waits)


def _hashed(code, nonce) -> str:
    return salted_hmac(__name__, f"{nonce}:{code}", algorithm="sha256").hexdigest()


def prove(request, code: str) -> str:
    """Take the typed code; gives the address, which is proved from now on.

    Raises Refused (422) for a wrong code, one that is too old, and after five tries.
    """
    waiting = request.session.get(ASKED) or {}
    if not asked(request) or waiting["left"] <= 0:
        request.session.pop(ASKED, None)
        raise Refused(OVER, status=422)
    request.session[ASKED] = waiting | {"left": waiting["left"] - 1}
    # The session is read and written, and many guesses sent at once would all find five tries left: the cache counts.
    if limits.seconds_to_wait("guest_tries", f"{TRIES}/d", waiting["nonce"]):
        raise Refused(OVER, status=422)
    if not constant_time_compare(_hashed(code, waiting["nonce"]), waiting["hash"]):
        raise Refused("验证码不对，请核对后重新输入。", status=422)
    del request.session[ASKED]
    request.session.cycle_key()
    request.session[PROVED] = {"address": waiting["address"], "at": time.time()}
    return waiting["address"]


def forget(request) -> None:
    """Let this browser prove another address."""
    request.session.pop(PROVED, None)
    request.session.pop(ASKED, None)


def page(name: str, target: str) -> str:
    """The address of one of the two pages of the proof, from which it goes on to `target`."""
    return f"{reverse(f'association:{name}')}?{urlencode({REDIRECT_FIELD_NAME: target})}"


def target_of(request, default: str) -> str:
    """Where the proof leads: the page of ours that asked for it, else `default`."""
    target = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours and target.startswith("/") else default


def required(view):
    """Decorate a view for people without an account: whoever has proved no address does so first and comes back."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if not proved(request):
            return go(request, page("prove", identity.page_of_origin(request)))
        return view(request, *args, **kwargs)

    guarded.asks_guests = True
    return guarded
