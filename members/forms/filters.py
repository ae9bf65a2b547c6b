"""The filters of the roster; the form is the filter dialog, its state lies in the address."""

import django_filters as filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.timezone import localdate

from association.forms.fields import DayField
from members.choices import (
    MUNICIPAL_LEVELS,
    Category,
    ContactDuty,
    District,
    Grade,
    Industry,
    Nature,
    ParkType,
    RecognitionLevel,
)
from members.models import ContactRole, Membership, Organization, Park, Post, Recognition, Suspension, Tag

STANDINGS = [("active", "在籍"), ("left", "已退会"), ("ever", "在籍与已退会"), ("all", "全部单位")]
LEVELS = [("municipal_any", "市级及以上各级"), *RecognitionLevel.choices]


class DayFilter(filters.Filter):
    field_class = DayField


class RosterFilter(filters.FilterSet):
    usual = {"standing": "active"}
    q = filters.CharFilter(label="搜索", method="search", max_length=100)
    as_of = DayFilter(label="截至", method="nothing", help_text="按这一天的会籍、级别与任职显示。")
    standing = filters.ChoiceFilter(label="状态", choices=STANDINGS, method="nothing", empty_label=None)
    district = filters.MultipleChoiceFilter(label="区", choices=District.choices, method="in_district")
    category = filters.MultipleChoiceFilter(label="类别", choices=Category.choices)
    grade = filters.TypedMultipleChoiceFilter(
        label="级别", choices=Grade.choices, coerce=int, method="of_grade"
    )
    level = filters.ChoiceFilter(label="认定", choices=LEVELS, method="recognized", empty_label="不限")
    recognition_year = filters.NumberFilter(
        label="认定年度", method="nothing", min_value=1990, max_value=2100
    )
    joined_after = DayFilter(label="入会不早于", method="joined")
    joined_before = DayFilter(label="入会不晚于", method="nothing")
    left_after = DayFilter(label="退会不早于", method="left")
    left_before = DayFilter(label="退会不晚于", method="nothing")
    industry = filters.MultipleChoiceFilter(label="主导产业", choices=Industry.choices, method="in_industry")
    park_type = filters.MultipleChoiceFilter(
        label="园区类型", choices=ParkType.choices, method="of_park_type"
    )
    nature = filters.MultipleChoiceFilter(label="企业性质", choices=Nature.choices)
    tag = filters.ModelMultipleChoiceFilter(
        label="标签", queryset=Tag.objects.all(), field_name="taggings__tag"
    )
    incomplete = filters.BooleanFilter(
        label="资料待完善", method="with_gaps", widget=forms.CheckboxInput(attrs={"value": "true"})
    )
    suspended = filters.BooleanFilter(
        label="会员权利暂停中", method="with_suspension", widget=forms.CheckboxInput(attrs={"value": "true"})
    )

    class Meta:
        model = Organization
        fields = ()

    @staticmethod
    def unfiltered(queryset):
        """The plain roster: those who are members today."""
        return queryset.members_on(localdate())

    # --- the day and the standing decide which units there are at all -----------------------------------
    @property
    def day(self):
        return self.form.cleaned_data.get("as_of") or localdate()

    def filter_queryset(self, queryset):
        standing = self.form.cleaned_data.get("standing") or "active"
        if standing == "active":
            queryset = queryset.members_on(self.day)
        elif standing == "left":
            queryset = queryset.left_by(self.day)
        elif standing == "ever":
            queryset = queryset.filter(
                Exists(Membership.objects.filter(organization=OuterRef("pk"), joined_on__lte=self.day))
            )
        if not self.form.cleaned_data.get("level") and self.form.cleaned_data.get("recognition_year"):
            queryset = self.recognized(queryset, "level", "")
        if not self.form.cleaned_data.get("joined_after") and self.form.cleaned_data.get("joined_before"):
            queryset = self.joined(queryset, "joined_after", None)
        if not self.form.cleaned_data.get("left_after") and self.form.cleaned_data.get("left_before"):
            queryset = self.left(queryset, "left_after", None)
        return super().filter_queryset(queryset)

    def nothing(self, queryset, name, value):
        """Read by the other filters."""
        return queryset

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def in_district(self, queryset, name, value):
        """Units whose own district or that of any of their parks is among `value`."""
        if not value:
            return queryset
        # Main parks share the unit's district. The few others are asked for first: with their keys at hand the
        # database finds both kinds by index, with a sub-select it would read every unit.
        further = Park.objects.filter(district__in=value, is_main=False).values_list(
            "organization_id", flat=True
        )
        return queryset.filter(Q(district__in=value) | Q(pk__in=set(further)))

    def of_grade(self, queryset, name, value):
        """Members whose highest post on the day is among `value`; who is no member that day has no grade."""
        if not value:
            return queryset
        posts = Post.objects.on(self.day).filter(organization=OuterRef("pk"))
        top = posts.order_by("grade").values("grade")[:1]
        wanted = Q(_top__in=value)
        if Grade.MEMBER in value:
            wanted |= Q(_top__isnull=True)
        return queryset.members_on(self.day).annotate(_top=Subquery(top)).filter(wanted)

    def recognized(self, queryset, name, value):
        """Units one of whose parks bears the title; a year, when given, must be the same title's year."""
        titles = Recognition.objects.filter(park__organization=OuterRef("pk"), year__lte=self.day.year)
        if value == "municipal_any":
            titles = titles.filter(
                level__in=[*MUNICIPAL_LEVELS, RecognitionLevel.NATIONAL, RecognitionLevel.NATIONAL_CANDIDATE]
            )
        elif value:
            titles = titles.filter(level=value)
        if year := self.form.cleaned_data.get("recognition_year"):
            titles = titles.filter(year=year)
        return queryset.filter(Exists(titles))

    def joined(self, queryset, name, value):
        periods = Membership.objects.filter(organization=OuterRef("pk"))
        if after := self.form.cleaned_data.get("joined_after"):
            periods = periods.filter(joined_on__gte=after)
        if before := self.form.cleaned_data.get("joined_before"):
            periods = periods.filter(joined_on__lte=before)
        return queryset.filter(Exists(periods))

    def left(self, queryset, name, value):
        """Units one of whose periods ended between the two days; those that joined again since are among them."""
        periods = Membership.objects.filter(organization=OuterRef("pk"), left_on__isnull=False)
        if after := self.form.cleaned_data.get("left_after"):
            periods = periods.filter(left_on__gte=after)
        if before := self.form.cleaned_data.get("left_before"):
            periods = periods.filter(left_on__lte=before)
        return queryset.filter(Exists(periods))

    def in_industry(self, queryset, name, value):
        parks = Park.objects.filter(industries__overlap=value).values("organization_id")
        return queryset.filter(pk__in=parks) if value else queryset

    def of_park_type(self, queryset, name, value):
        parks = Park.objects.filter(park_type__in=value).values("organization_id")
        return queryset.filter(pk__in=parks) if value else queryset

    def with_gaps(self, queryset, name, value):
        return queryset.filter(gaps()) if value else queryset

    def with_suspension(self, queryset, name, value):
        """Units whose rights are suspended on the day."""
        suspensions = Suspension.objects.on(self.day).filter(organization=OuterRef("pk"))
        return queryset.filter(Exists(suspensions)) if value else queryset


def gaps() -> Q:
    """Units whose profile lacks something a roster cannot do without: code, legal representative, representative or
    liaison with a mobile number; for park operators also a park with areas and industries."""
    current = (
        ContactRole.objects.current()
        .filter(organization=OuterRef("pk"), is_primary=True)
        .exclude(contact__mobile="")
    )
    complete_park = (
        Park.objects.filter(
            organization=OuterRef("pk"), is_main=True, floor_area__isnull=False, rentable_area__isnull=False
        )
        .exclude(industries=[])
        .exclude(address="")
    )
    return (
        Q(credit_code="")
        | Q(legal_representative="")
        | ~Exists(current.filter(duty=ContactDuty.REPRESENTATIVE))
        | ~Exists(current.filter(duty=ContactDuty.LIAISON))
        | (Q(category=Category.PARK_OPERATOR) & ~Exists(complete_park))
    )


def sortable(queryset, day):
    """The queryset with what a click on a header may sort by: today's grade and the day of joining."""
    posts = Post.objects.on(day).filter(organization=OuterRef("pk")).order_by("grade").values("grade")[:1]
    return queryset.alias(grade_now=Subquery(posts), joined_now=_joined_by(day))


def _joined_by(day):
    """When the unit joined, as of `day`; today's answer stands in the unit's own row and is sorted by an index."""
    if day >= localdate():
        return F("latest_joined_on")
    periods = Membership.objects.filter(organization=OuterRef("pk"), joined_on__lte=day).order_by(
        "-joined_on"
    )
    return Subquery(periods.values("joined_on")[:1])
