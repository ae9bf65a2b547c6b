"""Forms for money: what came in, what went back, slips, waivers."""

from django import forms
from django.conf import settings

from association.forms.fields import DayField, TextField
from members.choices import PaymentMethod
from members.forms.amounts import AmountField

SLIP_FILES = ".jpg,.jpeg,.png,.webp,.pdf"
DECISIONS = [("accept", "批准"), ("reject", "不批准")]


def show_again(form, refused, **seen):
    """Put a refusal into a form: beside its field if it names one, else on top; `seen` is what is shown now, so that
    sending the form again answers to that."""
    field = refused.context.get("field")
    form.add_error(field if field in form.fields else None, refused.sentence)
    form.data = form.data.copy()
    for name, value in seen.items():
        form.data[form.add_prefix(name)] = str(value)


class PaymentForm(forms.Form):
    """What came in. `seen` is what had been paid when the page was made."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    amount = AmountField(label="到账金额（元）", help_text="以实际到账为准。")
    paid_on = DayField(label="到账日期")
    method = forms.ChoiceField(label="方式", choices=PaymentMethod, initial=PaymentMethod.TRANSFER)
    payer_name = TextField(label="付款户名", max_length=120, required=False)
    reference = TextField(
        label="流水号", max_length=60, required=False, help_text="银行流水或收据的编号；填了就不会重复入账。"
    )


class SlipCheckForm(PaymentForm):
    """What came in for a slip, whatever it claimed; `version` is that of the slip the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class RejectForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = TextField(label="退回理由", max_length=200, help_text="单位会看到，如“截至今天没有查到这笔款”。")


class RefundForm(forms.Form):
    """What went back. `seen` is what could still be given back when the page was made."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    amount = AmountField(label="退款金额（元）")
    paid_on = DayField(label="退款日期")
    method = forms.ChoiceField(label="方式", choices=PaymentMethod, initial=PaymentMethod.TRANSFER)
    reference = TextField(label="流水号", max_length=60, required=False)
    reason = TextField(label="原因", max_length=200, help_text="单位会看到，并记入时间线。")


class SlipForm(forms.Form):
    """A transfer slip as the unit files it; when one is replaced the file may stay."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    amount = AmountField(label="转账金额（元）")
    paid_on = DayField(label="转账日期")
    payer_name = TextField(label="付款户名", max_length=120)
    upload = forms.FileField(
        label="转账凭证",
        max_length=255,
        error_messages={"required": "请上传转账凭证。", "empty": "文件是空的，请检查后重新上传。"},
    )
    note = TextField(label="备注", max_length=200, required=False, help_text="如由上级公司代付、分两笔转账。")

    def __init__(self, *args, replacing=False, **kwargs):
        super().__init__(*args, **kwargs)
        most = settings.UPLOAD_MAX_BYTES
        upload = self.fields["upload"]
        upload.required = not replacing
        upload.help_text = f"银行回单或转账成功的截图；图片或 PDF，不超过 {most // 2**20} MB。"
        upload.help_text += "不选就保留原来的。" if replacing else ""
        upload.widget.attrs |= {"accept": SLIP_FILES, "data-max-bytes": most}

    @property
    def facts(self) -> dict:
        """What the slip says, without the file."""
        return {name: self.cleaned_data[name] for name in ("amount", "paid_on", "payer_name", "note")}


class WaiverForm(forms.Form):
    reason = TextField(
        label="申请理由", max_length=500, rows=5, help_text="会长办公会按会费标准规定的情形审议。"
    )


class WaiverDecisionForm(forms.Form):
    choice = forms.ChoiceField(label="会长办公会的决定", choices=DECISIONS, widget=forms.RadioSelect)
    basis = TextField(
        label="依据", max_length=200, help_text="会长办公会的决定文号或纪要，不批准的写明理由；单位会看到。"
    )


class SearchForm(forms.Form):
    q = TextField(label="单位或账单号", max_length=60, required=False)
