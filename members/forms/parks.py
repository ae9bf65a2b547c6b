"""Forms for parks, their yearly numbers and their recognitions."""

from django import forms
from django.utils.timezone import localdate

from association.forms.fields import DayField, RecordForm, TextField
from members.choices import Facility, Industry, Platform
from members.models import Park, ParkYear, Recognition
from members.parkyears import NUMBERS, PART_OF_TENANTS, doubts

SETS = ("industries", "platforms", "facilities")
HINTS = {
    "rented_area": "年末已经租出去的面积。",
    "culture_tenants": "入驻企业中从事文化及相关产业的家数。",
    "large_tenants": "规模以上企业，以统计部门认定为准。",
    "employees": "入驻企业年末从业人员合计。",
    "tenant_revenue": "入驻企业全年营业收入合计，单位是万元。",
    "tax": "入驻企业全年纳税合计，单位是万元。",
    "operating_revenue": "园区运营机构自己的收入，单位是万元。",
    "rent": "每平方米每天多少元；按月收的请除以 30。",
}


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
        rentable, floor = data.get("rentable_area"), data.get("floor_area")
        if rentable is not None and floor is not None and rentable > floor >= 0:
            self.add_error(
                "rentable_area", f"可出租面积 {rentable:,} ㎡ 不应大于建筑面积 {floor:,} ㎡，请核对这两个数。"
            )
        # Boxes come back in the order of the page; the same ones ticked are no change.
        for name in SETS:
            kept = self.initial.get(name) or []
            if sorted(data.get(name) or []) == sorted(kept):
                data[name] = kept
        if (data.get("longitude") or data.get("latitude")) and not data.get("datum"):
            self.add_error("datum", "填写了经纬度，请选择坐标系。")
        return data


class ParkYearForm(RecordForm):
    """The numbers of one year, with what cannot be (an error) told from what is only unlikely (a tick).

    They are compared with those of the latest year before. After cleaning `doubts` holds the sentences that the tick
    `confirmed` answers.
    """

    groups = (
        ("面积与企业", ("rented_area", "tenants", "culture_tenants", "large_tenants", "listed_tenants")),
        (
            "人员与收入",
            ("hightech_tenants", "employees", "tenant_revenue", "tax", "operating_revenue", "rent"),
        ),
    )
    confirmed = forms.BooleanField(label="数字核对无误", required=False)

    class Meta:
        model = ParkYear
        fields = NUMBERS
        help_texts = HINTS

    def __init__(self, *args, park, **kwargs):
        super().__init__(*args, **kwargs)
        self.park, self.doubts = park, []
        for field in self.fields.values():
            if isinstance(field, forms.IntegerField | forms.DecimalField) and not field.widget.is_hidden:
                decimal = isinstance(field, forms.DecimalField)
                field.widget.attrs["inputmode"] = "decimal" if decimal else "numeric"
        self.fields["year"].help_text = "这些数字说的是哪一年的情况，以年末为准。"

    def clean_year(self):
        year = self.cleaned_data["year"]
        if year > localdate().year:
            raise forms.ValidationError(f"{year} 年还没有到。")
        return year

    def clean(self):
        data = super().clean()
        self._refuse_impossible(data)
        if not self.errors and "year" in data:
            previous = self.park.years.filter(year__lt=data["year"]).first()
            self.doubts = doubts({n: data.get(n) for n in NUMBERS}, previous)
            if self.doubts and not data.get("confirmed"):
                self.add_error("confirmed", "请核对列出的数字，确实无误就勾选后再保存。")
        return data

    def _refuse_impossible(self, data):
        tenants, rented, rentable = data.get("tenants"), data.get("rented_area"), self.park.rentable_area
        for name in PART_OF_TENANTS:
            part = data.get(name)
            if tenants is not None and part is not None and part > tenants:
                self.add_error(name, f"{self.fields[name].label} {part:,} 不应多于入驻企业数 {tenants:,}。")
        if rented is not None and rentable is not None and rented > rentable:
            self.add_error(
                "rented_area",
                f"已出租面积 {rented:,} ㎡ 不应大于可出租面积 {rentable.normalize():,f} ㎡；"
                "如果可出租面积变了，请先改园区资料。",
            )

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
