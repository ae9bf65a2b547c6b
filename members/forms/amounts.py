"""Amounts as people type them, in yuan; in the house they are whole 分."""

from django import forms

from association.chinese import normalise
from association.formats import clean_decimal
from association.money import CENT

MOST = 10**9  # yuan; more is a slip of the finger


class AmountField(forms.Field):
    """An amount above nothing, typed in yuan with at most two decimals; gives whole 分."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value):
        return f"{value / 100:.2f}" if isinstance(value, int) else value

    def to_python(self, value):
        text = normalise(str(value or ""))[:40].removesuffix("元").strip()
        if not text:
            return None
        try:
            amount = clean_decimal(text)
        except ValueError as error:
            raise forms.ValidationError("应填写金额，如 5000 或 5,000.00。") from error
        if amount != amount.quantize(CENT):
            raise forms.ValidationError("金额最多精确到分。")
        if not 0 < amount < MOST:
            raise forms.ValidationError("金额应大于零，且小于十亿元。")
        return int(amount * 100)
