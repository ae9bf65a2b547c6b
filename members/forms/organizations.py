"""Forms for units: profile, names, tags."""

from django import forms

from association.chinese import normalise
from association.forms.fields import CreditCodeField, DayField, LandlineField, RecordForm, TextField
from members import permissions
from members.choices import NameKind
from members.models import AlternativeName, Organization
from members.models.profile_change import COLUMNS

BANK = ("bank_name", "bank_account")
SENSITIVE = tuple(name for columns in COLUMNS.values() for name in columns)
# What the association itself says of a unit.
ITS_OWN = ("category",)
WAITS = "修改后要经协会审核，通过之前仍用现在的。"


# The groups of the form as the unit's own people see it: what waits for a decision stands together.
OWN_GROUPS = (
    ("联系与介绍", ("phone", "email", "website", "english_name", "introduction")),
    ("登记信息", ("nature", "district", "registered_capital", "founded_on", "registered_address")),
    ("开票信息", ("invoice_title", "invoice_address_phone", "invoice_email")),
    ("修改须经审核：登记事项", ("name", "credit_code", "legal_representative")),
    ("修改须经审核：银行信息", BANK),
)


class OrganizationForm(RecordForm):
    """The profile of a unit; bank data only for those who may see it.

    To the unit's own people it says which fields wait for a decision, and what is waiting already. Whether another
    unit has the code is not for them to learn; it is looked at when the change is accepted.
    """

    groups = (
        ("登记信息", ("legal_representative", "registered_capital", "founded_on", "registered_address")),
        ("联系与介绍", ("phone", "email", "website", "english_name", "introduction")),
        ("开票信息", ("invoice_title", "invoice_address_phone", "invoice_email")),
        ("银行信息", BANK),
    )
    name = TextField(
        label="单位名称", max_length=120, help_text="营业执照上的全称。改名后，旧名自动记为曾用名。"
    )
    credit_code = CreditCodeField(label="统一社会信用代码", required=False, help_text="18 位，末位是校验位。")
    founded_on = DayField(label="成立日期", required=False)
    phone = LandlineField(label="单位电话", required=False)
    website = forms.URLField(label="网址", required=False, assume_scheme="https")
    introduction = TextField(label="单位简介", max_length=4000, required=False, rows=5)

    class Meta:
        model = Organization
        fields = (
            "name",
            "credit_code",
            "category",
            "nature",
            "district",
            "legal_representative",
            "registered_capital",
            "founded_on",
            "registered_address",
            "english_name",
            "phone",
            "email",
            "website",
            "introduction",
            "invoice_title",
            "invoice_address_phone",
            "invoice_email",
            *BANK,
        )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.proposes = not permissions.can_edit_members(user)
        hidden = (() if self._shows_bank(user) else BANK) + (ITS_OWN if self.proposes else ())
        for name in hidden:
            del self.fields[name]
        if self.proposes:
            self._say_what_waits()

    def _shows_bank(self, user):
        if self.instance.pk:
            return permissions.can_view_bank_of(user, self.instance)
        return permissions.can_view_bank(user)

    def _say_what_waits(self):
        self.groups = OWN_GROUPS
        pending = self.instance.profile_changes.pending().filter(field__in=list(COLUMNS))
        waiting = {name: value for change in pending for name, value in change.new.items()}
        for name in set(SENSITIVE) & self.fields.keys():
            said = (
                f"已提交改为“{waiting[name] or '空'}”，待审核；再填新的就换成新的。"
                if name in waiting
                else WAITS
            )
            self.fields[name].help_text = said

    def _get_validation_exclusions(self):
        found = super()._get_validation_exclusions()
        return found | set(SENSITIVE) if self.proposes else found

    def clean_bank_account(self):
        account = normalise(self.cleaned_data["bank_account"]).replace(" ", "").replace("-", "")
        if account and not (account.isascii() and account.isdigit() and 8 <= len(account) <= 32):
            raise forms.ValidationError("银行账号应为 8 至 32 位数字。")
        return account


class NameForm(RecordForm):
    name = TextField(label="名称", max_length=120)
    used_until = DayField(label="用至", required=False, help_text="曾用名停用的日期；从这一天起用新名。")

    class Meta:
        model = AlternativeName
        fields = ("kind", "name", "used_until")

    def clean(self):
        data = super().clean()
        if data.get("kind") == NameKind.SHORT:
            data["used_until"] = None
        return data


class TagForm(forms.Form):
    name = TextField(label="标签", max_length=20)
    query = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)
    remove = forms.BooleanField(required=False, widget=forms.HiddenInput)
