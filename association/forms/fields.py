"""Form fields that clean what people type - full-width letters, spaces, +86 - before they judge it."""

from django import forms

from association import creditcode
from association.chinese import normalise
from association.formats import clean_date, clean_landline, clean_mobile


class TextField(forms.CharField):
    """One line of text without invisible characters; a paragraph when `rows` is given."""

    def __init__(self, *args, rows=0, **kwargs):
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        self.rows = rows
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        if self.rows:
            return "\n".join(normalise(line) for line in value.splitlines()).strip()
        return normalise(value)


class _Cleaned(forms.CharField):
    def to_python(self, value):
        value = normalise(super().to_python(value))
        if not value:
            return ""
        try:
            return self.cleaner(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class MobileField(_Cleaned):
    """An eleven-digit mobile number, kept as digits only."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    cleaner = staticmethod(clean_mobile)


class LandlineField(_Cleaned):
    """A landline with area code."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    cleaner = staticmethod(clean_landline)


class CreditCodeField(_Cleaned):
    """A unified social credit code whose check character is right (GB 32100-2015)."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "maxlength": "30"})

    @staticmethod
    def cleaner(value):
        code = creditcode.clean(value)
        creditcode.check(code)
        return code


class DayField(forms.DateField):
    """A day in any of the usual Chinese ways of writing it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value):
        if value in (None, ""):
            return None
        try:
            day = clean_date(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if not 1900 <= day.year <= 2100:
            raise forms.ValidationError("日期应在 1900 至 2100 年之间。")
        return day
