"""A fresh code for somebody who is signed in and has nothing else to prove themselves by; kept in the session."""

import time

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings

from association.formats import mask_mobile

KEY = "house.reproof"


def send_code(request) -> bool:
    """Send a new code to the person's number, else address; False when that was asked too often."""
    user, adapter = request.user, get_adapter(request)
    address = user.mobile or user.email
    if not ratelimit.consume(request, action="request_login_code", key=address):
        return False
    code = adapter.generate_login_code()
    request.session[KEY] = {"code": code, "at": time.time(), "failed": 0}
    if user.mobile:
        adapter.send_verification_code_sms(user=user, phone=user.mobile, code=code)
    else:
        adapter.send_mail("account/email/login_code", user.email, {"code": code, "user": user})
    return True


def expected_code(request) -> str:
    """The code that counts now, empty when there is none: then no code is right."""
    state = request.session.get(KEY)
    if not state or time.time() - state["at"] > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT:
        return ""
    return state["code"]


def count_failure(request) -> None:
    """A wrong code; after the last attempt a new one has to be sent."""
    state = request.session.get(KEY)
    if not state:
        return
    state["failed"] += 1
    request.session[KEY] = state
    if state["failed"] >= settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS:
        forget_code(request)


def forget_code(request) -> None:
    request.session.pop(KEY, None)


def sent_to(request) -> str:
    """Where the code that counts went to, for the page; empty when none was sent."""
    if not expected_code(request):
        return ""
    return mask_mobile(request.user.mobile) if request.user.mobile else request.user.email
