"""Reading the roster: the values of each unit as of a day, loaded part by part.

A part is one function `(pks, as_of, fields) -> {pk: values}`: one query, however many units. Everything dated is
read as it stood on `as_of`; what is not dated is read as it is.
"""

from functools import partial

from django.db.models import Count, Min
from django.utils.timezone import localdate

from members.choices import LEVEL_ORDER, ContactDuty, Grade, NameKind, Standing
from members.models import (
    AlternativeName,
    ContactRole,
    Membership,
    Organization,
    Park,
    ParkYear,
    Post,
    Recognition,
    Tagging,
)


def organizations(pks, as_of, fields):
    """Plain fields of the unit itself."""
    rows = Organization.objects.filter(pk__in=pks).values_list("pk", *fields)
    return {row[0]: row[1:] for row in rows}


def names(pks, as_of, fields):
    """The name that the unit bore on the day: a former name in use then, else the present one."""
    found = dict(Organization.objects.filter(pk__in=pks).values_list("pk", "name"))
    if as_of < localdate():
        former = AlternativeName.objects.filter(
            organization__in=pks, park__isnull=True, kind=NameKind.FORMER, used_until__gt=as_of
        )
        # The former name that ended first after the day was the one in use; it is written last.
        for pk, name in former.order_by("-used_until").values_list("organization_id", "name"):
            found[pk] = name
    return {pk: (name,) * len(fields) for pk, name in found.items()}


def memberships(pks, as_of, fields):
    """The period that holds the day, else the last one before it; `standing` is derived from it."""
    rows = Membership.objects.filter(organization__in=pks, joined_on__lte=as_of).order_by("joined_on")
    found = {}
    for pk, joined_on, left_on, batch in rows.values_list("organization_id", "joined_on", "left_on", "batch"):
        left = left_on if left_on and left_on <= as_of else None
        values = {"joined_on": joined_on, "left_on": left, "batch": batch or None}
        values["standing"] = Standing.LEFT if left else Standing.ACTIVE
        found[pk] = tuple(values[f] for f in fields)
    blank = tuple(Standing.NONE if f == "standing" else None for f in fields)
    return {pk: found.get(pk, blank) for pk in pks}


def grades(pks, as_of, fields):
    """The highest grade of the posts in force on the day; a member without a post is a plain member unit."""
    held = (
        Post.objects.on(as_of)
        .filter(organization__in=pks)
        .values("organization_id")
        .annotate(top=Min("grade"))
    )
    members = (
        Membership.objects.on(as_of).filter(organization__in=pks).values_list("organization_id", flat=True)
    )
    found = dict.fromkeys(members, (Grade.MEMBER.value,))
    return found | {row["organization_id"]: (row["top"],) for row in held if row["organization_id"] in found}


def main_parks(pks, as_of, fields):
    """Fields of the unit's main park."""
    rows = Park.objects.filter(organization__in=pks, is_main=True).values_list("organization_id", *fields)
    return {row[0]: row[1:] for row in rows}


def park_counts(pks, as_of, fields):
    rows = (
        Park.objects.filter(organization__in=pks)
        .order_by()
        .values_list("organization_id")
        .annotate(Count("pk"))
    )
    return {pk: (count,) for pk, count in rows}


def park_years(pks, as_of, fields):
    """The latest yearly numbers of the main park up to the year of the day, and the rates derived from them."""
    stored = list(
        dict.fromkeys(["rented_area", "tenants", "culture_tenants", *(f for f in fields if f not in DERIVED)])
    )
    rows = (
        ParkYear.objects.filter(park__organization__in=pks, park__is_main=True, year__lte=as_of.year)
        .order_by("park__organization_id", "-year")
        .distinct("park__organization_id")
        .values_list("park__organization_id", "park__rentable_area", *stored)
    )
    found = {}
    for pk, rentable, *values in rows:
        known = dict(zip(stored, values, strict=True))
        for field, derive in DERIVED.items():
            known[field] = derive(rentable, known)
        found[pk] = tuple(known[f] for f in fields)
    return found


def rate(part, whole):
    """`part` ÷ `whole` in per cent, unrounded; None when either is missing or the whole is nothing."""
    return part * 100 / whole if part is not None and whole else None


DERIVED = {
    "occupancy": lambda rentable, known: rate(known["rented_area"], rentable),
    "culture_share": lambda rentable, known: rate(known["culture_tenants"], known["tenants"]),
}


def recognitions(pks, as_of, fields):
    """The latest recognition of the main park up to the year of the day; of two in one year the higher."""
    rows = Recognition.objects.filter(
        park__organization__in=pks, park__is_main=True, year__lte=as_of.year
    ).values_list("park__organization_id", "year", "level")
    best = {}
    for pk, year, level in rows:
        rank = (year, -LEVEL_ORDER.index(level))
        if pk not in best or rank > best[pk][0]:
            best[pk] = (rank, {"year": year, "level": level})
    return {pk: tuple(values[f] for f in fields) for pk, (_, values) in best.items()}


def contacts(duty, pks, as_of, fields):
    """The primary holder of `duty` on the day: fields of the duty or, as `contact__…`, of the person."""
    rows = (
        ContactRole.objects.on(as_of)
        .filter(organization__in=pks, duty=duty, is_primary=True)
        .order_by("since", "pk")
        .values_list("organization_id", *fields)
    )
    return {row[0]: row[1:] for row in rows}


def alternative_names(kind, pks, as_of, fields):
    """Short or former names of the unit, in a list."""
    found: dict[int, list] = {}
    rows = AlternativeName.objects.filter(organization__in=pks, park__isnull=True, kind=kind).order_by("pk")
    for pk, name in rows.values_list("organization_id", "name"):
        found.setdefault(pk, []).append(name)
    return {pk: (texts,) for pk, texts in found.items()}


def tags(pks, as_of, fields):
    found: dict[int, list] = {}
    rows = Tagging.objects.filter(organization__in=pks).order_by("tag__name")
    for pk, name in rows.values_list("organization_id", "tag__name"):
        found.setdefault(pk, []).append(name)
    return {pk: (texts,) for pk, texts in found.items()}


PARTS = {
    "organization": organizations,
    "name": names,
    "membership": memberships,
    "grade": grades,
    "park": main_parks,
    "park_count": park_counts,
    "park_year": park_years,
    "recognition": recognitions,
    "short_names": partial(alternative_names, NameKind.SHORT),
    "former_names": partial(alternative_names, NameKind.FORMER),
    "tags": tags,
    **{duty.value: partial(contacts, duty.value) for duty in ContactDuty},
}
