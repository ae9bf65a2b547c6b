"""The form for a new unit: where one of nearly that name is in the books, it asks once whether this is another."""

from django import forms

from members.domain.duplicates import units_like
from members.forms.organizations import OrganizationForm


class NewOrganizationForm(OrganizationForm):
    def clean(self):
        data = super().clean()
        alike = units_like(data["name"]) if data.get("name") else []
        if alike:
            self._ask_whether_another(alike)
        return data

    def _ask_whether_another(self, alike):
        self.fields["another"] = forms.BooleanField(label="确实是另一家单位", required=False)
        if not self.data.get(self.add_prefix("another")):
            names = "、".join(f"“{unit.name}”" for unit in alike)
            self.add_error(
                "another",
                f"已有名称相近的单位：{names}。如果是同一家，请打开原有的那一份；不是的话勾选后再保存。",
            )
