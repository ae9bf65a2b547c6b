"""Forms for deals: what was agreed between whom, its landing, its end, and the filters of the register."""

from django import forms
from django.utils.timezone import localdate

from association.forms.fields import DayField, RecordForm, TextField
from events.choices import DealState, PartyRole
from events.models import Deal, Event, Project, Series
from members.forms.amounts import AmountField

# So many of the latest events and projects are offered, and the one that is chosen already.
OFFERED = 300
ONE_A_LINE = "一行一个单位；与名册中名称相同的会自动连到那家单位。"


class PartiesField(TextField):
    """Units, one a line; gives their names."""

    def __init__(self, **kwargs):
        super().__init__(rows=2, max_length=1000, **kwargs)

    def clean(self, value):
        names = [line for line in super().clean(value).splitlines() if line]
        if any(len(name) > 120 for name in names):
            raise forms.ValidationError("单位名称最长 120 字；一行只写一个单位。")
        return names


class DealForm(RecordForm):
    """What was agreed, between whom, from what it came."""

    first = PartiesField(label="甲方", help_text=ONE_A_LINE)
    second = PartiesField(label="乙方")
    other = PartiesField(label="其他各方", required=False)
    title = TextField(label="合作事项", max_length=120, help_text="如“沉浸式展厅共建”。")
    signed_on = DayField(label="签约日期")
    amount = AmountField(label="金额", required=False, help_text="没有金额的不填。")
    content = TextField(label="合作内容", max_length=2000, required=False, rows=4)
    groups = (
        ("各方", ("first", "second", "other")),
        ("金额", ("amount", "amount_is_confidential")),
        ("从哪里来", ("event", "project")),
    )

    class Meta:
        model = Deal
        fields = ("title", "signed_on", "content", "amount", "amount_is_confidential", "event", "project")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount_is_confidential"].label = "金额保密"
        self.fields["amount_is_confidential"].help_text = "只有秘书处、秘书长和合作各方看得到金额与合同。"
        self._offer(
            "event",
            Event.objects.standing().select_related("series").order_by("-starts_at", "-pk"),
            "没有来源活动",
        )
        self._offer("project", Project.objects.order_by("-pk"), "没有项目")
        self.fields["event"].help_text = "成果只记在一场活动名下；不选的，记在项目的征集活动名下。"
        self.fields["project"].label_from_instance = lambda project: f"{project.name}（{project.unit_name}）"
        if self.instance.pk and not self.is_bound:
            for role in PartyRole:
                names = [p.name for p in self.instance.parties.all() if p.role == role]
                self.fields[role].initial = "\n".join(names)

    def _offer(self, name, rows, nothing):
        chosen = self.initial.get(name) or getattr(self.instance, f"{name}_id")
        latest = list(rows.values_list("pk", flat=True)[:OFFERED])
        self.fields[name].queryset = rows.filter(pk__in=[*latest, *([chosen] if chosen else [])])
        self.fields[name].empty_label = nothing

    @property
    def parties(self) -> list[dict]:
        """Rows of role and name, in the order in which a contract names them."""
        return [{"role": role, "name": name} for role in PartyRole for name in self.cleaned_data[role]]


class LandingForm(forms.Form):
    on = DayField(label="落地日期", initial=localdate)
    note = TextField(label="落地情况", max_length=500, rows=3, help_text="做成了什么；核实的人会对照凭据看。")


class EndForm(forms.Form):
    on = DayField(label="终止日期", initial=localdate)
    reason = TextField(label="终止原因", max_length=300)


class LandingReasonForm(forms.Form):
    reason = TextField(label="退回理由", max_length=300, help_text="登记落地的同事会看到。")


class DealsForm(forms.Form):
    """The register's filters; all of them may be empty."""

    q = TextField(label="事项或单位", required=False, max_length=100)
    series = forms.ModelChoiceField(
        label="来源系列", queryset=Series.objects.order_by("name"), required=False, empty_label="全部"
    )
    event = forms.ModelChoiceField(
        queryset=Event.objects.select_related("series"), required=False, widget=forms.HiddenInput
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *DealState.choices])
    signed = forms.IntegerField(label="签约年度", required=False, min_value=2000, max_value=2100)
    landed = forms.IntegerField(label="落地年度", required=False, min_value=2000, max_value=2100)

    def words(self) -> list[tuple]:
        """(name, label, value in words) of the filters in force."""
        data = self.cleaned_data
        found = [
            ("q", "查找", data["q"]),
            ("series", "来源系列", str(data["series"] or "")),
            ("event", "来源活动", data["event"].numbered if data["event"] else ""),
            ("state", "状态", dict(DealState.choices).get(data["state"], "")),
            ("signed", "签约", f"{data['signed']}年" if data["signed"] else ""),
            ("landed", "落地", f"{data['landed']}年" if data["landed"] else ""),
        ]
        return [row for row in found if row[2]]
