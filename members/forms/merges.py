"""Forms for merging: which side each field is taken from, and why."""

from django import forms

from association.forms.fields import TextField
from members import permissions
from members.domain import uniting
from members.forms.organizations import BANK

PICK = "pick_"


class BasisForm(forms.Form):
    basis = TextField(label="理由", max_length=200)


class SearchForm(forms.Form):
    q = TextField(label="另一份档案", max_length=100, required=False, help_text="名称、会员编号或信用代码。")


class ProposeForm(forms.Form):
    """For every field that differs and that the person may see, the side it is taken from; the rest goes by rule."""

    kept_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    merged_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, kept, merged, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.hidden_names = () if permissions.can_view_bank(user) else BANK
        self.sides = uniting.both_sides(kept, merged)
        usual = uniting.usual_picks(kept, merged)
        for name, side in usual.items():
            if name not in self.hidden_names:
                choices = [(uniting.KEPT, kept.name), (uniting.MERGED, merged.name)]
                self.fields[PICK + name] = forms.ChoiceField(choices=choices, initial=side, required=False)
        self.usual = usual
        self.fields["basis"] = TextField(
            label="合并理由", max_length=200, help_text="说明凭什么认定是同一家单位，例如营业执照、单位来函。"
        )
        self.fields["kept_version"].initial, self.fields["merged_version"].initial = (
            kept.version,
            merged.version,
        )

    @property
    def picks(self) -> dict:
        """Field name → side, for those that the person chose."""
        return {
            name: self.cleaned_data[PICK + name] for name in self.usual if self.cleaned_data.get(PICK + name)
        }

    @property
    def versions(self) -> tuple[int, int]:
        return self.cleaned_data["kept_version"], self.cleaned_data["merged_version"]

    @property
    def rows(self) -> list[dict]:
        """One row a field for the table that shows both sides."""
        return [
            {
                "label": field.verbose_name,
                "kept": kept,
                "merged": merged,
                "differs": differs,
                "name": PICK + field.name,
                "picked": self[PICK + field.name].value() or self.usual[field.name] if differs else "",
            }
            for field, kept, merged, differs in self.sides
            if field.name not in self.hidden_names
        ]

    @property
    def unseen(self) -> list[str]:
        """Labels of differing fields that the person may not see."""
        return [f.verbose_name for f, _, _, differs in self.sides if differs and f.name in self.hidden_names]
