"""Forms of check-in: somebody at the desk, why an attendance is taken back, links for volunteers, the online list."""

from django import forms

from association.exchange.limits import MAX_ROWS
from association.forms.fields import MobileField, TextField
from events.choices import Mode
from members.forms.imports import SUFFIXES
from members.forms.imports import UploadForm as WorkbookForm

MEGABYTES = 3


class WalkInForm(forms.Form):
    full_name = TextField(label="姓名", max_length=50)
    unit_name = TextField(label="单位", max_length=120, help_text="与名册中名称相同的，算作那家单位。")
    title = TextField(label="职务", max_length=50, required=False)
    mobile = MobileField(label="手机", required=False, help_text="填了手机，报过名的会连到本人的报名。")
    mode = forms.ChoiceField(
        label="参加形式",
        widget=forms.RadioSelect,
        choices=[(m.value, m.label) for m in (Mode.ONSITE, Mode.ONLINE)],
        initial=Mode.ONSITE,
    )
    correction = TextField(
        label="更正的理由", max_length=200, help_text="活动已归档，人数已锁定；更正会和理由一起记下来。",
        error_messages={"required": "请写明更正的理由。"},
    )  # fmt: skip

    def __init__(self, *args, corrects=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not corrects:
            del self.fields["correction"]


class UndoForm(forms.Form):
    reason = TextField(
        label="撤销的原因", max_length=200, help_text="例如：扫错了人。会写进记录。",
        error_messages={"required": "请写明撤销的原因。"},
    )  # fmt: skip


class MinimumForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    minutes = forms.IntegerField(label="线上计入的最少分钟", min_value=0, max_value=600)


class DoorForm(forms.Form):
    label = TextField(
        label="给谁用", max_length=30, help_text="例如：志愿者甲。每部手机一个链接，丢了可以单独收回。",
        error_messages={"required": "请写明这个链接给谁用。"},
    )  # fmt: skip


class SelfForm(forms.Form):
    """`registrations` are those of the person that wait to be checked in."""

    registration = forms.ChoiceField(label="参加人", widget=forms.RadioSelect)
    code = TextField(
        label="现场码", max_length=8, help_text="会场屏幕上的四位数字。",
        error_messages={"required": "请填写会场屏幕上的四位数字。"},
    )  # fmt: skip

    def __init__(self, *args, registrations, **kwargs):
        super().__init__(*args, **kwargs)
        self.registrations = {str(r.pk): r for r in registrations}
        names = [(key, f"{r.full_name}，{r.unit_name}") for key, r in self.registrations.items()]
        self.fields["registration"].choices = names
        if len(names) == 1:
            self.fields["registration"].widget = forms.HiddenInput()
            self.initial["registration"] = names[0][0]
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    @property
    def chosen(self):
        return self.registrations[self.cleaned_data["registration"]]


class ExportForm(forms.Form):
    unmasked = forms.BooleanField(label="手机号写完整", required=False)
    reason = TextField(
        label="用途", max_length=200, required=False, help_text="手机号写完整时必填，会记入导出记录。"
    )

    def clean(self):
        data = super().clean()
        if data.get("unmasked") and not data.get("reason"):
            self.add_error("reason", "手机号写完整时，请写明用途。")
        return data


class OnlineListForm(WorkbookForm):
    """As the roster's upload, with words of its own; small enough to be read at once."""

    file = forms.FileField(
        label="线上名单文件",
        help_text=f"线上会议平台导出的参会名单，按模板的表头，.xlsx 或 CSV，不超过 {MEGABYTES} MB、{MAX_ROWS:,} 行。",
        error_messages={
            "required": "请选择线上名单文件。",
            "empty": "文件是空的（0 字节）。请检查原文件后重新上传。",
            "max_length": "文件名太长，请改短后重新上传。",
        },
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES), "data-max-bytes": MEGABYTES * 2**20}),
    )

    def clean_file(self):
        file = super().clean_file()
        if file.size > MEGABYTES * 2**20:
            raise forms.ValidationError(f"文件超过 {MEGABYTES} MB，请删去无关的工作表，或分成几份后上传。")
        return file


class MatchForm(forms.Form):
    """`to` names whom a row of an online list is: r and the key of a registration, a and that of an attendance."""

    to = forms.RegexField(
        r"^[ra][0-9]{1,15}$", error_messages={"required": "请选择是哪一位。", "invalid": "请重新选择。"}
    )
