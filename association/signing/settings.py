"""How one signs in: settings of allauth that are the same everywhere (docs/decisions/0009-sign-in.md)."""

ACCOUNT_ADAPTER = "association.signing.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "association.forms.sign_in.PasswordForm",
    "request_login_code": "association.forms.sign_in.AskForCodeForm",
    "confirm_login_code": "association.forms.sign_in.CodeForm",
    "change_password": "association.forms.sign_in.ChangePasswordForm",
    "set_password": "association.forms.sign_in.SetPasswordForm",
    "reset_password": "association.forms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "association.forms.sign_in.ResetPasswordKeyForm",
    "reauthenticate": "association.forms.sign_in.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# allauth's own keeps a second list of addresses beside the account; Django's hashes the address in as well.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Per address of the network, per account (key) and per person; counted before a password is hashed or a code is sent.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key,12/h/key",
    "reset_password": "20/m/ip,5/m/key,10/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
MFA_ADAPTER = "association.signing.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "association.forms.second_factor.AuthenticateForm",
    "reauthenticate": "association.forms.second_factor.ReauthenticateForm",
    "activate_totp": "association.forms.second_factor.ActivateTOTPForm",
    "add_webauthn": "association.forms.second_factor.AddPasskeyForm",
    "edit_webauthn": "association.forms.second_factor.RenamePasskeyForm",
    "login_webauthn": "association.forms.second_factor.PasskeySignInForm",
    "authenticate_webauthn": "association.forms.second_factor.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "association.forms.second_factor.ReauthenticatePasskeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A phone's clock may be half a minute off; that no code works twice is seen to in forms/second_factor.py.
MFA_TOTP_TOLERANCE = 1
