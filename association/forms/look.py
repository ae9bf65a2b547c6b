"""The form of the components page: one field of every kind."""

from django import forms

DISTRICTS = [(name, name) for name in ("东城", "西城", "朝阳", "海淀", "丰台", "石景山", "通州", "大兴")]
INDUSTRIES = [
    ("01", "01 新闻信息服务"),
    ("02", "02 内容创作生产"),
    ("03", "03 创意设计服务"),
    ("04", "04 文化传播渠道"),
]


class SampleForm(forms.Form):
    """Nothing is stored; the form shows how fields look, empty, filled and with errors."""

    name = forms.CharField(label="园区名称", max_length=60, help_text="与牌匾一致，不加“北京市”等前缀。")
    credit_code = forms.CharField(
        label="统一社会信用代码", max_length=18, help_text="18 位，可以直接粘贴，空格会自动去掉。"
    )
    district = forms.ChoiceField(label="所在区", choices=[("", "请选择"), *DISTRICTS])
    opened_on = forms.DateField(
        label="开园日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    area = forms.DecimalField(
        label="建筑面积", required=False, min_value=0, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    kind = forms.ChoiceField(
        label="类型",
        widget=forms.RadioSelect,
        choices=[("factory", "老旧厂房改造"), ("court", "街区院落"), ("new", "新建")],
    )
    industries = forms.MultipleChoiceField(
        label="主导产业", choices=INDUSTRIES, widget=forms.CheckboxSelectMultiple, help_text="最多选三项。"
    )
    reaches = forms.MultipleChoiceField(label="涉及的区", required=False, choices=DISTRICTS)
    summary = forms.CharField(
        label="简介", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="200 字以内。"
    )
    licence = forms.FileField(
        label="营业执照",
        required=False,
        help_text="JPG、PNG 或 PDF，不超过 10 MB。",
        widget=forms.FileInput(attrs={"data-max-bytes": 10 * 1024 * 1024}),
    )
    is_public = forms.BooleanField(
        label="在协会网站上公开", required=False, help_text="公开后访客能看到名称、区和简介。"
    )

    def clean_industries(self):
        chosen = self.cleaned_data["industries"]
        if len(chosen) > 3:
            raise forms.ValidationError("主导产业最多选三项，现在选了四项。")
        return chosen
