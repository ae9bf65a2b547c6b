"""Forms for registration: who takes part and how, the questions of the event; the terms, and what is asked."""

from django import forms
from django.forms import formset_factory
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from association import privacy
from association.forms.fields import MobileField, RecordForm, TextField
from events import questions as asking
from events.choices import Mode, QuestionKind, RegistrationState
from events.forms.events import MomentField
from events.models import Event

NOBODY = ""


class RegistrationForm(forms.Form):
    """One person for one event. `units` are the member units that may be named, `person` what is known of whoever it is
    for; with `guest` the proved address is theirs; with `colleagues` one of these may be chosen."""

    colleague = forms.ChoiceField(label="同事", required=False)
    unit = forms.ChoiceField(label="单位")
    unit_name = TextField(label="单位", max_length=120)
    full_name = TextField(label="姓名", max_length=50)
    mobile = MobileField(label="手机", help_text="用于签到和临时通知，名单上不公开。")
    email = forms.EmailField(label="邮箱", required=False)
    title = TextField(label="职务", max_length=50, required=False)
    mode = forms.ChoiceField(label="参加形式", widget=forms.RadioSelect, choices=())
    lists_name = forms.BooleanField(label="同意同场参加者看到姓名和单位", required=False)
    note = TextField(label="备注", max_length=200, required=False)

    def __init__(self, data=None, *, event, units=(), colleagues=(), person=None, guest="", free_unit=False):
        self.event, self.units, self.guest = event, {str(u.pk): u for u in units}, guest
        self.colleagues = {str(c.pk): c for c in colleagues}
        super().__init__(data, initial=person or {})
        self._units(free_unit)
        self._people()
        self._modes()
        if not event.lists_participants:
            del self.fields["lists_name"]
        if guest:
            self._guest(guest)
        asked = event.questions.order_by("position", "pk")
        self.questions = [q for q in asked if not q.mode or q.mode in event.modes]
        for question in self.questions:
            self.fields[f"q{question.pk}"] = _question_field(question)

    def _units(self, free_unit):
        if self.units and not free_unit:
            del self.fields["unit_name"]
            self.fields["unit"].choices = [(key, unit.name) for key, unit in self.units.items()]
            if len(self.units) == 1:
                self.fields["unit"].widget = forms.HiddenInput()
                self.initial["unit"] = next(iter(self.units))
        else:
            del self.fields["unit"]

    def _people(self):
        if not self.colleagues:
            del self.fields["colleague"]
            return
        names = [(key, contact.name) for key, contact in self.colleagues.items()]
        self.fields["colleague"].choices = [(NOBODY, "不在名单里，填在下面"), *names]
        self.fields["full_name"].required = self.fields["mobile"].required = False

    def _modes(self):
        modes = self.event.modes
        self.fields["mode"].choices = [(mode.value, mode.label) for mode in modes]
        if len(modes) == 1:
            self.fields["mode"].widget = forms.HiddenInput()
            self.initial["mode"] = modes[0].value

    def _guest(self, address):
        """What was proved cannot be written otherwise."""
        name = "email" if "@" in address else "mobile"
        self.initial[name] = address
        self.fields[name].disabled = True
        policy = privacy.in_force(localdate())
        link = format_html(
            '<a href="{}">《个人信息保护政策》</a>', reverse("association:privacy_version", args=[policy.key])
        )
        self.fields["agrees"] = forms.BooleanField(
            label="已阅读并同意个人信息保护政策", help_text=format_html("姓名、单位和手机只用于这场活动：{}", link),
            error_messages={"required": "请先阅读并同意，才能报名。"},
        )  # fmt: skip

    def clean(self):
        data = super().clean()
        if contact := self.colleagues.get(data.get("colleague", "")):
            for name, value in (
                ("full_name", contact.name),
                ("mobile", contact.mobile),
                ("email", contact.email),
            ):
                data[name] = data.get(name) or value
        for name in ("full_name", "mobile"):
            if self.colleagues and name not in self.errors and not data.get(name):
                self.add_error(name, "请填写这一项。")
        if "mode" in data:
            given = {q.pk: _as_text(data.get(f"q{q.pk}")) for q in self.questions}
            self.answers, wrong = asking.settled(self.questions, data["mode"], given)
            for pk, sentence in wrong.items():
                if f"q{pk}" not in self.errors:
                    self.add_error(f"q{pk}", sentence)
        return data

    @property
    def person(self) -> dict:
        """What `register` takes of the person."""
        data = self.cleaned_data
        unit = self.units.get(data.get("unit", ""))
        names = ("full_name", "mobile", "email", "title", "note")
        found = {name: data.get(name, "") for name in names} | {"lists_name": data.get("lists_name", False)}
        found |= {"organization": unit, "unit_name": unit.name if unit else data["unit_name"]}
        if contact := self.colleagues.get(data.get("colleague", "")):
            found["user"] = contact.user
        if self.guest:
            found |= {"guest_address": self.guest, "privacy_version": privacy.in_force(localdate()).key}
        return found

    @property
    def known(self) -> list:
        """The fields of the person, in their order."""
        return [
            field
            for field in self.visible_fields()
            if not field.name.startswith("q") and field.name != "agrees"
        ]

    @property
    def asked(self) -> list:
        """(field, key of the field that it hangs on, with which answer, in which mode)."""
        return [
            (
                self[f"q{q.pk}"],
                f"q{q.asked_after_id}" if q.asked_after_id else "",
                q.asked_when,
                q.mode if len(self.event.modes) > 1 else "",
            )
            for q in self.questions
        ]


def _question_field(question):
    options = [(text, text) for text in asking.choices_of(question)]
    hints = []
    if question.asked_after_id:
        hints.append(f"“{question.asked_after.text}”答“{question.asked_when}”的请填。")
    if question.mode:
        hints.append(f"{question.get_mode_display()}参加的请填。")
    if question.is_required:
        hints.insert(0, "必答。")
    shared = {"label": question.text, "required": False, "help_text": "".join(hints)}
    if question.kind == QuestionKind.SEVERAL:
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **shared)
    if options:
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **shared)
    return TextField(max_length=500, **shared)


def _as_text(value) -> str:
    return "、".join(value) if isinstance(value, list) else value or ""


class CancelRegistrationForm(forms.Form):
    reason = TextField(label="原因", max_length=300, required=False, help_text="写了就会告诉对方。")


class DeclineForm(forms.Form):
    reason = TextField(label="未通过的理由", max_length=300, help_text="报名的人会看到。")


class RegistrationsForm(forms.Form):
    """The filters of an event's list."""

    q = TextField(label="姓名或单位", required=False, max_length=60)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *RegistrationState.choices]
    )
    mode = forms.ChoiceField(
        label="形式",
        required=False,
        choices=[("", "全部"), *[c for c in Mode.choices if c[0] != Mode.HYBRID]],
    )

    def words(self) -> list[tuple]:
        """(name, label, value in words) of the filters in force."""
        data = self.cleaned_data
        found = [
            ("q", "查找", data["q"]),
            ("state", "状态", dict(RegistrationState.choices).get(data["state"], "")),
            ("mode", "形式", dict(Mode.choices).get(data["mode"], "")),
        ]
        return [row for row in found if row[2]]


# --- terms --------------------------------------------------------------------------------------------------------


class TermsForm(RecordForm):
    """On what terms an event takes registrations."""

    registration_opens_at = MomentField(
        label="报名开始", required=False, help_text="开始和截止都不填，就是不用报名。"
    )
    registration_closes_at = MomentField(label="报名截止", required=False)
    groups = (
        ("什么时候", ("registration_opens_at", "registration_closes_at")),
        ("多少人", ("onsite_capacity", "online_capacity", "quota_per_unit")),
        ("候补", ("waiting_places", "wait_rule")),
        ("怎么报", ("needs_approval", "lists_participants")),
    )

    class Meta:
        model = Event
        fields = (
            "registration_opens_at", "registration_closes_at", "onsite_capacity", "online_capacity", "quota_per_unit",
            "waiting_places", "wait_rule", "needs_approval", "lists_participants",
        )  # fmt: skip
        widgets = {"wait_rule": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["wait_rule"].choices = Event._meta.get_field("wait_rule").choices
        for mode, name in ((Mode.ONSITE, "onsite_capacity"), (Mode.ONLINE, "online_capacity")):
            if mode not in self.instance.modes:
                del self.fields[name]


class QuestionForm(forms.Form):
    """One line; without a text it is none."""

    text = TextField(label="问题", max_length=100, required=False)
    kind = forms.ChoiceField(label="形式", choices=QuestionKind, initial=QuestionKind.TEXT)
    options = TextField(label="选项", max_length=300, required=False, help_text="单选、多选用，逗号隔开。")
    is_required = forms.BooleanField(label="必答", required=False)
    mode = forms.ChoiceField(
        label="只问", required=False,
        choices=[("", "不限"), *[(value, f"{label}参加的") for value, label in Mode.choices if value != Mode.HYBRID]],
    )  # fmt: skip
    after = forms.IntegerField(label="承接第几行", required=False, min_value=1, max_value=20)
    asked_when = TextField(label="那一行答了", max_length=60, required=False)

    def clean_options(self):
        text = self.cleaned_data["options"].replace("，", ",")
        return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))

    def clean(self):
        data = super().clean()
        if data.get("kind") not in (QuestionKind.ONE, QuestionKind.SEVERAL):
            data["options"] = []
        if bool(data.get("after")) != bool(data.get("asked_when")):
            name = "asked_when" if data.get("after") else "after"
            self.add_error(name, "承接哪一行、那一行答了什么，要一起填写。")
        return data


QuestionRows = formset_factory(QuestionForm, extra=3, max_num=20, absolute_max=40)
