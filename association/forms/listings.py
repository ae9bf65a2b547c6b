from django import forms


class SaveViewForm(forms.Form):
    listing = forms.SlugField(max_length=60, widget=forms.HiddenInput)
    query = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="视图名称", max_length=40)
    is_shared = forms.BooleanField(label="同事也能看到", required=False)


class ColumnsForm(forms.Form):
    listing = forms.SlugField(max_length=60, widget=forms.HiddenInput)
    columns = forms.MultipleChoiceField(label="显示的列", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = choices
