"""What a person chooses before the roster leaves the house as a file."""

from django import forms

from association.choices import ExportFormat
from association.forms.fields import DayField, TextField
from association.models import ColumnChoice

CHOICE_KEY = "members.roster.export"
# What an import needs is worth a choice of its own: out, corrected in Excel, and in again.
PRESETS = {"roster": "名册上的列", "import": "导入所需列", "all": "全部列"}


def preset_columns(listing, preset: str) -> list[str]:
    """The keys ticked at first: those of a preset, of the address, of the last export, or as the roster shows."""
    if preset == "all":
        return list(listing.allowed_columns.by_key)
    if preset == "import":
        return list(listing.allowed_columns.importable.by_key)
    asked = preset == "roster" or listing.request.GET.get("columns")
    last = (
        None if asked else ColumnChoice.objects.filter(owner=listing.request.user, listing=CHOICE_KEY).first()
    )
    remembered = listing.allowed_columns.chosen(last.columns if last else ())
    return list((remembered if remembered.columns else listing.columns).by_key)


class ColumnsField(forms.MultipleChoiceField):
    """Ticked columns; what is not on offer - unknown, or secret to this person - is passed over."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value):
        return [key for key in super().to_python(value)[:200] if self.valid_value(key)]


class ExportForm(forms.Form):
    columns = ColumnsField(label="列", error_messages={"required": "请至少选择一列。"})
    as_of = DayField(label="截至日期", help_text="会籍、级别、任职与年度数据按这一天；文件名也用它。")
    format = forms.ChoiceField(
        label="格式",
        choices=ExportFormat,
        widget=forms.RadioSelect,
        initial=ExportFormat.XLSX,
        help_text="改好后还要再导入的，请选 Excel：文件里写有截至日期，核对时以那一天为准。",
    )
    unmasked = forms.BooleanField(label="手机号与邮箱写完整，不遮盖", required=False)
    reason = TextField(
        label="用途", required=False, max_length=200, help_text="写完整号码时必填，记入导出记录。"
    )

    def __init__(self, *args, columns, may_unmask: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = columns
        self.fields["columns"].choices = [(c.key, c.header) for c in columns]
        if not may_unmask:
            del self.fields["unmasked"], self.fields["reason"]

    def clean(self):
        data = super().clean()
        data["columns"] = self.offered.chosen(data.get("columns", ()))
        data["unmasked"] = bool(data.get("unmasked")) and data["columns"].is_personal
        if data["unmasked"] and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "手机号与邮箱写完整时，须写明用途。")
        if not data["unmasked"]:
            data["reason"] = ""
        return data
