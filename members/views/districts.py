"""The roster by district: how many units, parks and how much space, each number opening its rows."""

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association.forms.fields import DayField
from association.web import require, respond
from members import permissions
from members.choices import MUNICIPAL_LEVELS, Category, District
from members.models import Organization, Park, Recognition


@require_safe
@require(permissions.can_view_roster)
def districts(request):
    day = _day(request.GET.get("as_of"))
    members = Organization.objects.visible_to(request.user).members_on(day)
    units = _units(members)
    return respond(
        request,
        "members/roster/districts.html",
        "table",
        day=day,
        rows=_rows(members, units, day),
        without=units.get("", 0),
        total=sum(units.values()),
    )


def _units(members):
    return dict(members.order_by().values_list("district").annotate(n=Count("pk")))


def _rows(members, units, day):
    operators = _units(members.filter(category=Category.PARK_OPERATOR))
    parks = _park_rows(members, day)
    return [
        {"code": code, "label": label, "units": units.get(code, 0), "operators": operators.get(code, 0)}
        | parks.get(code, {"parks": 0, "recognized": 0, "floor_area": None})
        for code, label in District.choices
    ]


def _park_rows(members, day):
    titles = Recognition.objects.filter(park=OuterRef("pk"), level__in=MUNICIPAL_LEVELS, year__lte=day.year)
    parks = (
        Park.objects.filter(organization__in=members.values("pk")).order_by().annotate(titled=Exists(titles))
    )
    found = parks.values("district").annotate(
        parks=Count("pk"), recognized=Count("pk", filter=Q(titled=True)), floor_area=Sum("floor_area")
    )
    return {row.pop("district"): row for row in found}


def _day(text):
    try:
        return DayField(required=False).clean(text or "") or localdate()
    except ValidationError:
        return localdate()
