from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings

from association import permissions
from association.choices import TextSize, Theme


class SignInForm(LoginForm):
    """allauth's own form with our words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "邮箱"
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].label = "密码"
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        if "remember" in self.fields:
            self.fields["remember"].label = "在这台设备上保持登录"

    def login(self, request, redirect_url=None):
        """Sign the person in; those with a duty are signed out again after eight hours, ticked or not."""
        response = super().login(request, redirect_url)
        if permissions.is_staff_member(request.user):
            request.session.set_expiry(settings.STAFF_SESSION_AGE)
        return response


class PreferencesForm(forms.Form):
    theme = forms.ChoiceField(label="配色", choices=Theme.choices, required=False)
    text_size = forms.ChoiceField(label="字号", choices=TextSize.choices, required=False)
