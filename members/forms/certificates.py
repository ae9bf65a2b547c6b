"""Issuing certificates: why, and in place of which one."""

from django import forms

from association.forms.fields import TextField

FIRST = ("首次签发", "首次签发")
AGAIN = [
    ("", "请选择"),
    ("补发", "补发（遗失、损毁）"),
    ("换发", "换发（到期、内容有变、版式更新）"),
]


class IssueForm(forms.Form):
    """`seen` is the certificate that the person saw and means to replace."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label="原因")
    note = TextField(label="说明", max_length=60, required=False, help_text="写进时间线；核验页不显示。")

    def __init__(self, *args, present=None, ever=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = AGAIN if ever else [FIRST]
        self.fields["seen"].initial = present and present.pk

    @property
    def reason(self) -> str:
        """换发：版式更新"""
        return "：".join(filter(None, [self.cleaned_data["kind"], self.cleaned_data["note"]]))
