"""The application as the applicant fills it in, and what the association says to it."""

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from association import creditcode, privacy
from association.forms.attachments import EXTENSIONS
from association.forms.fields import (
    CreditCodeField,
    DayField,
    LandlineField,
    MobileField,
    RecordForm,
    TextField,
)
from members.choices import Industry
from members.domain.drafts import FILE_KINDS, REQUIRED
from members.models import Application, Organization

PARK_HINT = "园区运营机构必填，其他单位可以不填。"
OF_PARK = ("park_name", "park_district", "park_address", "park_type", "park_floor_area", "park_industries")
AGREES = "agrees"


def person(label):
    return TextField(label=label, max_length=15, required=False)


class ApplicationForm(RecordForm):
    """All that is asked, in five sections. A draft may be kept with gaps: what is filled in is judged, what is missing
    is told before it is handed in. With `only` the form of a single field, as it is saved while one types."""

    groups = (
        ("单位", ("name", "credit_code", "category", "nature", "district", "legal_representative",
                 "registered_address", "founded_on", "phone", "website", "introduction")),
        ("园区", OF_PARK),
        ("会员代表", ("representative_name", "representative_title", "representative_mobile",
                     "representative_email")),
        ("联络员", ("liaison_name", "liaison_mobile", "liaison_email")),
        ("章程与同意", ("accepts_charter", AGREES, "publishes_name")),
    )  # fmt: skip
    name = TextField(label="单位名称", max_length=120, help_text="营业执照上的全称。")
    credit_code = CreditCodeField(label="统一社会信用代码", help_text="18 位，末位是校验位。")
    legal_representative = TextField(label="法定代表人", max_length=50)
    registered_address = TextField(label="注册地址", max_length=200)
    founded_on = DayField(label="成立日期", required=False)
    phone = LandlineField(label="单位电话", required=False, help_text="区号-号码，如 010-65123456。")
    website = forms.URLField(label="网址", required=False, max_length=200, assume_scheme="https")
    introduction = TextField(label="单位简介", max_length=4000, required=False, rows=5)
    park_name = TextField(label="园区名称", max_length=120, required=False, help_text=PARK_HINT)
    park_address = TextField(label="园区地址", max_length=200, required=False, help_text=PARK_HINT)
    park_floor_area = forms.DecimalField(
        label="园区建筑面积（㎡）", required=False, min_value=0, max_digits=12, decimal_places=2
    )
    park_industries = forms.MultipleChoiceField(
        label="主导产业", choices=Industry.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="最多三项。",
    )  # fmt: skip
    representative_name = person("会员代表")
    representative_title = TextField(label="会员代表职务", max_length=50)
    representative_mobile = MobileField(label="会员代表手机")
    liaison_name = person("联络员")
    liaison_mobile = MobileField(
        label="联络员手机", help_text="通过以后，登录邀请发到这里；可以与会员代表是同一人。"
    )
    agrees = forms.BooleanField(label="已阅读并同意个人信息保护政策")

    class Meta:
        model = Application
        fields = (
            "name", "credit_code", "category", "nature", "district", "legal_representative",
            "registered_address", "founded_on", "phone", "website", "introduction", *OF_PARK,
            "representative_name", "representative_title", "representative_mobile", "representative_email",
            "liaison_name", "liaison_mobile", "liaison_email", "accepts_charter", "publishes_name",
        )  # fmt: skip

    def __init__(self, *args, only="", **kwargs):
        super().__init__(*args, **kwargs)
        self.policy = privacy.in_force(localdate())
        self.fields[AGREES].initial = self.instance.policy_version == self.policy.key
        self.fields["park_district"].help_text = PARK_HINT
        for name in (*REQUIRED, "accepts_charter"):
            self.fields[name].required = True
        self._word_consents()
        self._hint_at_code()
        if only:
            self.fields = {only: self.fields[only]} if only in self.fields else {}

    def _word_consents(self):
        self.fields["accepts_charter"].label = "拥护协会章程，自愿入会，履行会员义务"
        self.fields["publishes_name"].label = "同意在协会网站公开展示单位与园区信息"
        self.fields["publishes_name"].help_text = "单独征求的同意，不勾选也可以入会；以后可以随时改变。"
        address = reverse("association:privacy_version", args=[self.policy.key])
        self.fields[AGREES].help_text = format_html(
            '<a href="{}" target="_blank" rel="noopener">《个人信息保护政策》（{} 版）</a>，本表填写的姓名和联系方式按它使用。',
            address, self.policy.key,
        )  # fmt: skip

    def _hint_at_code(self):
        """What is unusual about a code that was saved is said below its label, and refused nowhere."""
        unusual = creditcode.warnings(self.instance.credit_code) if self.instance.credit_code else []
        if unusual:
            self.fields["credit_code"].help_text = "".join(unusual)

    def save_as_typed(self, address_of):
        """Have each field sent by itself when it was changed; `address_of(name)` is where."""
        for name, field in self.fields.items():
            field.widget.attrs |= {
                "hx-post": address_of(name), "hx-trigger": "change", "hx-target": "closest .field",
                "hx-swap": "outerHTML", "hx-params": f"{name},csrfmiddlewaretoken",
            }  # fmt: skip

    def _clean_fields(self):
        """A draft may have gaps: of a field left empty nothing is said here."""
        needed = [field for field in self.fields.values() if field.required]
        for field in needed:
            field.required = False
        super()._clean_fields()
        for field in needed:
            field.required = True

    def _get_validation_exclusions(self):
        """Emptiness is no mistake for the model either."""
        found = super()._get_validation_exclusions()
        return found | {name for name in self.fields if not self.cleaned_data.get(name)}

    @property
    def changes(self) -> dict:
        """What is valid, to be kept; consent is kept as the version it was given to."""
        found = super().changes
        if AGREES in self.cleaned_data:
            found["policy_version"] = self.policy.key if self.cleaned_data[AGREES] else ""
        return found

    def clean_representative_name(self):
        return _name_of_person(self.cleaned_data["representative_name"])

    def clean_liaison_name(self):
        return _name_of_person(self.cleaned_data["liaison_name"])

    def clean_legal_representative(self):
        return _at_least_two(self.cleaned_data["legal_representative"])

    def clean_name(self):
        return _at_least_two(self.cleaned_data["name"])

    def clean_founded_on(self):
        day = self.cleaned_data["founded_on"]
        if day and day > localdate():
            raise forms.ValidationError("成立日期不能晚于今天。")
        return day

    def clean_park_industries(self):
        if len(self.cleaned_data["park_industries"]) > 3:
            raise forms.ValidationError("最多选三项。")
        return self.cleaned_data["park_industries"]

    def clean_representative_email(self):
        return self.cleaned_data["representative_email"].lower()

    def clean_liaison_email(self):
        return self.cleaned_data["liaison_email"].lower()


def _name_of_person(name):
    if name and len(name) < 2:
        raise forms.ValidationError("姓名应为 2 至 15 个字。")
    return name


def _at_least_two(text):
    if text and len(text) < 2:
        raise forms.ValidationError("请填写全称。")
    return text


class FileForm(forms.Form):
    """One file of one kind."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in FILE_KINDS], widget=forms.HiddenInput)
    file = forms.FileField(
        label="文件", max_length=255,
        error_messages={
            "required": "请选择文件。", "empty": "文件是空的，请检查后重新上传。",
            "max_length": "文件名太长，请改短后重新上传。",
        },
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        most = settings.UPLOAD_MAX_BYTES
        self.fields["file"].help_text = f"照片或 PDF，每个不超过 {most // 2**20} MB；有几页就传几次。"
        self.fields["file"].widget.attrs |= {"accept": EXTENSIONS, "data-max-bytes": most}


# --- the association ------------------------------------------------------------------------------------------


class MendForm(forms.Form):
    missing = TextField(
        label="要补正什么", max_length=2000, rows=5, help_text="一行一项，申请人看到的就是这些话。"
    )

    def clean_missing(self) -> list[str]:
        lines = [line for line in self.cleaned_data["missing"].splitlines() if line]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError("每项最多 200 个字。")
        return lines


class PassForm(forms.Form):
    note = TextField(label="审核意见", max_length=500, required=False, rows=2)


class AdmitForm(forms.Form):
    decided_on = DayField(label="理事会决定日期")
    basis = TextField(label="决议编号", max_length=200, help_text="如：理事会决议〔2026〕3号。")
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label="名册里的单位", required=False, empty_label="名册里没有，新建一份",
        help_text="这家单位如果已在名册里（例如以前入过会），请选它原来的档案。",
    )  # fmt: skip

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].initial = localdate()
        if candidates:
            self.fields["organization"].queryset = Organization.objects.filter(
                pk__in=[u.pk for u in candidates]
            )
        else:
            del self.fields["organization"]


class RefuseForm(forms.Form):
    decided_on = DayField(label="理事会决定日期")
    reason = TextField(label="理由", max_length=500, rows=3, help_text="申请人会看到。")
    basis = TextField(label="决议编号", max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].initial = localdate()
