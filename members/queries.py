"""Reading the roster: the values of each unit as of a day, loaded part by part.

A part is one function `(pks, as_of, fields) -> {pk: values}`: one query, however many units. Everything dated is
read as it stood on `as_of`; what is not dated is read as it is.
"""

from functools import partial

from django.db.models import Count, Min, Q
from django.utils.timezone import localdate

from association.prepared import prepared
from members.choices import LEVEL_ORDER, Category, ContactDuty, Grade, NameKind, Standing
from members.completeness import Facts
from members.models import (
    AlternativeName,
    ContactRole,
    Membership,
    Organization,
    Park,
    ParkYear,
    Recognition,
    Tagging,
)
from members.photos import LOGO, PHOTOS, attached


@prepared
def _organizations(pks, as_of, *fields):
    return Organization.objects.filter(pk__keyed=pks).values_list("pk", *fields)


def organizations(pks, as_of, fields):
    """Plain fields of the unit itself."""
    return {row[0]: row[1:] for row in _organizations(pks, as_of, *fields)}


@prepared
def _former_names(pks, as_of):
    names = AlternativeName.objects.filter(
        organization__keyed=pks, park__isnull=True, kind=NameKind.FORMER, used_until__gt=as_of
    )
    # Renamed twice in a day: the first of the two was in use before it.
    return names.order_by("-used_until", "-pk").values_list("organization_id", "name")


def names(pks, as_of, fields):
    """The name that the unit bore on the day: a former name in use then, else the present one."""
    found = dict(_organizations(pks, as_of, "name"))
    if as_of < localdate():
        # The former name that ended first after the day was the one in use; it is written last.
        found |= dict(_former_names(pks, as_of))
    return {pk: (name,) * len(fields) for pk, name in found.items()}


@prepared
def _memberships(pks, as_of):
    rows = Membership.objects.filter(organization__keyed=pks, joined_on__lte=as_of).order_by("joined_on")
    return rows.values_list("organization_id", "joined_on", "left_on", "batch")


def memberships(pks, as_of, fields):
    """The period that holds the day, else the last one before it; `standing` is derived from it."""
    # The last period to begin is written last.
    found = {row[0]: row[1:] for row in _memberships(pks, as_of)}
    joined, left, batch, standing = [], [], [], []
    for pk in pks:
        begun, ended, name = found.get(pk, (None, None, None))
        gone = ended is not None and ended <= as_of
        joined.append(begun)
        left.append(ended if gone else None)
        batch.append(name or None)
        standing.append(Standing.NONE if begun is None else Standing.LEFT if gone else Standing.ACTIVE)
    known = {"joined_on": joined, "left_on": left, "batch": batch, "standing": standing}
    return dict(zip(pks, zip(*(known[f] for f in fields), strict=True), strict=True))


@prepared
def _grades(pks, as_of):
    in_force = Q(organization__posts__since__lte=as_of) & (
        Q(organization__posts__until__isnull=True) | Q(organization__posts__until__gt=as_of)
    )
    members = Membership.objects.on(as_of).filter(organization__keyed=pks).order_by()
    return members.values_list("organization_id").annotate(
        top=Min("organization__posts__grade", filter=in_force)
    )


def grades(pks, as_of, fields):
    """The highest grade of the posts in force on the day; a member without a post is a plain member unit."""
    return {pk: (Grade.MEMBER.value if top is None else top,) for pk, top in _grades(pks, as_of)}


@prepared
def _main_parks(pks, as_of, *fields):
    return (
        Park.objects.filter(organization__keyed=pks, is_main=True)
        .order_by()
        .values_list("organization_id", *fields)
    )


def main_parks(pks, as_of, fields):
    """Fields of the unit's main park."""
    return {row[0]: row[1:] for row in _main_parks(pks, as_of, *fields)}


@prepared
def _park_counts(pks, as_of):
    return (
        Park.objects.filter(organization__keyed=pks)
        .order_by()
        .values_list("organization_id")
        .annotate(n=Count("pk"))
    )


def park_counts(pks, as_of, fields):
    """How many parks the unit runs."""
    return {pk: (count,) for pk, count in _park_counts(pks, as_of)}


@prepared
def _park_years(pks, as_of, *fields):
    return (
        ParkYear.objects.filter(park__organization__keyed=pks, park__is_main=True, year__lte=as_of.year)
        .order_by("park__organization_id", "-year")
        .distinct("park__organization_id")
        .values_list("park__organization_id", "park__rentable_area", *fields)
    )


def park_years(pks, as_of, fields):
    """The latest yearly numbers of the main park up to the year of the day, and the rates derived from them."""
    stored = list(
        dict.fromkeys(["rented_area", "tenants", "culture_tenants", *(f for f in fields if f not in RATES)])
    )
    rows = _park_years(pks, as_of, *stored)
    if not rows:
        return {}
    # Column by column: a dictionary for each row would cost more than the query.
    found, *columns = zip(*rows, strict=True)
    known = dict(zip(["rentable_area", *stored], columns, strict=True))
    for name in RATES.keys() & fields:
        part, whole = RATES[name]
        known[name] = map(rate, known[part], known[whole])
    return dict(zip(found, zip(*(known[f] for f in fields), strict=True), strict=True))


def rate(part, whole):
    """`part` ÷ `whole` in per cent, unrounded; None when either is missing or the whole is nothing."""
    return part * 100 / whole if part is not None and whole else None


RATES = {"occupancy": ("rented_area", "rentable_area"), "culture_share": ("culture_tenants", "tenants")}


@prepared
def _recognitions(pks, as_of):
    titles = Recognition.objects.filter(
        park__organization__keyed=pks, park__is_main=True, year__lte=as_of.year
    )
    return titles.order_by().values_list("park__organization_id", "year", "level")


def recognitions(pks, as_of, fields):
    """The latest recognition of the main park up to the year of the day; of two in one year the higher."""
    best = {}
    for pk, year, level in _recognitions(pks, as_of):
        rank = (year, -LEVEL_ORDER.index(level))
        if pk not in best or rank > best[pk][0]:
            best[pk] = (rank, {"year": year, "level": level})
    return {pk: tuple(values[f] for f in fields) for pk, (_, values) in best.items()}


@prepared
def _contacts(pks, as_of, duty, *fields):
    roles = ContactRole.objects.on(as_of).filter(organization__keyed=pks, duty=duty, is_primary=True)
    return roles.order_by("since", "pk").values_list("organization_id", *fields)


def contacts(duty, pks, as_of, fields):
    """The primary holder of `duty` on the day: fields of the duty or, as `contact__…`, of the person."""
    return {row[0]: row[1:] for row in _contacts(pks, as_of, duty, *fields)}


@prepared
def _alternative_names(pks, as_of, kind):
    rows = AlternativeName.objects.filter(organization__keyed=pks, park__isnull=True, kind=kind)
    return rows.order_by("pk").values_list("organization_id", "name")


def alternative_names(kind, pks, as_of, fields):
    """Short or former names of the unit, in a list."""
    return _gathered(_alternative_names(pks, as_of, kind))


@prepared
def _tags(pks, as_of):
    rows = Tagging.objects.filter(organization__keyed=pks).order_by("tag__name")
    return rows.values_list("organization_id", "tag__name")


def tags(pks, as_of, fields):
    """The tags that the unit bears, in a list."""
    return _gathered(_tags(pks, as_of))


def _gathered(rows):
    found: dict[int, list] = {}
    for pk, name in rows:
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
    "short_names": partial(alternative_names, NameKind.SHORT.value),
    "former_names": partial(alternative_names, NameKind.FORMER.value),
    "tags": tags,
    **{duty.value: partial(contacts, duty.value) for duty in ContactDuty},
}


# --- how complete one unit is ---------------------------------------------------------------------------------
def completeness_facts(organization, park) -> Facts:
    """What the meter judges of a unit and its main park (or None), in three queries."""
    reachable = (
        organization.contact_roles.current().exclude(contact__mobile="").values_list("duty", flat=True)
    )
    return Facts(
        unit=organization,
        runs_park=organization.category == Category.PARK_OPERATOR,
        park=park,
        reachable=frozenset(reachable),
        has_year=bool(park) and ParkYear.objects.filter(park=park, year=localdate().year - 1).exists(),
        kinds=_picture_kinds(park),
    )


def _picture_kinds(park) -> frozenset:
    if park is None:
        return frozenset()
    found = attached([park], LOGO, *PHOTOS).filter(reason="")
    return frozenset(found.values_list("kind", flat=True))
