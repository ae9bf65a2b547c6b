"""Forms of the market: a posting, its filters, interest and answer with the consent the law asks for, talks, endings."""

import re
from datetime import timedelta

from django import forms
from django.db.models import Q
from django.utils.timezone import localdate, now

from association.forms.fields import DayField, RecordForm, TextField
from events import sharing_words
from events.choices import (
    BudgetBand,
    MatchState,
    PostingCategory,
    PostingKind,
    PostingOutcome,
    PostingState,
    TalkWay,
)
from events.models import Event, Posting
from members.choices import District
from members.forms.amounts import AmountField
from members.models import Contact, ContactRole, Organization

# A number of a mobile or a landline, or an address: none of it belongs into what others read.
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)|[\w.+-]+@[\w-]+\.[\w.]+")
NO_CONTACTS = "这里不要写手机、座机和邮箱；双方都同意对接以后，会互相看到联系人。"
RECENT = timedelta(days=180)
ANY = [("", "全部")]


def without_contacts(text: str) -> str:
    """The text; raises ValidationError when somebody's number or address stands in it."""
    if PERSONAL.search(re.sub(r"(?<=\d)[\s\-‐-―](?=\d)", "", text)):
        raise forms.ValidationError(NO_CONTACTS)
    return text


class UnitField(forms.ModelChoiceField):
    """A member unit, by name."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Organization.objects.none(), empty_label="请选择", **kwargs)


def member_units():
    return Organization.objects.members_on(localdate()).order_by("pinyin_full", "pk")


class PostingForm(RecordForm):
    """A demand or supply; `units` are those for which the person may post, when it is new."""

    organization = UnitField(label="为哪家单位发布")
    title = TextField(label="标题", max_length=60, help_text="如“寻找沉浸式展览技术团队”。")
    text = TextField(
        label="说明", max_length=2000, rows=8, help_text="写清要什么、有什么、何时要。" + NO_CONTACTS
    )
    region = TextField(label="北京以外的地区", max_length=30, required=False, help_text="如“深圳”。")
    valid_to = DayField(label="有效期至", help_text="最长一年，可以延长。")
    groups = (
        ("在哪里、什么价", ("budget", "district", "region")),
        ("多久、给谁看", ("valid_to", "visibility", "contact", "event")),
    )

    class Meta:
        model = Posting
        fields = (
            "kind", "title", "text", "category", "budget", "district", "region", "valid_to", "visibility", "contact",
            "event",
        )  # fmt: skip
        widgets = {"kind": forms.RadioSelect, "visibility": forms.RadioSelect}

    def __init__(self, *args, units=None, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("kind", "visibility"):
            self.fields[name].choices = Posting._meta.get_field(name).choices
        self.fields["district"].choices = [("", "不限"), *District.choices]
        self.fields["visibility"].help_text = "公开的在协会网站上也看得到，只有类别和文字，没有单位。"
        self._offer_units(units)
        self._offer_events()

    def _offer_units(self, units):
        if self.instance.pk:
            del self.fields["organization"]
            of_unit = Q(organization=self.instance.organization_id)
        else:
            self.fields["organization"].queryset = units
            if len(only := units[:2]) == 1:
                self.fields["organization"].initial = only[0]
                self.fields["organization"].widget = forms.HiddenInput()
            of_unit = Q(organization__in=units.values("pk")) if len(only) == 1 else None
        if of_unit is None:
            # Who answers is chosen once the unit is: by its own people, or when the posting is corrected.
            del self.fields["contact"]
            return
        roles = ContactRole.objects.current().filter(of_unit)
        people = Contact.objects.filter(Q(pk__in=roles.values("contact")) | Q(pk=self.instance.contact_id))
        self.fields["contact"].queryset = people.order_by("pinyin_full", "pk")
        self.fields["contact"].empty_label = "还没有定"
        self.fields["contact"].help_text = "只有本单位和秘书处知道；答复意向时还要另选，并取得本人同意。"

    def _offer_events(self):
        recent = Event.objects.published().filter(starts_at__gte=now() - RECENT)
        chosen = Event.objects.filter(pk=self.instance.event_id or self.initial.get("event"))
        found = (recent | chosen).select_related("series").order_by("-starts_at", "-pk")
        self.fields["event"].queryset = found
        self.fields["event"].empty_label = "不为某一场活动"

    def clean_title(self):
        return without_contacts(self.cleaned_data["title"])

    def clean_text(self):
        return without_contacts(self.cleaned_data["text"])


class MarketForm(forms.Form):
    """The market's filters; all of them may be empty."""

    q = TextField(label="找什么", required=False, max_length=100)
    kind = forms.ChoiceField(label="种类", required=False, choices=[*ANY, *PostingKind.choices])
    category = forms.ChoiceField(label="类别", required=False, choices=[*ANY, *PostingCategory.choices])
    budget = forms.ChoiceField(label="预算或报价", required=False, choices=[*ANY, *BudgetBand.choices])
    district = forms.ChoiceField(label="所在区", required=False, choices=[*ANY, *District.choices])

    def words(self) -> list[tuple]:
        """(name, label, value in words) of the filters in force."""
        return words_of(self)


class PostingsForm(forms.Form):
    """The filters of the secretariat's list of postings."""

    q = TextField(label="标题或单位", required=False, max_length=100)
    state = forms.ChoiceField(label="状态", required=False, choices=[*ANY, *PostingState.choices])
    category = forms.ChoiceField(label="类别", required=False, choices=[*ANY, *PostingCategory.choices])
    published = forms.IntegerField(label="发布年度", required=False, min_value=2000, max_value=2100)

    def words(self) -> list[tuple]:
        return words_of(self)


class MatchesForm(forms.Form):
    """The filters of the secretariat's list of matches; `reached` and `year` together open the rows of a number."""

    q = TextField(label="标题或单位", required=False, max_length=100)
    state = forms.ChoiceField(label="状态", required=False, choices=[*ANY, *MatchState.choices])
    reached = forms.ChoiceField(
        label="走到", required=False,
        choices=[*ANY, ("asked", "提出"), ("agreed", "双方同意"), ("signed", "签约"), ("landed", "落地（已核实）")],
    )  # fmt: skip
    year = forms.IntegerField(
        label="在哪一年", required=False, min_value=2000, max_value=2100, help_text="与“走到”一起用。"
    )
    quiet = forms.BooleanField(label="只看三十天没有进展的", required=False)

    def words(self) -> list[tuple]:
        return words_of(self)


def words_of(form) -> list[tuple]:
    """(name, label, value in words) of the filters of a valid form that are in force."""
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data[name]
        if value in ("", None, False):
            continue
        choices = dict(getattr(field, "choices", ()))
        text = "是" if value is True else choices.get(value, str(value))
        found.append((name, field.label, text))
    return found


# --- interest and answer ------------------------------------------------------------------------------------------


class ConsentForm(forms.Form):
    """Whom the other side may ring, and the consent by itself (个人信息保护法 §23)."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), label="对方联系谁", empty_label="请选择",
        help_text="可以选你自己，或已在“我的信息”里同意向其他单位提供联系方式的同事；每次提供都会告诉本人。",
    )  # fmt: skip
    agrees = forms.BooleanField(error_messages={"required": "要对接，请先看过并勾选同意。"})

    def __init__(self, *args, people, receiver, person=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = people
        self.fields["contact"].initial = person
        self.fields["agrees"].label = sharing_words.tick(receiver)


class InterestForm(ConsentForm):
    words = TextField(
        label="附言", max_length=300, required=False, rows=3, help_text="对方答复之前会看到。" + NO_CONTACTS
    )
    field_order = ["words", "contact", "agrees"]

    def clean_words(self):
        return without_contacts(self.cleaned_data["words"])


class ProposeForm(forms.Form):
    """A counterpart among those that fit, or any other member unit."""

    counter = forms.ChoiceField(label="合适的供需", required=False, widget=forms.RadioSelect)
    organization = UnitField(label="或者直接指定一家会员单位", required=False)
    words = TextField(
        label="撮合的理由", max_length=300, required=False, rows=3, help_text="双方会看到。" + NO_CONTACTS
    )

    def __init__(self, *args, candidates, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["counter"].choices = [*candidates, ("", "都不选，在下面指定单位")]
        self.fields["organization"].queryset = units

    def clean_words(self):
        return without_contacts(self.cleaned_data["words"])

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("counter") and not data.get("organization"):
            self.add_error("organization", "请选一条合适的供需，或者指定一家单位。")
        return data


# --- words that go with a step --------------------------------------------------------------------------------------


class RejectForm(forms.Form):
    reason = TextField(
        label="驳回理由", max_length=300, rows=3, help_text="单位会看到，改好以后可以再次提交。"
    )


class ExtendForm(forms.Form):
    valid_to = DayField(label="有效期延长到")


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(label="结果", choices=PostingOutcome, widget=forms.RadioSelect)
    note = TextField(label="说明", max_length=300, required=False)

    def __init__(self, *args, keeps=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not keeps:
            own = [c for c in PostingOutcome.choices if c[0] != PostingOutcome.TAKEN_DOWN]
            self.fields["outcome"].choices = own


class DeclineForm(forms.Form):
    reason = TextField(label="理由", max_length=300, required=False, help_text="可以不写；写了对方会看到。")


class EndForm(forms.Form):
    reason = TextField(label="原因", max_length=300, help_text="双方都会看到。")


class TalkForm(forms.Form):
    held_on = DayField(label="日期", initial=localdate)
    way = forms.ChoiceField(label="方式", choices=TalkWay)
    text = TextField(label="谈了什么", max_length=1000, rows=4)


class SigningForm(forms.Form):
    title = TextField(label="合作事项", max_length=120)
    signed_on = DayField(label="签约日期")
    amount = AmountField(label="金额", required=False, help_text="没有金额的不填。")
    confidential = forms.BooleanField(label="金额保密", required=False)
    content = TextField(label="合作内容", max_length=2000, required=False, rows=4)
