"""Middlewares that stand behind the sign-in: how long it lasts, and that staff have a second factor."""

import time

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from association.permissions import is_staff_member
from association.web import go

SIGNED_IN_AT = "house.signed_in_at"
HAS_FACTOR = "house.second_factor_of"
# What somebody without a second factor may still do: set one up, prove who they are, leave, and read more easily.
OPEN_WITHOUT_FACTOR = frozenset({
    "account_logout", "account_login", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_activate_totp", "mfa_add_webauthn", "association:security_setup", "association:reauthenticate_by_code",
    "association:continue", "association:preferences", "livez", "readyz",
})  # fmt: skip


@receiver(user_logged_in, dispatch_uid="house.signed_in_at")
def note_beginning(sender, request, user, **kwargs):
    """Every way of signing in ends here: the session's hours begin now and nothing done later prolongs them."""
    request.session[SIGNED_IN_AT] = time.time()
    request.session.set_expiry(session_seconds(user))


def session_seconds(user) -> int:
    """How long a sign-in of this person lasts: a working day for staff, two weeks for the others."""
    staff = is_staff_member(user) or user.is_staff
    return settings.STAFF_SESSION_AGE if staff else settings.SESSION_COOKIE_AGE


def session_age(get_response):
    """End a sign-in whose hours are over, whatever the cookie says. Of a duty granted meanwhile the shorter age counts.

    Within the first eight hours nothing has to be asked.
    """

    def middleware(request):
        age = time.time() - request.session.get(SIGNED_IN_AT, 0)
        over = age >= settings.STAFF_SESSION_AGE and request.user.is_authenticated
        if over and age >= session_seconds(request.user):
            logout(request)
            messages.info(request, "登录已过期，请重新登录。")
        return get_response(request)

    return middleware


def second_factor(get_response):
    """Outside demo mode lead staff without a second factor to where they set one up, from every address."""

    def process_view(request, view, args, kwargs):
        if settings.DEMO or request.resolver_match.view_name in OPEN_WITHOUT_FACTOR:
            return None
        if not request.user.is_authenticated or not lacks_factor(request):
            return None
        return go(request, "association:security_setup")

    def middleware(request):
        return get_response(request)

    middleware.process_view = process_view
    return middleware


def lacks_factor(request) -> bool:
    """Whether the person has to have a second factor and has none. That they have one is kept in the session: the last
    one of a member of staff is only ever taken away together with all their sessions."""
    user = request.user
    if request.session.get(HAS_FACTOR) == user.pk or not is_bound_to_factor(user):
        return False
    if has_factor(user):
        request.session[HAS_FACTOR] = user.pk
        return False
    return True


def is_bound_to_factor(user) -> bool:
    """Whether the person may do nothing without a second factor: staff, outside demo mode."""
    return not settings.DEMO and (is_staff_member(user) or user.is_staff)


def factors_of(user):
    """The person's authenticator app and passkeys; recovery codes alone are no second factor."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user_id=user.pk, type__in=kinds)


def has_factor(user) -> bool:
    return factors_of(user).exists()


def has_other_factor(authenticator) -> bool:
    """Whether one would be left without this one."""
    return factors_of(authenticator.user).exclude(pk=authenticator.pk).exists()
