"""allauth's forms in our words: one field takes a mobile number or an e-mail address, however it was typed."""

import unicodedata

from allauth.account import forms as theirs
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.core import context, ratelimit
from django import forms
from django.core.exceptions import ValidationError

from association import formats
from association.models import User
from association.signing import identity

PASSWORD_HINT = "至少 10 个字符，不要只用数字，也不要用姓名、邮箱或常见的密码。"


def read_address(text: str) -> tuple[str, str]:
    """("email", address) in lower case or ("phone", eleven digits). Raises ValidationError for what is neither."""
    folded = unicodedata.normalize("NFKC", text).strip()
    try:
        if "@" in folded:
            return "email", forms.EmailField(max_length=254).clean(folded).lower()
        return "phone", formats.clean_mobile(folded)
    except (ValueError, ValidationError):
        raise ValidationError("请填写 11 位手机号或邮箱。") from None


def address_field():
    widget = forms.TextInput(
        attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    )
    return forms.CharField(label="手机号或邮箱", max_length=254, widget=widget)


def code_field(label="验证码", **attributes):
    attrs = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "maxlength": 12,
        "class": "code",
    } | attributes
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=attrs))


class Spoken:
    """Labels and hints of ours on the fields of theirs; no placeholders, which vanish when they are needed."""

    words = {
        "password": ("密码", ""),
        "oldpassword": ("现在的密码", ""),
        "password1": ("新密码", PASSWORD_HINT),
        "password2": ("再输一遍新密码", ""),
        "email": ("邮箱", ""),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (label, hint) in self.words.items():
            if field := self.fields.get(name):
                field.label, field.help_text = label, hint
                field.widget.attrs.pop("placeholder", None)


class PasswordForm(Spoken, theirs.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = address_field()
        self.order_fields(["login", "password"])

    def clean_login(self):
        return read_address(self.cleaned_data["login"])[1]

    def _login_with_password(self, request, redirect_url, credentials):
        """Theirs, without setting the session's age: that goes by the person, in every way of signing in."""
        self._login.redirect_url = redirect_url
        return perform_password_login(request, credentials, self._login)


class AskForCodeForm(forms.Form):
    """Where to send a code. For a number or an address without an account everything happens alike."""

    address = address_field()

    def clean(self):
        cleaned = super().clean()
        if "address" not in cleaned:
            return cleaned
        try:
            kind, value = read_address(cleaned["address"])
        except ValidationError as error:
            self.add_error("address", error)
            return cleaned
        if not ratelimit.consume(context.request, action="request_login_code", key=value):
            raise get_adapter().validation_error("rate_limited")
        field = "mobile" if kind == "phone" else "email"
        self._user = User.objects.filter(**{field: value, "is_active": True}).first()
        return cleaned | {kind: value}


class CodeForm(theirs.ConfirmLoginCodeForm):
    code = code_field()

    def clean_code(self):
        self.cleaned_data["code"] = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return super().clean_code()


class ChangePasswordForm(Spoken, theirs.ChangePasswordForm):
    """Who signed in just now by a code may set a password without the one they forgot, as by the link in a letter."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if identity.came_by_code(context.request):
            del self.fields["oldpassword"]


class SetPasswordForm(Spoken, theirs.SetPasswordForm):
    pass


class ResetPasswordForm(Spoken, theirs.ResetPasswordForm):
    def clean_email(self):
        self.cleaned_data["email"] = self.cleaned_data["email"].lower()
        self.users = list(User.objects.filter(email=self.cleaned_data["email"], is_active=True))
        return self.cleaned_data["email"]


class ResetPasswordKeyForm(Spoken, theirs.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Spoken, theirs.ReauthenticateForm):
    pass
