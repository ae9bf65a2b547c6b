"""Forms for visits and the picture of an event."""

from django import forms
from django.conf import settings
from django.utils.timezone import localdate

from association.forms.fields import DayField, RecordForm, TextField
from events.choices import VisitMode, VisitTag
from events.models import Visit
from members.choices import District
from members.models import Organization, Park


class ParkField(forms.ModelChoiceField):
    def label_from_instance(self, park):
        return f"{park.name}（{park.organization.name}）"


class VisitForm(RecordForm):
    """What is known of one visit. The park is asked for when it is new; a reason once the event is archived."""

    park = ParkField(
        label="园区", queryset=Park.objects.none(), empty_label="请选择",
        help_text="活动当天的会员单位运营的园区，按拼音排列。",
    )  # fmt: skip
    visited_on = DayField(label="日期")
    guide = TextField(
        label="讲解人", max_length=60, required=False, help_text="协会工作人员看得到，会员和访客看不到。"
    )
    tags = forms.MultipleChoiceField(
        label="亮点标签", choices=VisitTag, required=False, widget=forms.CheckboxSelectMultiple
    )
    highlights = TextField(label="亮点", max_length=1000, required=False, rows=4)
    video_link = forms.URLField(
        label="视频链接", max_length=500, required=False, assume_scheme="https",
        help_text="公开活动的视频链接，访客也看得到。",
    )  # fmt: skip
    viewers = forms.IntegerField(label="观看人次", required=False, min_value=0, max_value=100_000_000)
    position = forms.IntegerField(
        label="次序", required=False, min_value=0, max_value=999, help_text="同一天里的先后；不填排在最后。"
    )
    reason = TextField(
        label="更正理由", max_length=300, help_text="活动已归档，更正会写进记录并在走访旁注明。"
    )

    class Meta:
        model = Visit
        fields = ("visited_on", "mode", "guide", "tags", "highlights", "video_link", "viewers", "position")
        widgets = {"mode": forms.RadioSelect}

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = VisitMode.choices
        if self.instance.pk:
            del self.fields["park"]
        else:
            first = localdate(event.starts_at)
            self.initial.setdefault("visited_on", first)
            self.initial["position"] = None
            members = Organization.objects.members_on(first).values("pk")
            parks = Park.objects.filter(organization__in=members).exclude(visits__event=event)
            self.fields["park"].queryset = parks.select_related("organization").order_by("pinyin_full", "pk")
        if not event.archived_at:
            del self.fields["reason"]
        self.order_fields(["park", *self._meta.fields, "reason"])

    def clean(self):
        data = super().clean()
        if self.instance.pk and data.get("position") is None:
            data["position"] = self.instance.position
        return data


class FootprintForm(forms.Form):
    """What the page of visits is narrowed by; all of it may be empty."""

    district = forms.ChoiceField(label="区", required=False, choices=[("", "全部"), *District.choices])
    mode = forms.ChoiceField(label="方式", required=False, choices=[("", "全部"), *VisitMode.choices])
    tag = forms.ChoiceField(label="亮点标签", required=False, choices=[("", "全部"), *VisitTag.choices])

    def words(self) -> list[tuple]:
        """(name, label, value in words) of the filters in force."""
        chosen = ((name, field, self.cleaned_data[name]) for name, field in self.fields.items())
        return [(name, field.label, dict(field.choices)[value]) for name, field, value in chosen if value]


class CoverForm(forms.Form):
    """A picture and what it shows; the picture may be left out where there is one already."""

    picture = forms.FileField(
        label="图片", max_length=255, widget=forms.FileInput(attrs={"accept": "image/*"}),
        error_messages={"required": "请选择图片。", "empty": "文件是空的，请检查后重新上传。"},
    )  # fmt: skip
    alt = TextField(
        label="图片说明", max_length=120,
        help_text="读屏的人听到的就是这一句，如“报告厅里，主讲人站在大屏幕前”。",
    )  # fmt: skip

    def __init__(self, *args, is_kept, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["picture"].required = not is_kept
        self.fields["picture"].widget.attrs["data-max-bytes"] = settings.UPLOAD_MAX_BYTES
        most = settings.UPLOAD_MAX_BYTES // 2**20
        hint = f"横幅的照片最合适，不超过 {most} MB；转发到微信时也显示这一张。"
        self.fields["picture"].help_text = f"不换图片就不用选。{hint}" if is_kept else hint
