from django import forms

from association.choices import TextSize, Theme


class PreferencesForm(forms.Form):
    theme = forms.ChoiceField(label="配色", choices=Theme.choices, required=False)
    text_size = forms.ChoiceField(label="字号", choices=TextSize.choices, required=False)
