"""Amounts of money as people type them: yuan on the page, whole 分 in the records."""

from django import forms

from association.formats import clean_decimal

MOST = 10**12
LONGEST = 20


class AmountField(forms.CharField):
    """An amount in 元, with commas and two decimals at most; gives 分 as a whole number."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.widget.attrs["maxlength"] = LONGEST

    def prepare_value(self, value):
        if isinstance(value, int):
            yuan, rest = divmod(value, 100)
            return f"{yuan}.{rest:02d}" if rest else str(yuan)
        return value

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        if len(text) > LONGEST:
            raise forms.ValidationError("金额太长，请检查。")
        try:
            amount = clean_decimal(text) * 100
        except ValueError as error:
            raise forms.ValidationError(f"{error}。") from error
        if amount != amount.to_integral_value():
            raise forms.ValidationError("金额最多精确到分。")
        if not 0 < amount < MOST:
            raise forms.ValidationError("金额应大于零，并且小于一百亿元。")
        return int(amount)

    def validate(self, value):
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        """Those of the text were asked in `to_python`; the number has none."""
