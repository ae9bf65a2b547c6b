"""Forms on accounts and duties, and the filters of their list."""

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from association.choices import Role
from association.forms.fields import DayField, MobileField, TextField
from association.models import RoleAssignment, User

HOLDING = [*Role.choices, ("any", "任何职责"), ("waiting", "待确认"), ("none", "没有职责")]
STATES = [("active", "启用"), ("off", "已停用")]
BASIS = "会写进记录，例如：秘书长办公会 2023年1月9日决定。"


class PeopleFilter(filters.FilterSet):
    usual = {}
    q = filters.CharFilter(label="搜索", method="search", max_length=100)
    role = filters.ChoiceFilter(label="职责", choices=HOLDING, method="holding", empty_label="不限")
    state = filters.ChoiceFilter(label="状态", choices=STATES, method="in_state", empty_label="不限")

    class Meta:
        model = User
        fields = ()

    @staticmethod
    def unfiltered(queryset):
        return queryset

    def search(self, queryset, name, value):
        for word in value.lower().split()[:8]:
            queryset = queryset.filter(
                Q(full_name__icontains=word)
                | Q(pinyin_full__startswith=word)
                | Q(pinyin_initials__startswith=word)
                | Q(email__icontains=word)
                | Q(mobile__startswith=word)
            )
        return queryset

    def holding(self, queryset, name, value):
        rows = RoleAssignment.objects.filter(user=OuterRef("pk"))
        if value == "waiting":
            return queryset.filter(Exists(rows.waiting()))
        if value in ("any", "none"):
            held = Exists(rows.current())
            return queryset.filter(held if value == "any" else ~held)
        return queryset.filter(Exists(rows.current().filter(role=value)))

    def in_state(self, queryset, name, value):
        return queryset.filter(is_active=value == "active")


class AccountForm(forms.Form):
    """Name and the addresses a person signs in with."""

    full_name = TextField(label="姓名", max_length=50)
    mobile = MobileField(label="手机", required=False, help_text="验证码发到这里；更换后要重新验证。")
    email = forms.EmailField(label="邮箱", required=False, max_length=254)

    def clean_full_name(self):
        name = self.cleaned_data["full_name"]
        if not 2 <= len(name) <= 15:
            raise forms.ValidationError("姓名应为 2 至 15 个字。")
        return name

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("mobile") and not data.get("email"):
            raise forms.ValidationError("手机和邮箱至少填一项，否则无法登录。")
        return data


class CorrectionForm(AccountForm):
    """The same, with what the account looked like when the page was opened, and why it is changed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    basis = TextField(label="依据", max_length=200, help_text="会写进记录，例如：本人当面要求更换手机。")

    @property
    def changes(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("full_name", "email", "mobile")}


class GrantForm(forms.Form):
    role = forms.ChoiceField(label="职责", choices=[("", "请选择"), *Role.choices])
    since = DayField(label="自", required=False, help_text="留空为今天；确认以前不生效。")
    basis = TextField(label="依据", max_length=200, help_text=BASIS)

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since and since < localdate():
            raise forms.ValidationError("职责不能从过去的日子起授予。")
        return since


class BasisForm(forms.Form):
    """The reason of a decision."""

    basis = TextField(label="依据", max_length=200, help_text=BASIS)


class ResetForm(forms.Form):
    """Why a second factor is to be taken away, and how the person was recognized."""

    basis = TextField(
        label="依据", max_length=200, help_text="写明怎样核实是本人要求的，例如：当面核对证件，本人手机遗失。"
    )
