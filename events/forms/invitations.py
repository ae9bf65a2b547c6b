"""Forms for invitations and feedback."""

from django import forms

from association.forms.fields import MobileField, TextField
from association.models import SavedView
from events.choices import Reply
from events.models.feedback import HIGHEST, LOWEST
from members.choices import ContactDuty
from members.columns import KEY

ALL = ""


class InviteForm(forms.Form):
    """Whom to invite: the units of a saved view of the roster, and who of each."""

    view = forms.ChoiceField(
        label="哪些单位",
        required=False,
        help_text="名册里保存的视图；在名册里筛选好、存为视图，这里就能选到。",
    )
    duty = forms.ChoiceField(
        label="每家请谁", choices=ContactDuty.choices, initial=ContactDuty.REPRESENTATIVE
    )

    def __init__(self, data=None, *, user):
        self.views = {
            str(v.pk): v
            for v in SavedView.objects.visible_to(user).filter(listing=KEY).order_by("name", "pk")
        }
        super().__init__(data)
        self.fields["view"].choices = [
            (ALL, "全部在籍会员"),
            *[(key, v.name) for key, v in self.views.items()],
        ]

    @property
    def query(self) -> str:
        """The query string of the chosen view of the roster; empty for all members."""
        view = self.views.get(self.cleaned_data["view"])
        return view.query if view else ""


class ReplyForm(forms.Form):
    """What an invited person answers; whom they send, if they send somebody."""

    of_delegate = ("full_name", "mobile", "title")  # asked for 委派 alone
    reply = forms.ChoiceField(label="是否参加", choices=Reply, widget=forms.RadioSelect)
    mode = forms.ChoiceField(label="参加形式", widget=forms.RadioSelect, required=False)
    full_name = TextField(label="委派谁参加", max_length=50, required=False, help_text="选“委派”时填写。")
    mobile = MobileField(label="手机", required=False)
    title = TextField(label="职务", max_length=50, required=False)
    reason = TextField(label="说明", max_length=200, required=False)

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        modes = event.modes
        self.fields["mode"].choices = [(mode.value, mode.label) for mode in modes]
        if len(modes) == 1:
            self.fields["mode"].widget = forms.HiddenInput()
            self.initial["mode"] = modes[0].value

    def clean(self):
        data = super().clean()
        reply = data.get("reply")
        if reply == Reply.DELEGATED:
            for name in ("full_name", "mobile"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, "请填写这一项。")
        if reply in (Reply.ATTENDING, Reply.DELEGATED) and "mode" not in self.errors and not data.get("mode"):
            self.add_error("mode", "请选择参加形式。")
        return data

    @property
    def delegate(self) -> dict | None:
        if self.cleaned_data["reply"] != Reply.DELEGATED:
            return None
        return {name: self.cleaned_data[name] for name in self.of_delegate}


class FeedbackForm(forms.Form):
    score = forms.TypedChoiceField(
        label="总体满意度", coerce=int, widget=forms.RadioSelect,
        choices=[(5, "5 很满意"), (4, "4 满意"), (3, "3 一般"), (2, "2 不满意"), (1, "1 很不满意")],
    )  # fmt: skip
    liked = TextField(label="有收获的", max_length=500, required=False, rows=3)
    missed = TextField(label="希望改进的", max_length=500, required=False, rows=3)


SCORES = range(HIGHEST, LOWEST - 1, -1)
