"""allauth's forms of the second step in our words, and what it leaves open."""

import functools
import unicodedata

import structlog
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from association.forms.sign_in import code_field

log = structlog.get_logger(__name__)
# With half a minute of tolerance either way a code is good for a minute and a half; allauth forgets it after half.
USED_CODES_KEPT = 120


class OnceOnly:
    """A code of six digits that was taken is not taken again while it would still be good."""

    def clean_code(self):
        self.cleaned_data["code"] = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        code = super().clean_code()
        digits = "".join(c for c in code if c.isdigit())
        if not cache.add(f"second-factor-used.{self.user.pk}.{digits}", 1, USED_CODES_KEPT):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(OnceOnly, base.AuthenticateForm):
    code = code_field("动态口令或恢复码")


class ReauthenticateForm(OnceOnly, base.ReauthenticateForm):
    code = code_field("动态口令或恢复码")


class ActivateTOTPForm(totp.ActivateTOTPForm):
    code = code_field("6 位动态口令")

    def clean_code(self):
        self.cleaned_data["code"] = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return super().clean_code()


def untrusted(method):
    """What a browser sends as a key is bytes in bytes; their parsers stop in many ways. All are one answer: not taken."""

    @functools.wraps(method)
    def clean(self):
        try:
            return method(self)
        except ValidationError:
            raise
        except Exception as error:
            log.warning("passkey.unreadable", error=type(error).__name__)
            raise get_adapter().validation_error("incorrect_code") from None

    return clean


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """Every key is one that can sign in alone: kept on the device and opened by face, finger or PIN."""

    name = forms.CharField(
        label="名称", max_length=60, required=False, help_text="日后认得出是哪台设备即可。"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)

    clean = untrusted(webauthn.AddWebAuthnForm.clean)


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(label="名称", max_length=60)


class AuthenticatePasskeyForm(webauthn.AuthenticateWebAuthnForm):
    clean_credential = untrusted(webauthn.AuthenticateWebAuthnForm.clean_credential)


class ReauthenticatePasskeyForm(webauthn.ReauthenticateWebAuthnForm):
    clean_credential = untrusted(webauthn.ReauthenticateWebAuthnForm.clean_credential)


class PasskeySignInForm(webauthn.LoginWebAuthnForm):
    @untrusted
    def clean_credential(self):
        """A key of an account that is switched off is answered like one that nobody knows."""
        authenticator = webauthn.LoginWebAuthnForm.clean_credential(self)
        if not authenticator.user.is_active:
            raise get_adapter().validation_error("incorrect_code")
        return authenticator
