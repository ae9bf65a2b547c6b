"""Forms for bills: the run, one bill, another charge, voiding, the list's filters, the yearly publication."""

from django import forms

from association.forms.fields import DayField, TextField
from members.choices import BillKind, BillStatus
from members.forms.amounts import AmountField
from members.models import Bill, FeeTier


class YearField(forms.IntegerField):
    def __init__(self, **kwargs):
        super().__init__(**({"label": "年度", "min_value": 2000, "max_value": 2100} | kwargs))


class RunForm(forms.Form):
    year = YearField()
    bill_on = DayField(label="出账日期", help_text="各单位的级别按这一天的任职确定，不能晚于今天。")
    due_on = DayField(
        label="缴费期限", required=False, help_text="不填则按会费标准规定的日期，但至少留三十天。"
    )


class ConfirmRunForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class BillForm(forms.Form):
    """One bill beside the run."""

    year = YearField()
    on = DayField(label="出账日期", help_text="级别按这一天的任职确定。")
    due_on = DayField(label="缴费期限", required=False, help_text="不填则按会费标准，但至少留三十天。")


class ChargeForm(forms.Form):
    item = TextField(label="项目", max_length=100, help_text="如“培训费（演示班）”。会费不在这里收。")
    amount = AmountField(label="金额（元）")
    on = DayField(label="出账日期")
    due_on = DayField(label="缴费期限")


class VoidForm(forms.Form):
    reason = TextField(label="作废原因", max_length=200, help_text="写进记录，单位会看到。")


class PublicationForm(forms.Form):
    note = TextField(
        label="说明", max_length=1000, required=False, rows=4,
        help_text="可以写会费的主要支出与结余，会员都会看到。",
    )  # fmt: skip


class BillsForm(forms.Form):
    """The list's filters; all of them may be empty."""

    q = TextField(label="单位或账单号", required=False, max_length=100)
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value="")
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *BillStatus.choices])
    tier = forms.ChoiceField(label="档次", required=False)
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *BillKind.choices])
    run = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = Bill.objects.order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [("", "全部"), *((y, f"{y}年") for y in years)]
        names = FeeTier.objects.order_by("name").values_list("name", flat=True).distinct()
        self.fields["tier"].choices = [("", "全部"), *((n, n) for n in names)]

    def words(self) -> list[tuple]:
        """(name, label, text) of each filter in force."""
        found = []
        for name, field in self.fields.items():
            if value := self.cleaned_data.get(name):
                words = {str(k): v for k, v in getattr(field, "choices", ())}
                label, text = (
                    (field.label, words.get(str(value), value)) if name != "run" else ("批次", value)
                )
                found.append((name, label, text))
        return found
