"""Inviting people of a unit; which duties may be given is asked of the permissions."""

from django import forms

from association.forms.fields import MobileField, TextField
from members import permissions
from members.choices import SHARED_DUTIES, ContactDuty
from members.models import Organization

WORDS = {
    ContactDuty.MANAGER: "维护本单位的全部资料，邀请同事",
    ContactDuty.CLERK: "看本单位资料，代为报名、办事",
    ContactDuty.REPORTER: "填报年度数据",
}


class DutyForm(forms.Form):
    """Which duty an invited person is to have."""

    duty = forms.ChoiceField(label="职责")

    def __init__(self, *args, user, organization: Organization, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(duty, _in_words(duty)) for duty in permissions.duties_to_give(user, organization)]
        # The usual ones first.
        choices.sort(key=lambda choice: choice[0] not in SHARED_DUTIES)
        self.fields["duty"].choices = [("", "请选择"), *choices]


def _in_words(duty) -> str:
    label = ContactDuty(duty).label
    if duty in WORDS:
        return f"{label}（{WORDS[duty]}）"
    return f"{label}（每单位一位，接受后原任同日卸任）"


class ColleagueForm(DutyForm):
    """Somebody of the own unit who is not in the books yet, or is."""

    name = TextField(label="姓名", max_length=50)
    mobile = MobileField(label="手机", help_text="登录验证码发到这个号码，所以要填对方自己的手机。")
    field_order = ["name", "mobile", "duty"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        if not 2 <= len(name) <= 15:
            raise forms.ValidationError("姓名应为 2 至 15 个字。")
        return name
