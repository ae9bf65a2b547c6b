"""Forms for projects: the record, by the secretariat or the unit itself, a step, reviewers, a review, the filters."""

from django import forms
from django.utils.timezone import localdate, now

from association.forms.fields import DayField, MobileField, RecordForm, TextField
from association.models import User
from events import scoring
from events.choices import Need, ProjectKind, Stage
from events.models import Event, Project, Review, Series
from members.models import Organization

OFFERED = 300
# Projects are collected for events of this series (domain 5.6).
COLLECTING = "wenke"


class ProjectForm(RecordForm):
    """A project as the secretariat writes it."""

    name = TextField(label="项目名称", max_length=100)
    unit_name = TextField(label="单位", max_length=120, help_text="与名册中名称相同的会自动连到那家单位。")
    scene = TextField(
        label="应用场景", max_length=200, help_text="用在哪里、解决什么，如“园区公共空间的夜间演艺”。"
    )
    needs = forms.MultipleChoiceField(
        label="需求", choices=Need, widget=forms.CheckboxSelectMultiple, help_text="希望对接什么，可选几项。"
    )
    description = TextField(
        label="介绍", max_length=3000, required=False, rows=6, help_text="入选公开以后所有人看得到。"
    )
    contact_name = TextField(label="联系人", max_length=30)
    contact_mobile = MobileField(label="联系人手机", help_text="只有秘书处看得到。")
    groups = (
        ("项目", ("kind", "maturity", "scene", "needs", "description")),
        ("联系人", ("contact_name", "contact_mobile")),
    )

    class Meta:
        model = Project
        fields = (
            "name", "unit_name", "event", "kind", "maturity", "scene", "needs", "description", "contact_name",
            "contact_mobile",
        )  # fmt: skip
        widgets = {"kind": forms.RadioSelect, "maturity": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("kind", "maturity"):
            self.fields[name].choices = Project._meta.get_field(name).choices
        self._offer(Event.objects.standing())
        self.fields["event"].help_text = "暂时不定的可以不选，进入初筛之前定下来。"

    def _offer(self, events):
        rows = Event.objects.select_related("series").order_by("-starts_at", "-pk")
        latest = list(events.order_by("-starts_at", "-pk").values_list("pk", flat=True)[:OFFERED])
        chosen = self.initial.get("event") or self.instance.event_id
        self.fields["event"].queryset = rows.filter(pk__in=[*latest, *([chosen] if chosen else [])])
        self.fields["event"].empty_label = "还没有定"


class OwnProjectForm(ProjectForm):
    """A project as a person of the unit writes it: for a unit of theirs, and for an event that is to come."""

    unit = forms.ModelChoiceField(label="申报单位", queryset=Organization.objects.none(), empty_label=None)
    unit_name = None

    class Meta(ProjectForm.Meta):
        fields = tuple(name for name in ProjectForm.Meta.fields if name != "unit_name")
        widgets = ProjectForm.Meta.widgets

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Organization.objects.members_on(localdate()).visible_to(user)
        if self.instance.pk:
            del self.fields["unit"]
        self._offer(
            Event.objects.visible_to(user).standing().filter(series__code=COLLECTING, ends_at__gt=now())
        )
        self.fields["event"].help_text = "不确定的可以不选，由秘书处安排。"
        self.fields["contact_mobile"].help_text = "只有秘书处和本单位看得到。"
        self.order_fields(["unit", *self.Meta.fields])


class StepForm(forms.Form):
    """The day of a step; some say why."""

    on = DayField(label="日期", initial=localdate)
    reason = TextField(label="理由", max_length=300, rows=3)

    def __init__(self, *args, with_reason: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not with_reason:
            del self.fields["reason"]


class UndoForm(forms.Form):
    stage = forms.ChoiceField(choices=Stage, widget=forms.HiddenInput)
    reason = TextField(label="为什么撤销", max_length=300)


class ReviewersForm(forms.Form):
    people = forms.ModelMultipleChoiceField(
        label="评审人",
        queryset=User.objects.none(),
        help_text="从有账号的人里选；与申报单位有关的人不在其中。",
    )

    def __init__(self, *args, project, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).exclude(project_reviews__project=project)
        if project.organization_id:
            roles = project.organization.contact_roles.current()
            people = people.exclude(contact__in=roles.values("contact"))
        self.fields["people"].queryset = people.order_by("full_name", "pk")
        self.fields["people"].label_from_instance = lambda person: person.full_name


class ReviewForm(forms.Form):
    """Marks from 0 to 100 by criterion, and what the reviewer has to say."""

    comment = TextField(label="意见", max_length=1000, required=False, rows=4)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, weight in scoring.WEIGHTS.items():
            label = Review._meta.get_field(name).verbose_name
            self.fields[name] = forms.IntegerField(
                label=f"{label}（占 {weight}%）", min_value=0, max_value=100, help_text="0 至 100 的整数。"
            )
        self.order_fields([*scoring.WEIGHTS, "comment"])

    @property
    def marks(self) -> dict:
        return {name: self.cleaned_data[name] for name in scoring.WEIGHTS}


class RecuseForm(forms.Form):
    reason = TextField(label="回避理由", max_length=200)


class ProjectsForm(forms.Form):
    """The list's filters; all of them may be empty."""

    q = TextField(label="项目、单位或场景", required=False, max_length=100)
    series = forms.ModelChoiceField(
        label="系列", queryset=Series.objects.order_by("name"), required=False, empty_label="全部"
    )
    event = forms.ModelChoiceField(
        queryset=Event.objects.select_related("series"), required=False, widget=forms.HiddenInput
    )
    stage = forms.ChoiceField(label="现在的阶段", required=False, choices=[("", "全部"), *Stage.choices])
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), *ProjectKind.choices])
    need = forms.ChoiceField(label="需求", required=False, choices=[("", "全部"), *Need.choices])
    reached = forms.ChoiceField(label="到过的阶段", required=False, choices=[("", "全部"), *Stage.choices])
    year = forms.IntegerField(
        label="哪一年到的",
        required=False,
        min_value=2000,
        max_value=2100,
        help_text="不选阶段的，按征集的年度。",
    )

    def words(self) -> list[tuple]:
        """(name, label, value in words) of the filters in force."""
        data = self.cleaned_data
        found = [
            ("q", "查找", data["q"]),
            ("series", "系列", str(data["series"] or "")),
            ("event", "征集活动", data["event"].numbered if data["event"] else ""),
            ("stage", "现在", dict(Stage.choices).get(data["stage"], "")),
            ("kind", "类型", dict(ProjectKind.choices).get(data["kind"], "")),
            ("need", "需求", dict(Need.choices).get(data["need"], "")),
            ("reached", "到过", dict(Stage.choices).get(data["reached"], "")),
            ("year", "年度", f"{data['year']}年" if data["year"] else ""),
        ]
        return [row for row in found if row[2]]
