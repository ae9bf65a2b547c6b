"""Forms for fee standards: the draft with up to four tiers, and the vote that adopted it."""

from django import forms

from association.forms.fields import DayField, RecordForm, TextField
from members.choices import Grade, Proration
from members.domain.fees import TierDraft, drafts_of, objection
from members.forms.amounts import AmountField
from members.models import FeeStandard
from members.models.fees import MOST_TIERS

PARTS = ("name", "amount", "grades")


class StandardForm(RecordForm):
    """A draft; a tier of which nothing is filled in is none."""

    name = TextField(label="名称", max_length=60, help_text="如“2026年会费标准”。")
    first_year = forms.IntegerField(label="自哪一年起", min_value=2000, max_value=2100)
    due_month = forms.IntegerField(label="缴费期限：月", min_value=1, max_value=12, initial=3)
    due_day = forms.IntegerField(label="缴费期限：日", min_value=1, max_value=31, initial=31)
    arrears_months = forms.IntegerField(
        label="欠缴多少个月可视为退会", min_value=1, max_value=60, initial=12,
        help_text="按章程；到期只会提醒和立案，由理事会决定。",
    )  # fmt: skip
    note = TextField(label="说明", max_length=1000, required=False, rows=3)
    groups = (("缴费规则", ("proration", "due_month", "due_day", "allows_waiver", "arrears_months", "note")),)

    class Meta:
        model = FeeStandard
        fields = (
            "name", "first_year", "proration", "allows_waiver", "due_month", "due_day", "arrears_months", "note",
        )  # fmt: skip
        widgets = {"proration": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["proration"].choices = Proration.choices
        self.fields["allows_waiver"].label = "会员大会通过的办法规定可以减免"
        known = drafts_of(self.instance) if self.instance.pk else []
        for place in range(1, MOST_TIERS + 1):
            self._add_tier(place, known[place - 1] if place <= len(known) else None)

    def _add_tier(self, place, tier):
        self.fields[f"tier{place}_name"] = TextField(label="档次名称", max_length=40, required=False)
        self.fields[f"tier{place}_amount"] = AmountField(label="每年（元）", required=False)
        self.fields[f"tier{place}_grades"] = forms.TypedMultipleChoiceField(
            label="适用级别",
            choices=Grade.choices,
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        if tier:
            self.initial |= {f"tier{place}_{part}": getattr(tier, part) for part in PARTS}

    @property
    def tier_fields(self) -> list[tuple]:
        """(number, bound fields) of each tier."""
        return [(n, [self[f"tier{n}_{part}"] for part in PARTS]) for n in range(1, MOST_TIERS + 1)]

    @property
    def plain_groups(self) -> list[tuple]:
        """(heading, bound fields) without those of the tiers."""
        rest = [(title, [f for f in found if not f.name.startswith("tier")]) for title, found in self.grouped]
        return [(title, found) for title, found in rest if found]

    def clean(self):
        data = super().clean()
        self.tiers = []
        for place in range(1, MOST_TIERS + 1):
            self._read_tier(place, [data.get(f"tier{place}_{part}") for part in PARTS])
        if not self.errors and (sentence := objection(self.tiers)):
            self.add_error(None, sentence)
        return data

    def _read_tier(self, place, values):
        name, amount, grades = values
        if not any(values):
            return
        if f"tier{place}_amount" not in self.errors and amount is None:
            self.add_error(f"tier{place}_amount", "请填写固定的金额；标准不能是幅度。")
        if not name:
            self.add_error(f"tier{place}_name", "请填写这一档的名称。")
        if not grades:
            self.add_error(f"tier{place}_grades", "请选择适用的级别。")
        if all(values):
            self.tiers.append(TierDraft(name, amount, tuple(sorted(grades))))


class AdoptionForm(forms.Form):
    """The vote of the assembly, as the minutes have it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = DayField(label="通过日期")
    basis = TextField(
        label="决议", max_length=200, help_text="会议名称与决议编号，会写进会费标准和账单依据。"
    )
    eligible = forms.IntegerField(label="应到（家）", min_value=1, max_value=100_000)
    present = forms.IntegerField(label="实到（家）", min_value=1, max_value=100_000)
    in_favour = forms.IntegerField(label="同意（票）", min_value=0, max_value=100_000)
    secret = forms.BooleanField(
        label="确认以无记名投票表决", help_text="会费标准只能由会员大会以无记名投票表决，其他形式无效。"
    )
