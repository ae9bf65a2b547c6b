"""Signing in by a code for somebody already known: from an invitation, after a reset."""

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from association.errors import Refused


def begin_code_login(request, user, *, next_url: str = ""):
    """Send `user` a code, to the mobile if there is one, else by e-mail, and lead to the page that asks for it.

    Whoever is signed in here is signed out first. `next_url`, a path of ours, is where the sign-in leads.
    Raises Refused for an account that is switched off.
    """
    if not user.is_active:
        raise Refused("这个账号已停用，不能登录。请联系秘书处。")
    if request.user.is_authenticated:
        logout(request)
    address = {"phone": user.mobile} if user.mobile else {"email": user.email}
    LoginCodeVerificationProcess.initiate(request=request, user=user, **address)
    # Who opened an invitation did not type the address and need not know it in full.
    request.session["address_hidden"] = True
    page = reverse("account_confirm_login_code")
    query = f"?{urlencode({REDIRECT_FIELD_NAME: next_url})}" if next_url else ""
    return redirect(page + query)
