"""Addresses of the sign-in: allauth's pages, without those that are closed here, and some in our own way."""

from allauth.account.urls import urlpatterns as account_pages
from allauth.mfa.base.urls import urlpatterns as factor_pages
from allauth.mfa.recovery_codes.urls import urlpatterns as recovery_pages
from allauth.mfa.totp.urls import urlpatterns as totp_pages
from allauth.mfa.webauthn.urls import urlpatterns as passkey_pages
from allauth.usersessions.urls import urlpatterns as session_pages
from django.urls import include, path
from django.views.generic import RedirectView

from association.views import sign_in
from association.web import confirmed, require, signed_in

# An address is what a person signs in with: the secretariat keeps it, nobody adds or confirms one alone.
CLOSED = {"account_email", "account_email_verification_sent", "account_confirm_email"}
# allauth lets people without password and second factor do these without any proof; here they type a fresh code.
TO_BE_CONFIRMED = {
    "account_set_password", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_edit_webauthn",
    "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip
to_security = RedirectView.as_view(pattern_name="association:security")
OURS = {
    "account_login": sign_in.PasswordView.as_view(),
    "account_request_login_code": sign_in.AskForCodeView.as_view(),
    "mfa_login_webauthn": sign_in.PasskeyView.as_view(),
    "account_confirm_login_code": sign_in.CodeView.as_view(),
    "mfa_index": to_security,
    "mfa_list_webauthn": to_security,
    "mfa_add_webauthn": sign_in.AddPasskeyView.as_view(),
    "mfa_download_recovery_codes": sign_in.DownloadCodesView.as_view(),
    "mfa_reauthenticate_webauthn": sign_in.ReauthenticatePasskeyView.as_view(),
    "mfa_remove_webauthn": sign_in.RemovePasskeyView.as_view(),
}


def kept(pages):
    """The pages as they are served here; those under further prefixes likewise."""
    for page in pages:
        if hasattr(page, "url_patterns"):
            page.url_patterns[:] = kept(page.url_patterns)
        elif page.name in CLOSED:
            continue
        else:
            page.callback = OURS.get(page.name, page.callback)
            if page.name in TO_BE_CONFIRMED:
                page.callback = require(signed_in)(confirmed(page.callback))
        yield page


own = [
    path("security/", sign_in.security, name="security"),
    path("security/setup/", sign_in.security_setup, name="security_setup"),
    path("reauthenticate/code/", sign_in.reauthenticate_by_code, name="reauthenticate_by_code"),
    path("continue/", sign_in.go_on, name="continue"),
]
theirs = [
    path("", include(list(kept(account_pages)))),
    path("2fa/", include(list(kept(factor_pages)))),
    path("2fa/recovery-codes/", include(list(kept(recovery_pages)))),
    path("2fa/totp/", include(list(kept(totp_pages)))),
    path("2fa/passkeys/", include(list(kept(passkey_pages)))),
    path("sessions/", include(list(kept(session_pages)))),
]
