from django import forms

from association.forms.fields import DayField, TextField
from members.choices import Grade, LeaveReason

# Whoever registers a statutory act chooses; nothing is chosen beforehand.
BLANK = ("", "请选择")


class JoinForm(forms.Form):
    on = DayField(label="入会日期")
    batch = TextField(label="批次", max_length=20, required=False)
    basis = TextField(label="依据", max_length=200, help_text="如理事会决议编号，会写进时间线。")


# The council decides on the others; they are recorded on a case (domain 10.12).
WITHOUT_CASE = [c for c in LeaveReason.choices if c[0] in (LeaveReason.WITHDRAWAL, LeaveReason.DISSOLVED)]


class LeaveForm(forms.Form):
    on = DayField(label="退会日期", help_text="从这一天起不再是会员；之前各日的名册不变。")
    reason = forms.ChoiceField(
        label="原因",
        choices=[BLANK, *WITHOUT_CASE],
        help_text="视为退会和除名要经理事会表决，在“退会”里办理。",
    )
    basis = TextField(label="依据", max_length=200)


class PostForm(forms.Form):
    grade = forms.TypedChoiceField(
        label="级别", choices=[BLANK, *(c for c in Grade.choices if c[0] != Grade.MEMBER)], coerce=int
    )
    since = DayField(label="自")
    basis = TextField(label="依据", max_length=200, help_text="如会员大会选举结果、理事会决议编号。")


class EndPostForm(forms.Form):
    until = DayField(label="任职至", help_text="从这一天起不再任职。")
    basis = TextField(label="依据", max_length=200)
