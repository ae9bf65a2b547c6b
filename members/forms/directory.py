"""What a visitor may narrow the directory of parks by; the state lies in the address."""

from django import forms

from members.choices import District, Industry, ParkType, RecognitionLevel
from members.directory import ANY_MUNICIPAL, Asked

LEVELS = [(ANY_MUNICIPAL, "市级及以上"), *RecognitionLevel.choices]
# Name in the address, label, choices: the order of the boxes on the page.
CHOICES = (
    ("district", "区", District.choices),
    ("type", "类型", ParkType.choices),
    ("industry", "主导产业", Industry.choices),
    ("level", "认定", LEVELS),
)


class DirectoryForm(forms.Form):
    q = forms.CharField(label="搜索", max_length=100, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label, choices in CHOICES:
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    @property
    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)


def read(query) -> Asked | None:
    """What the address asks for; None when it asks for something that there is not."""
    if query.keys().isdisjoint(("q", *(name for name, _, _ in CHOICES))):
        return Asked()
    form = DirectoryForm(query)
    return form.asked if form.is_valid() else None
