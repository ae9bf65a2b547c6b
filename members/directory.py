"""Reading the public directory: parks of today's members that were not taken off it, in words of the public tier only.

Whatever is read of a park is read under the question whether it is public. Counts and pages of the list are kept
between two requests, until the next verb or midnight.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.timezone import localdate

from association import chinese, stamps
from association.choices import AttachmentState, FileRole
from association.models import Attachment
from association.prepared import prepared
from members.choices import LEVEL_ORDER, MUNICIPAL_LEVELS, NameKind, RecognitionLevel
from members.models import AlternativeName, Organization, Park, Recognition
from members.models.organization import search_condition
from members.photos import COVER, LOGO, PHOTOS

PAGE_SIZE = 20
NEWEST = 4
MOST_SIBLINGS = 20
MOST_TERMS = 8
# The public tier of a park; nothing else of it is ever asked for here.
PARK = (
    "name", "english_name", "district", "street", "address", "park_type", "industries", "land_area", "floor_area",
    "opened_on", "transport", "platforms", "facilities", "website", "introduction", "is_demo",
)  # fmt: skip
UNIT = ("organization_id", "organization__name", "organization__phone", "organization__website")
LISTS = ("titles", "former_names", "pictures", "siblings")
ROW = ("name", "district", "park_type", "industries", "floor_area", "organization__name")
ANY_MUNICIPAL = "municipal_any"
PICTURE_ORDER = (*PHOTOS, LOGO)
MUNICIPAL_AND_ABOVE = (*MUNICIPAL_LEVELS, RecognitionLevel.NATIONAL, RecognitionLevel.NATIONAL_CANDIDATE)


@dataclass(frozen=True)
class Asked:
    """What a visitor narrows the directory by; empty texts narrow nothing."""

    q: str = ""
    district: str = ""
    type: str = ""
    industry: str = ""
    level: str = ""

    @property
    def key(self) -> str:
        return hashlib.sha256(repr(self).encode("utf-8", "replace")).hexdigest()


def found(asked: Asked):
    """The public parks that match, unsorted."""
    parks = Park.objects.public()
    if asked.district:
        parks = parks.filter(district=asked.district)
    if asked.type:
        parks = parks.filter(park_type=asked.type)
    if asked.industry:
        parks = parks.filter(industries__contains=[asked.industry])
    if asked.level:
        levels = MUNICIPAL_AND_ABOVE if asked.level == ANY_MUNICIPAL else [asked.level]
        parks = parks.filter(Exists(Recognition.objects.filter(park=OuterRef("pk"), level__in=levels)))
    for term in chinese.normalise(asked.q).lower().split()[:MOST_TERMS]:
        parks = parks.filter(_says(term))
    return parks


def _says(term: str) -> Q:
    """That a public word of the park says `term`: its names and spellings, its operator's names.

    The unit's search text has an index but holds more than visitors may ask for (numbers, codes, parks taken off the
    directory); it only narrows, the public words decide.
    """
    own = Q()
    for field in ("name", "english_name", "organization__name"):
        own |= Q(**{f"{field}__icontains": term})
    for field in (
        "pinyin_full",
        "pinyin_initials",
        "organization__pinyin_full",
        "organization__pinyin_initials",
    ):
        own |= Q(**{f"{field}__contains": term})
    names = AlternativeName.objects.filter(organization=OuterRef("organization_id"), name__icontains=term)
    own |= Exists(names.filter(Q(park=OuterRef("pk")) | Q(park__isnull=True)))
    return search_condition(term, "organization__search_text") & (own | _spelled(term))


def _spelled(term: str) -> Q:
    """That a former or short name of the park or its unit is spelled so; few have any."""
    if not term.isascii():
        return Q(pk__in=[])
    names = AlternativeName.objects.filter(search_condition(term, "organization__search_text")).order_by("pk")
    rows = names.values_list("park_id", "organization_id", "name")[:500]
    said = [
        (park, unit)
        for park, unit, name in rows
        if term in chinese.pinyin_full(name) or term in chinese.pinyin_initials(name)
    ]
    return Q(pk__in=[park for park, _ in said if park]) | Q(
        organization__in=[unit for park, unit in said if park is None]
    )


# --- kept until the next verb -------------------------------------------------------------------------------
# What is kept is only asked for, and its query only built, when it is not there any more: building costs more time
# than a page has.
def by_district(asked: Asked) -> dict[str, int]:
    """How many parks match in each district, whichever district was asked for."""
    everywhere = replace(asked, district="")
    return stamps.counted(f"members.directory.{everywhere.key}", lambda: _count_by_district(everywhere))


def _count_by_district(asked):
    return dict(found(asked).order_by().values_list("district").annotate(n=Count("pk")))


def page_rows(asked: Asked, page: int) -> list[dict]:
    """What the list says of one page of the matching parks, by the spelling of their names (see `rows`)."""
    name = f"members.directory.{asked.key}.{page}"
    return stamps.counted(name, lambda: rows(_find_page(asked, page)), exact=True)


def _find_page(asked, page):
    start = (page - 1) * PAGE_SIZE
    keys = found(asked).order_by("pinyin_full", "pk").values_list("pk", flat=True)
    return list(keys[start : start + PAGE_SIZE])


def front() -> dict:
    """What the first page says in numbers: member units, public parks by district, those with a title of the city or
    above."""
    return stamps.counted("members.directory.front", _count_front)


def _count_front():
    return {
        "units": Organization.objects.members_on(localdate()).count(),
        "by_district": _count_by_district(Asked()),
        "recognized": found(Asked(level=ANY_MUNICIPAL)).count(),
    }


def newest() -> list[dict]:
    """Name, district and day of the main parks of the units that joined last, the latest first."""
    return stamps.counted("members.directory.newest", _find_newest, exact=True)


def _find_newest():
    parks = Park.objects.public().filter(is_main=True)
    return list(
        parks.order_by("-organization__latest_joined_on", "-organization_id").values(
            "pk", "name", "district", joined_on=F("organization__latest_joined_on")
        )[:NEWEST]
    )


# --- what the pages say ---------------------------------------------------------------------------------------
@prepared
def _parks(pks, as_of, *fields):
    return Park.objects.public_on(as_of).filter(pk__keyed=pks).order_by().values_list("pk", *fields)


@prepared
def _titles(pks, as_of):
    return (
        Recognition.objects.filter(park__keyed=pks)
        .order_by("-year", "pk")
        .values_list("park_id", "level", "year")
    )


@prepared
def _pictures(pks, as_of):
    """Ready pictures of these parks, the first uploaded first."""
    return _ready_pictures(object_id__keyed=pks).order_by("pk").values_list("object_id", "kind", "key")


def _ready_pictures(**which):
    """The model is named in words, for its number may change."""
    return Attachment.objects.present().filter(
        content_type__app_label="members",
        content_type__model="park",
        kind__in=[LOGO, *PHOTOS],
        state=AttachmentState.READY,
        files__role=FileRole.DISPLAY,
        **which,
    )


@prepared
def _page(pks, as_of, *fields):
    """Everything that a park's own page says, asked at once: titles, former names, pictures and the unit's parks as
    arrays beside its fields."""
    own = OuterRef("pk")
    titles = Recognition.objects.filter(park=own).order_by("-year", "pk")
    names = AlternativeName.objects.filter(park=own, kind=NameKind.FORMER).order_by("pk")
    siblings = Park.objects.public_on(as_of).filter(organization=OuterRef("organization"))
    return (
        Park.objects.public_on(as_of)
        .filter(pk__keyed=pks)
        .order_by()
        .annotate(
            titles=ArraySubquery(titles.values(said=JSONObject(level="level", year="year"))),
            former_names=ArraySubquery(names.values("name")),
            pictures=ArraySubquery(
                _ready_pictures(object_id=own).order_by("pk").values(said=JSONObject(kind="kind", key="key"))
            ),
            siblings=ArraySubquery(
                siblings.order_by("-is_main", "pk").values(said=JSONObject(pk="pk", name="name"))[
                    :MOST_SIBLINGS
                ]
            ),
        )
        .values_list("pk", *fields, *LISTS)
    )


def rows(pks: list[int]) -> list[dict]:
    """The parks with these keys that are still public, in their order: what a list says of each.

    `title` is (level, year) of the latest recognition, of two in one year the higher; `cover` the key of the
    photo chosen for it, else of the first, else of the logo.
    """
    today = localdate()
    known = {row[0]: dict(zip(("pk", *ROW), row, strict=True)) for row in _parks(pks, today, *ROW)}
    titles, covers = _best_titles(pks, today), _covers(pks, today)
    return [known[pk] | {"title": titles.get(pk), "cover": covers.get(pk)} for pk in pks if pk in known]


def _best_titles(pks, today):
    best = {}
    for pk, level, year in _titles(pks, today):
        rank = (-year, LEVEL_ORDER.index(level))
        if pk not in best or rank < best[pk][0]:
            best[pk] = (rank, (level, year))
    return {pk: title for pk, (_, title) in best.items()}


def _covers(pks, today):
    first = {}
    for pk, _, key in sorted(_pictures(pks, today), key=lambda row: PICTURE_ORDER.index(row[1])):
        first.setdefault(pk, key)
    return first


def park(pk: int) -> dict | None:
    """All that visitors may read of one park, None when it is not public today."""
    fields = (*PARK, *UNIT)
    row = next(iter(_page([pk], localdate(), *fields)), None)
    if row is None:
        return None
    found = dict(zip(("pk", *fields, *LISTS), row, strict=True))
    # A cursor gives JSON as the text that it is.
    titles, pictures, siblings = (
        [json.loads(said) for said in found[name]] for name in ("titles", "pictures", "siblings")
    )
    return found | {
        "titles": [(title["level"], title["year"]) for title in titles],
        "photos": sorted((p for p in pictures if p["kind"] != LOGO), key=lambda p: p["kind"] != COVER),
        "logo": next((p for p in reversed(pictures) if p["kind"] == LOGO), None),
        "siblings": [(s["pk"], s["name"]) for s in siblings if s["pk"] != pk],
    }


def picture(pk: int, key) -> Attachment | None:
    """A picture of a park that is public today, by its key."""
    pictures = Attachment.objects.present().filter(
        content_type__app_label="members",
        content_type__model="park",
        object_id=pk,
        kind__in=[LOGO, *PHOTOS],
        key=key,
    )
    shown = pictures.filter(Exists(Park.objects.public().filter(pk=OuterRef("object_id"))))
    return shown.prefetch_related("files").first()
