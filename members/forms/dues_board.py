"""Which number of the dues board is opened."""

from django import forms

from members.dues_totals import AGES, MEASURES


class DuesRowsForm(forms.Form):
    measure = forms.ChoiceField(choices=list(MEASURES.items()))
    year = forms.IntegerField(required=False, min_value=1990, max_value=2100)
    tier = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    age = forms.ChoiceField(choices=[(age.key, age.label) for age in AGES], required=False)
