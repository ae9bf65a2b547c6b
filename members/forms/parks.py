"""Forms for parks, their yearly numbers and their recognitions."""

from django import forms

from association.forms.fields import DayField, RecordForm, TextField
from members.choices import Facility, Industry, Platform
from members.models import Park, ParkYear, Recognition

SETS = ("industries", "platforms", "facilities")


class ParkForm(RecordForm):
    groups = (
        ("面积", ("land_area", "floor_area", "rentable_area", "public_area", "culture_area")),
        ("产权与沿革", ("owner_name", "tenure", "lease_until", "land_use", "former_use", "opened_on")),
        ("位置与交通", ("boundaries", "longitude", "latitude", "datum", "transport", "parking_spaces")),
        ("服务与介绍", ("platforms", "facilities", "english_name", "website", "introduction")),
    )
    name = TextField(label="园区名称", max_length=120, help_text="改名后，旧名自动记为曾用名。")
    industries = forms.MultipleChoiceField(
        label="主导产业",
        choices=Industry.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="按《文化及相关产业分类（2018）》，最多三项。",
    )
    platforms = forms.MultipleChoiceField(
        label="公共服务平台", choices=Platform.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    facilities = forms.MultipleChoiceField(
        label="文化设施", choices=Facility.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    lease_until = DayField(label="租赁到期日", required=False)
    opened_on = DayField(label="开园日期", required=False)
    website = forms.URLField(label="网址", required=False, assume_scheme="https")
    introduction = TextField(label="园区简介", max_length=4000, required=False, rows=5)

    class Meta:
        model = Park
        fields = (
            "name",
            "district",
            "street",
            "address",
            "park_type",
            "industries",
            "land_area",
            "floor_area",
            "rentable_area",
            "public_area",
            "culture_area",
            "owner_name",
            "tenure",
            "lease_until",
            "land_use",
            "former_use",
            "opened_on",
            "boundaries",
            "longitude",
            "latitude",
            "datum",
            "transport",
            "parking_spaces",
            "platforms",
            "facilities",
            "english_name",
            "website",
            "introduction",
        )

    def clean_industries(self):
        chosen = self.cleaned_data["industries"]
        if len(chosen) > 3:
            raise forms.ValidationError("主导产业最多选三项。")
        return chosen

    def clean(self):
        data = super().clean()
        # Boxes come back in the order of the page; the same ones ticked are no change.
        for name in SETS:
            kept = self.initial.get(name) or []
            if sorted(data.get(name) or []) == sorted(kept):
                data[name] = kept
        if (data.get("longitude") or data.get("latitude")) and not data.get("datum"):
            self.add_error("datum", "填写了经纬度，请选择坐标系。")
        return data


class ParkYearForm(RecordForm):
    class Meta:
        model = ParkYear
        fields = (
            "year",
            "rented_area",
            "tenants",
            "culture_tenants",
            "large_tenants",
            "listed_tenants",
            "hightech_tenants",
            "employees",
            "tenant_revenue",
            "tax",
            "operating_revenue",
            "rent",
        )

    def clean(self):
        data = super().clean()
        tenants, culture = data.get("tenants"), data.get("culture_tenants")
        if tenants is not None and culture is not None and culture > tenants:
            self.add_error("culture_tenants", f"不应多于入驻企业数 {tenants}。")
        return data

    @property
    def numbers(self) -> dict:
        return {name: self.cleaned_data[name] for name in self._meta.fields if name != "year"}


class RecognitionForm(RecordForm):
    valid_until = DayField(label="有效期至", required=False)

    class Meta:
        model = Recognition
        fields = ("level", "year", "title", "authority", "valid_until", "note")


class ReasonForm(forms.Form):
    basis = TextField(label="依据", max_length=200, help_text="会写进时间线。")
