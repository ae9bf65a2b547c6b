"""Forms of what people ask about their own data, and of those who handle it."""

from django import forms

from association.forms.fields import DayField, TextField
from members.choices import RequestKind

KINDS = {
    RequestKind.ACCESS: "查阅：协会保存了我的哪些信息",
    RequestKind.COPY: "复制：要一份副本，带走使用",
    RequestKind.CORRECTION: "更正：有不对或缺漏的",
    RequestKind.ERASURE: "删除：账号停用，记录中不再有我的姓名和联系方式",
}


class RequestForm(forms.Form):
    """What somebody asks for about their own data."""

    kind = forms.ChoiceField(label="要求", choices=list(KINDS.items()), widget=forms.RadioSelect)
    text = TextField(
        label="说明",
        max_length=1000,
        required=False,
        rows=4,
        help_text="更正请写明哪一项、应当是什么；其他可以不填。不必写身份证号码。",
    )

    def clean(self):
        data = super().clean()
        if data.get("kind") == RequestKind.CORRECTION and "text" in data and not data["text"]:
            self.add_error("text", "请写明哪里不对、应当是什么。")
        return data


class VerifyForm(forms.Form):
    how = TextField(
        label="怎样核对的身份",
        max_length=200,
        help_text="例如：本人用登记的手机回电确认。不要写证件号码。",
    )


class ReasonForm(forms.Form):
    """What was changed, or why the request is refused; the person reads it."""

    reason = TextField(label="结果", max_length=500, help_text="本人会看到。")


class RefuseForm(ReasonForm):
    reason = TextField(label="理由", max_length=500, help_text="写明依据哪一条不能照办；本人会看到。")


class ViewsFilter(forms.Form):
    """Which entries of the log of looks to list: one day, one person who was looked at or who looked."""

    day = DayField(label="日期", required=False)
    q = TextField(label="姓名", max_length=50, required=False)
