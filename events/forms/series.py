"""Forms for series and themes."""

from django import forms

from association.forms.fields import RecordForm, TextField
from events.models import Series


class SeriesForm(RecordForm):
    name = TextField(label="系列", max_length=60, help_text="如“政企沟通会”。")
    brand = TextField(
        label="品牌", max_length=60, required=False, help_text="如“北京文化园区SHOW”；没有这个品牌的会新建。"
    )
    introduction = TextField(label="简介", max_length=1000, required=False, rows=4)

    class Meta:
        model = Series
        fields = ("name", "unit", "counts_in_brand", "resets_yearly", "introduction")
        widgets = {"unit": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = Series._meta.get_field("unit").choices
        if self.instance.pk and self.instance.brand:
            self.initial["brand"] = self.instance.brand.name
        self.order_fields(["name", "brand", "counts_in_brand", "unit", "resets_yearly", "introduction"])


class ThemeForm(forms.Form):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    name = TextField(label="主题", max_length=40, help_text="如“数字文化年”。")
