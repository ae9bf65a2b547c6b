"""What a visitor types to prove that an address is theirs."""

import unicodedata

from django import forms

from association import gateways
from association.forms.sign_in import address_field, code_field, read_address


class GuestAddressForm(forms.Form):
    address = address_field()

    def clean_address(self):
        kind, address = read_address(self.cleaned_data["address"])
        if kind == "phone" and not gateways.sends_sms():
            raise forms.ValidationError("现在不能发短信，请填写邮箱。")
        return address


class GuestCodeForm(forms.Form):
    code = code_field()

    def clean_code(self):
        """The digits alone: as copied from a message, with blanks or full-width."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        code = "".join(text.split())
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            raise forms.ValidationError("验证码是 6 位数字。")
        return code
