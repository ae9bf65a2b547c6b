"""Forms for receipts: recording one, voiding one, finding them."""

from django import forms
from django.utils.timezone import localdate

from association.forms.fields import CreditCodeField, DayField, TextField
from members.choices import ReceiptKind
from members.forms.amounts import AmountField

FOUNDED_YEAR = 2022


class ReceiptForm(forms.Form):
    """A receipt as the finance platform issued it (domain 2.1)."""

    kind = forms.ChoiceField(label="票据名称", choices=ReceiptKind)
    code = TextField(label="票据代码", max_length=20, required=False)
    number = TextField(label="票据号码", max_length=30)
    check_code = TextField(label="校验码", max_length=30, required=False)
    issued_on = DayField(label="开票日期")
    payer_name = TextField(label="交款人", max_length=120)
    payer_code = CreditCodeField(label="交款人统一社会信用代码", required=False)
    item = TextField(label="项目", max_length=100)
    amount = AmountField(label="金额（元）")
    drawer = TextField(label="开票人", max_length=50)
    reviewer = TextField(label="复核人", max_length=50, help_text="应与开票人不是同一人。")


class VoidForm(forms.Form):
    reason = TextField(label="作废原因", max_length=200, help_text="单位会看到，如“抬头有误，已重开”。")


class RegisterForm(forms.Form):
    """Which receipts the register shows: by the year they were issued in, by kind, by words."""

    q = TextField(label="单位、号码", max_length=60, required=False)
    year = forms.TypedChoiceField(label="开票年度", coerce=int, required=False, empty_value=None)
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *ReceiptKind.choices])
    void = forms.BooleanField(label="只看作废的", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = range(localdate().year, FOUNDED_YEAR - 1, -1)
        self.fields["year"].choices = [("", "全部"), *((year, f"{year}年") for year in years)]

    def words(self) -> list[tuple]:
        """(name, label, value in words) of every condition in force."""
        chosen = self.cleaned_data
        kinds = dict(ReceiptKind.choices)
        texts = {
            "q": chosen["q"], "year": f"{chosen['year']}年" if chosen["year"] else "",
            "kind": kinds.get(chosen["kind"], ""), "void": "是" if chosen["void"] else "",
        }  # fmt: skip
        return [(name, self.fields[name].label, text) for name, text in texts.items() if text]
