"""Forms on departments of government and their liaisons."""

from django import forms

from association.forms.fields import MobileField, RecordForm, TextField
from events.models import Department


class DepartmentForm(RecordForm):
    name = TextField(label="部门", max_length=80, help_text="写全称。")
    phone = TextField(label="电话", max_length=40, required=False)

    class Meta:
        model = Department
        fields = ("name", "level", "district", "phone")


class LiaisonForm(forms.Form):
    """Who takes petitions there, and where the code goes with which they sign in."""

    name = TextField(label="姓名", max_length=50)
    title = TextField(label="处室与职务", max_length=60, required=False)
    mobile = MobileField(label="手机", required=False)
    email = forms.EmailField(label="邮箱", required=False, max_length=254)

    def clean(self):
        data = super().clean()
        if not data.get("mobile") and not data.get("email") and not self.errors:
            self.add_error("mobile", "手机和邮箱至少填一项，登录验证码发到那里。")
        return data
