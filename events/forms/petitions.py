"""Forms on petitions: what a member asks, what is said at each step, the list's filters."""

from django import forms
from django.utils.timezone import localdate

from association.forms.fields import DayField, TextField
from events.choices import PetitionKind, PetitionState, PetitionTopic, Verdict
from events.models import Department, Petition
from members.models import Organization

MEASURES = [
    ("handed", "转办的"), ("responded", "按期响应的"), ("solved", "已解决的"), ("rated", "已评价的"), ("satisfied", "满意的"),
]  # fmt: skip
HIDE_HINT = "函件和部门看到的页面都写“某会员单位”；正文里请不要写能认出单位的内容，秘书处转办前会再核对。"
SHARE_HINT = "只在转办时告诉承办的部门，便于直接联系；不选则由秘书处转达。"


class PetitionForm(forms.Form):
    """What a unit asks; the unit is to be chosen where the person speaks for several, or for others."""

    organization = forms.ModelChoiceField(
        label="提出单位", queryset=Organization.objects.none(), empty_label="请选择"
    )
    kind = forms.ChoiceField(label="类型", choices=PetitionKind, widget=forms.RadioSelect)
    topic = forms.ChoiceField(label="主题", choices=[("", "请选择"), *PetitionTopic.choices])
    title = TextField(label="标题", max_length=80, help_text="一句话说清要解决什么。")
    text = TextField(
        label="内容",
        max_length=4000,
        rows=8,
        help_text="写明情况、困难和希望哪个部门做什么；材料提交以后再上传。",
    )
    hides_member = forms.BooleanField(label="转给部门时隐去单位名称", required=False, help_text=HIDE_HINT)
    shares_contact = forms.BooleanField(
        label="同意把联系人的姓名和手机告诉承办部门", required=False, help_text=SHARE_HINT
    )

    def __init__(self, *args, units, on_behalf=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = units
        if not on_behalf and len(units) == 1:
            del self.fields["organization"]
        else:
            self.fields["organization"].queryset = units
        if on_behalf:
            self.fields["shares_contact"].label = "联系人本人同意把姓名和手机告诉承办部门"

    def clean(self):
        data = super().clean()
        if "organization" not in self.fields:
            data["organization"] = self.units[0]
        if data.get("hides_member") and data.get("shares_contact"):
            self.add_error("shares_contact", "隐去单位名称时，不能把联系人告诉部门。")
        return data


class ReasonForm(forms.Form):
    reason = TextField(label="理由", max_length=500, rows=3)


class WithdrawForm(forms.Form):
    reason = TextField(label="原因", max_length=500, rows=3, required=False)


class AskForm(forms.Form):
    text = TextField(label="需要补充什么", max_length=500, rows=4, help_text="提出单位会收到这段话。")


class SupplementForm(forms.Form):
    text = TextField(label="补充的内容", max_length=2000, rows=6)


class AnswerForm(forms.Form):
    text = TextField(label="答复内容", max_length=4000, rows=8, help_text="提出单位看到的就是这段话。")


class ReplyForm(AnswerForm):
    """The department's answer; from a letter when the secretariat writes it down."""

    letter_on = DayField(label="复函日期", help_text="部门书面复函上的日期；复函扫描件随后传到“附件”。")

    def __init__(self, *args, from_liaison=False, **kwargs):
        super().__init__(*args, **kwargs)
        if from_liaison:
            del self.fields["letter_on"]


class HandOverForm(forms.Form):
    """To which department, until when, and the words of the letter."""

    department = forms.ModelChoiceField(
        label="承办部门", queryset=Department.objects.none(), empty_label="请选择"
    )
    workdays = forms.IntegerField(
        label="答复时限",
        min_value=1,
        max_value=60,
        initial=15,
        help_text="个工作日，从明天算起，按国务院放假安排。",
    )
    title = TextField(label="函件标题", max_length=80)
    text = TextField(
        label="函件正文",
        max_length=8000,
        rows=10,
        help_text="部门看到的只有标题和这段话，请核对；单位要求隐名的已替换登记过的名称。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.current().order_by("name")


class ExtendForm(forms.Form):
    workdays = forms.IntegerField(
        label="延长", min_value=1, max_value=15, initial=5, help_text="个工作日，最多 15 个。"
    )
    reason = TextField(label="延期理由", max_length=300, rows=3, help_text="提出单位会看到。")


class SettleForm(forms.Form):
    verdict = forms.ChoiceField(label="回访结果", choices=Verdict, widget=forms.RadioSelect)
    text = TextField(label="回访记录", max_length=500, rows=4, help_text="怎么联系的、对方说了什么。")


class PetitionChoice(forms.ModelChoiceField):
    def label_from_instance(self, petition):
        return f"{petition.number} {petition.title}（{petition.organization.name}，{petition.state.label}）"


class JoinForm(forms.Form):
    """Into which other petition this one goes."""

    lead = PetitionChoice(
        label="并入哪一件",
        queryset=Petition.objects.none(),
        empty_label="请选择",
        help_text="已受理、还没有答复的别家诉求。",
    )

    def __init__(self, *args, leads, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = leads


class PetitionsForm(forms.Form):
    """The list's filters; all of them may be empty. `handed` and `measure` lead here from the ledger's numbers."""

    q = TextField(label="编号、标题或单位", required=False, max_length=100, help_text="如“2022-12”。")
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "不限"), *PetitionState.choices])
    topic = forms.ChoiceField(label="主题", required=False, choices=[("", "不限"), *PetitionTopic.choices])
    department = forms.ModelChoiceField(
        label="承办部门", required=False, queryset=Department.objects.order_by("name"), empty_label="不限"
    )
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    handed = forms.IntegerField(required=False, min_value=2000, max_value=2100, widget=forms.HiddenInput)
    measure = forms.ChoiceField(required=False, choices=[("", ""), *MEASURES], widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = range(localdate().year, 2021, -1)
        self.fields["year"].choices = [("", "不限"), *((year, f"{year}年") for year in years)]

    def words(self) -> list[tuple]:
        """(name, label, value in words) of each filter that is set."""
        found = []
        for name, label in (
            ("q", "文字"),
            ("state", "状态"),
            ("topic", "主题"),
            ("department", "承办部门"),
            ("year", "年度"),
        ):
            if value := self.cleaned_data.get(name):
                choices = dict(self.fields[name].choices) if name in ("state", "topic", "year") else {}
                found.append((name, label, str(choices.get(value, value))))
        if handed := self.cleaned_data.get("handed"):
            found.append(("handed", "转办年度", f"{handed}年"))
        if measure := self.cleaned_data.get("measure"):
            found.append(("measure", "统计", dict(MEASURES)[measure]))
        return found
