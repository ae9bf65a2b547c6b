"""Form fields that clean what people type - full-width letters, spaces, +86 - before they judge it."""

from decimal import Decimal

from django import forms

from association import creditcode
from association.chinese import normalise
from association.formats import clean_date, clean_landline, clean_mobile


class RecordForm(forms.ModelForm):
    """A form for a record: its state as the person saw it, its fields in groups, empty choices in words.

    `groups` on the class is a tuple of (heading, field names); fields named nowhere come first without a heading.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    groups = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.TypedChoiceField):
                name_the_blank(field)
            if isinstance(field, forms.DecimalField) and isinstance(self.initial.get(name), Decimal):
                self.initial[name] = f"{self.initial[name].normalize():f}"
        if self.instance.pk and hasattr(self.instance, "version"):
            self.fields["version"].initial = self.instance.version

    def clean(self):
        """Plain one-line texts are stored as `TextField` stores them: without line breaks and what is unseen."""
        data = super().clean()
        for name, field in self.fields.items():
            if type(field) is forms.CharField and name in data:
                data[name] = normalise(data[name])
        return data

    @property
    def changes(self) -> dict:
        """The cleaned values of the record's own fields that this form shows."""
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}

    @property
    def grouped(self) -> list[tuple]:
        """(heading, bound fields) in the order of the page."""
        named = {name for _, names in self.groups for name in names}
        first = [f for f in self.visible_fields() if f.name not in named]
        rest = [(title, [self[n] for n in names if n in self.fields]) for title, names in self.groups]
        return [(title, fields) for title, fields in [("", first), *rest] if fields]


def name_the_blank(field):
    """Word the empty choice of a field as a person would, where it has one."""
    choices = list(field.choices)
    if choices and choices[0][0] in ("", None):
        field.choices = [("", "请选择"), *choices[1:]]


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
