from django import forms

from association.forms.fields import DayField, LandlineField, MobileField, RecordForm, TextField
from members.choices import ContactDuty
from members.models import Contact


class ContactForm(RecordForm):
    """A person's own data."""

    name = TextField(label="姓名", max_length=50)
    mobile = MobileField(label="手机", required=False)
    landline = LandlineField(label="座机", required=False)

    class Meta:
        model = Contact
        fields = ("name", "mobile", "landline", "email", "wechat")

    def fix_name(self, why: str):
        """Show the name without letting it be changed, and say why."""
        self.fields["name"].disabled = True
        self.fields["name"].help_text = why

    def clean_name(self):
        name = self.cleaned_data["name"]
        if not 2 <= len(name) <= 15:
            raise forms.ValidationError("姓名应为 2 至 15 个字。")
        return name


class NewContactForm(ContactForm):
    """A new person with the first duty."""

    duty = forms.ChoiceField(label="职责", choices=[("", "请选择"), *ContactDuty.choices])
    title = TextField(label="职务", max_length=50, required=False)
    since = DayField(
        label="自",
        required=False,
        help_text="留空为今天。会员管理员、经办人、数据填报员可以有几位；其他职责每单位一位，原任同日卸任。",
    )
    field_order = ["name", "duty", "title", "since", "mobile", "landline", "email", "wechat"]


class EndForm(forms.Form):
    until = DayField(label="结束日期", required=False, help_text="留空为今天。")
