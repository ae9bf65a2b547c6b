from django import forms

from association.forms.fields import TextField


class ListingField(forms.RegexField):
    """The key of a list, such as members.roster."""

    widget = forms.HiddenInput

    def __init__(self):
        super().__init__(r"\A[a-z_]+(\.[a-z_]+)*\Z", max_length=60)


class SaveViewForm(forms.Form):
    listing = ListingField()
    query = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)
    name = TextField(label="视图名称", max_length=40)
    is_shared = forms.BooleanField(label="同事也能看到", required=False)


class ColumnsForm(forms.Form):
    listing = ListingField()
