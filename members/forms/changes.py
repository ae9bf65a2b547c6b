"""Forms for proposed changes: another representative, and the decision on each proposal."""

from django import forms
from django.conf import settings

from association.forms.attachments import EXTENSIONS
from association.forms.fields import MobileField, TextField
from members.models import Contact
from members.models.profile_change import ProfileChange

CHOICES = [("accept", "通过"), ("reject", "驳回"), ("", "留待下次")]


class RepresentativeForm(forms.Form):
    """Another representative: somebody of the unit, or a new person."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), label="本单位联系人", required=False, empty_label="不在其中，在下面填写"
    )
    name = TextField(label="姓名", max_length=15, required=False, help_text="选了联系人就不用再填。")
    mobile = MobileField(label="手机", required=False)
    title = TextField(label="职务", max_length=50)
    notice = forms.FileField(
        label="单位书面通知",
        max_length=255,
        help_text="盖章的通知，可以拍照；JPG、PNG 或 PDF，不超过 20 MB。",
        error_messages={"required": "请上传单位的书面通知。", "empty": "文件是空的，请检查后重新上传。"},
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = people
        most = settings.UPLOAD_MAX_BYTES
        self.fields["notice"].help_text = f"盖章的通知，可以拍照；图片或 PDF，不超过 {most // 2**20} MB。"
        self.fields["notice"].widget.attrs |= {"accept": EXTENSIONS, "data-max-bytes": most}

    def clean(self):
        data = super().clean()
        if "contact" in self.errors:
            return data
        if data.get("contact"):
            data["name"] = data["mobile"] = ""
            return data
        if "name" in data and not 2 <= len(data["name"]) <= 15:
            self.add_error("name", "请选择联系人，或者填写新代表的姓名（2 至 15 个字）。")
        if "mobile" in data and not data["mobile"]:
            self.add_error("mobile", "请填写新代表的手机。")
        return data


class DecisionForm(forms.Form):
    """What a decider says to one proposal; without a choice it stays as it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    choice = forms.ChoiceField(label="审核", choices=CHOICES, widget=forms.RadioSelect, required=False)
    reason = TextField(label="理由", max_length=200, required=False, help_text="驳回时必填，单位会看到。")
    confirmed = forms.BooleanField(label="已对照现值，仍改为新值", required=False)

    def __init__(self, *args, change: ProfileChange, digest: str, moved: bool, **kwargs):
        initial = {"version": change.version, "seen": digest, "choice": ""} | (
            kwargs.pop("initial", None) or {}
        )
        super().__init__(*args, prefix=f"change-{change.pk}", initial=initial, **kwargs)
        self.change, self.moved = change, moved
        if not moved:
            del self.fields["confirmed"]

    def clean(self):
        data = super().clean()
        if data.get("choice") == "reject" and not data.get("reason"):
            self.add_error("reason", "驳回请写明理由。")
        if data.get("choice") == "accept" and self.moved and not data.get("confirmed"):
            self.add_error("confirmed", "现值在提交之后改过，请对照后勾选再通过，或者驳回。")
        return data
