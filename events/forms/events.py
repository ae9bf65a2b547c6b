"""Forms for events: the plan, who holds it, its programme, and what is said when it is sent back or called off."""

from datetime import timedelta

from django import forms
from django.db.models import Q
from django.forms import formset_factory
from django.utils.timezone import localdate, localtime

from association.forms.fields import RecordForm, TextField
from events.choices import EventGroup, EventState, HostRole, RegistrationPhase
from events.models import Brand, Event, Series
from members.models import Organization, Park

MORE_ROWS = 4
PHASES = [choice for choice in RegistrationPhase.choices if choice[0] != RegistrationPhase.NONE]


class MomentField(forms.DateTimeField):
    """A day and a time, as the browser's own picker gives them or as people type them."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs):
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
        messages = {"invalid": "时间应写作 2022-03-01 14:00 的样子。"}
        super().__init__(input_formats=formats, error_messages=messages, **kwargs)

    def clean(self, value):
        moment = super().clean(value)
        if moment is not None and not 2000 <= localtime(moment).year <= 2100:
            raise forms.ValidationError("年份应在 2000 至 2100 之间。")
        return moment


class EventForm(RecordForm):
    """The plan of an event; series and number are asked for when it is new, the number also until it is published."""

    number = forms.IntegerField(
        label="第几期（场）", required=False, min_value=1, max_value=9999, help_text="不填则接着编。"
    )
    topic = TextField(label="主题", max_length=100)
    starts_at = MomentField(label="开始")
    ends_at = MomentField(label="结束")
    venue = TextField(
        label="地点", max_length=100, required=False, help_text="如“莱锦文化创意产业园报告厅”。"
    )
    address = TextField(label="地址", max_length=200, required=False)
    park = forms.ModelChoiceField(
        label="所在会员园区", queryset=Park.objects.none(), required=False, empty_label="不在会员园区"
    )
    online_link = forms.URLField(
        label="线上会议链接", max_length=500, required=False, assume_scheme="https",
        help_text="只有主办方和报名确认的人看得到。",
    )  # fmt: skip
    online_note = TextField(label="会议号与入会说明", max_length=200, required=False)
    summary = TextField(label="一句话介绍", max_length=150, required=False, help_text="转发到微信时显示。")
    description = TextField(label="介绍", max_length=5000, required=False, rows=8)
    enquiries = TextField(label="咨询电话", max_length=100, required=False)
    contract_number = TextField(label="委托合同编号", max_length=60, required=False)
    groups = (
        (
            "时间与地点",
            ("starts_at", "ends_at", "mode", "venue", "address", "park", "online_link", "online_note"),
        ),
        ("面向谁", ("audience", "summary", "description", "enquiries")),
        ("承揽活动", ("contract_number",)),
    )

    class Meta:
        model = Event
        fields = (
            "number", "topic", "starts_at", "ends_at", "mode", "venue", "address", "park", "online_link", "online_note",
            "audience", "summary", "description", "enquiries", "contract_number",
        )  # fmt: skip
        widgets = {"mode": forms.RadioSelect, "audience": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("mode", "audience"):
            self.fields[name].choices = Event._meta.get_field(name).choices
        members = Q(organization__in=Organization.objects.members_on(localdate()).values("pk")) | Q(
            pk=self.instance.park_id
        )
        self.fields["park"].queryset = Park.objects.filter(members).order_by("pinyin_full", "pk")
        if self.instance.pk:
            self.fields["number"].help_text = ""
            if self.instance.is_published:
                del self.fields["number"]

    def clean(self):
        data = super().clean()
        if self.instance.pk and "number" in self.fields and not data.get("number"):
            data["number"] = self.instance.number
        return data


class HostForm(forms.Form):
    """One line; without a name it is none."""

    role = forms.ChoiceField(label="角色", choices=HostRole, initial=HostRole.ORGANIZER)
    name = TextField(label="单位", max_length=120, required=False)
    city = TextField(label="城市", max_length=20, required=False)


class AgendaForm(forms.Form):
    """One line; without a title it is none."""

    starts_at = forms.TimeField(
        label="时间", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "时间应写作 14:30 的样子。"},
    )  # fmt: skip
    minutes = forms.IntegerField(label="分钟", required=False, min_value=1, max_value=1440)
    title = TextField(label="环节", max_length=100, required=False)
    speaker = TextField(label="主持或发言人", max_length=60, required=False)
    speaker_title = TextField(label="单位与职务", max_length=120, required=False)

    def clean(self):
        data = super().clean()
        if data.get("title"):
            for name in ("starts_at", "minutes"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, "请填写这一项。")
        elif any(data.get(name) for name in ("speaker", "speaker_title")):
            self.add_error("title", "请写明环节，或把这一行清空。")
        return data


HostRows = formset_factory(HostForm, extra=MORE_ROWS, max_num=40, absolute_max=60)
AgendaRows = formset_factory(AgendaForm, extra=MORE_ROWS, max_num=60, absolute_max=90)


def filled(rows, name: str) -> list[dict]:
    """The lines of a valid formset in which `name` is filled in."""
    return [form.cleaned_data for form in rows if form.cleaned_data.get(name)]


class ReasonForm(forms.Form):
    reason = TextField(label="退回理由", max_length=300, help_text="提交人会看到。")


class CancelForm(forms.Form):
    reason = TextField(label="原因", max_length=300, help_text="写进记录；看得到这场活动的人也会看到。")
    did_not_convene = forms.BooleanField(label="到了时间，但到场不足、没有开成", required=False)


class EventsForm(forms.Form):
    """The list's filters; all of them may be empty."""

    q = TextField(label="主题或期次", required=False, max_length=100, help_text="如“文科汇第3期”。")
    series = forms.ModelChoiceField(
        label="系列", queryset=Series.objects.order_by("name"), required=False, empty_label="全部"
    )
    year = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "全部"),
            ("单个状态", EventState.choices),
            ("报名", PHASES),
            ("几个状态合在一起", EventGroup.choices),
        ],
    )
    # Where the board's numbers lead; not asked for on the page itself.
    month = forms.IntegerField(required=False, min_value=1, max_value=12, widget=forms.HiddenInput)
    host = TextField(required=False, max_length=120, widget=forms.HiddenInput)
    brand = forms.ModelChoiceField(queryset=Brand.objects.all(), required=False, widget=forms.HiddenInput)

    def words(self) -> list[tuple]:
        """(name, label, value in words) of the filters in force."""
        data = self.cleaned_data
        states = dict([*EventState.choices, *PHASES, *EventGroup.choices])
        found = [
            ("q", "查找", data["q"]),
            ("series", "系列", str(data["series"] or "")),
            ("year", "年度", f"{data['year']}年" if data["year"] else ""),
            ("month", "月份", f"{data['month']}月" if data["month"] else ""),
            ("brand", "计入品牌", str(data["brand"] or "")),
            ("host", "单位", data["host"]),
            ("state", "状态", states.get(data["state"], "")),
        ]
        return [row for row in found if row[2]]


def next_time(like: Event, hours: timedelta) -> dict:
    """Start and end that the form of the next event offers: four weeks after the last one, at the same time of day, but
    never in the past."""
    starts_at = localtime(like.starts_at) + timedelta(weeks=4)
    today = localdate()
    if starts_at.date() <= today:
        weeks = (today - starts_at.date()).days // 7 + 1
        starts_at += timedelta(weeks=weeks)
    return {"starts_at": starts_at, "ends_at": starts_at + hours}
