"""Verbs on parks: add, edit, yearly numbers, recognitions."""

from django.db.models import F
from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.errors import Refused
from members.choices import NameKind
from members.domain.search_keys import refresh, sort_keys
from members.models import AlternativeName, Organization, Park, ParkYear, Recognition

ANY = object()


@verb
def add_park(organization, *, by, **fields) -> Park:
    """Add a park to a unit; its first park becomes the main one. Raises Refused for a name the unit has already."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    if organization.parks.filter(name=fields["name"]).exists():
        raise Refused(f"该单位已有园区“{fields['name']}”。", status=422)
    is_main = not organization.parks.filter(is_main=True).exists()
    park = Park.objects.create(
        organization=organization, is_main=is_main, **fields, **sort_keys(fields["name"])
    )
    _follow_main_park(park)
    _touch(organization)
    record("members.park.added", organization, park, by=by, sentence=f"新增园区“{park.name}”")
    return park


@verb
def update_park(park, *, by, version: int, changes: dict) -> Park:
    """Change fields of a park; a new name turns the old one into a former name.

    Doing it twice changes nothing. Raises Conflict when somebody else saved the park meanwhile, Refused when the
    rentable area would exceed the floor area or the name is taken.
    """
    # The unit first, in the order of every other verb: its district may follow.
    Organization.objects.select_for_update().get(pk=park.organization_id)
    park = locked(park, version, changes)
    changes = changed_fields(park, changes)
    if not changes:
        return park
    _refuse_bad_areas(park, changes)
    if "name" in changes:
        _rename(park, changes)
    store(park, changes)
    _follow_main_park(park)
    _touch(park.organization)
    record(
        "members.park.updated",
        park.organization,
        park,
        by=by,
        sentence=f"修改园区“{park.name}”：{labels(park, [c for c in changes if not c.startswith(('pinyin', 'stroke'))])}",
    )
    return park


def _refuse_bad_areas(park, changes):
    rentable = changes.get("rentable_area", park.rentable_area)
    floor = changes.get("floor_area", park.floor_area)
    if rentable is not None and floor is not None and rentable > floor:
        raise Refused("可出租面积不应大于建筑面积。", status=422)


def _rename(park, changes):
    if park.organization.parks.filter(name=changes["name"]).exclude(pk=park.pk).exists():
        raise Refused(f"该单位已有园区“{changes['name']}”。", status=422)
    AlternativeName.objects.get_or_create(
        organization=park.organization, park=park, kind=NameKind.FORMER, name=park.name
    )
    changes.update(sort_keys(changes["name"]))


def _follow_main_park(park):
    """The unit's district is that of its main park."""
    if park.is_main and park.organization.district != park.district:
        Organization.objects.filter(pk=park.organization_id).update(
            district=park.district, version=F("version") + 1
        )


def _touch(organization):
    refresh(organization)


@verb
def make_main(park, *, by) -> Park:
    """Make a park the unit's main one. Doing it twice changes nothing."""
    organization = Organization.objects.select_for_update().get(pk=park.organization_id)
    park = Park.objects.select_for_update().get(pk=park.pk)
    if park.is_main:
        return park
    organization.parks.filter(is_main=True).update(is_main=False, version=F("version") + 1)
    store(park, {"is_main": True})
    _follow_main_park(park)
    record("members.park.made_main", organization, park, by=by, sentence=f"把“{park.name}”设为主园区")
    return park


@verb
def publish_park(park, *, by) -> Park:
    """Let the park stand in the public directory. Doing it twice changes nothing."""
    return _set_public(park, True, by=by, sentence=f"在公开名录展示“{park.name}”")


@verb
def withdraw_park(park, *, by) -> Park:
    """Take the park off the public directory at once, its page and pictures with it. Doing it twice changes nothing."""
    return _set_public(park, False, by=by, sentence=f"从公开名录撤下“{park.name}”")


def _set_public(park, is_public, *, by, sentence):
    kind = "members.park.published" if is_public else "members.park.withdrawn"
    park = Park.objects.select_for_update(of=("self",)).select_related("organization").get(pk=park.pk)
    if park.is_public != is_public:
        park = store(park, {"is_public": is_public})
        record(kind, park.organization, park, by=by, sentence=sentence)
    return park


@verb
def report_year(park, *, by, year: int, version=ANY, **numbers) -> ParkYear:
    """Enter or correct the numbers of one year. Doing it twice changes nothing.

    `version` is that of the numbers which the person saw, None when they saw none for that year; a caller that
    shows nothing to anybody leaves it out. Raises Conflict when others have reported meanwhile, Refused when
    culture tenants exceed tenants or the rented area exceeds the rentable one.
    """
    park = Park.objects.select_for_update().get(pk=park.pk)
    _refuse_bad_numbers(park, numbers)
    stored = ParkYear.objects.filter(park=park, year=year).first()
    if stored is not None and not changed_fields(stored, numbers):
        return stored
    told = {"reported_by": by, "reported_at": timezone.now()}
    if stored is None:
        stored = ParkYear.objects.create(park=park, year=year, **numbers, **told)
    else:
        seen = stored.version if version is ANY else version or 0
        stored = store(locked(stored, seen, numbers), numbers | told)
    record(
        "members.park_year.reported",
        park.organization,
        park,
        by=by,
        sentence=f"填报“{park.name}”{year} 年度数据",
    )
    return stored


def _refuse_bad_numbers(park, numbers):
    tenants, culture = numbers.get("tenants"), numbers.get("culture_tenants")
    if tenants is not None and culture is not None and culture > tenants:
        raise Refused(f"文化企业数 {culture} 不应多于入驻企业数 {tenants}。", status=422)
    rented = numbers.get("rented_area")
    if rented is not None and park.rentable_area is not None and rented > park.rentable_area:
        raise Refused(f"已出租面积 {rented:,} ㎡ 不应大于可出租面积 {park.rentable_area:,} ㎡。", status=422)


@verb
def add_recognition(park, *, by, level, year: int, **more) -> Recognition:
    """Register a title of the list of one year. Doing it twice changes nothing."""
    Park.objects.select_for_update().get(pk=park.pk)
    recognition, created = Recognition.objects.get_or_create(
        park=park, level=level, year=year, title=more.pop("title", ""), defaults=more
    )
    if created:
        record(
            "members.recognition.added", park.organization, park, by=by, sentence=f"登记认定：{recognition}"
        )
    return recognition


@verb
def remove_recognition(recognition, *, by, basis: str) -> None:
    """Take a wrongly registered title out again, with the reason. Doing it twice changes nothing."""
    recognition = Recognition.objects.select_for_update().filter(pk=recognition.pk).first()
    if recognition is None:
        return
    sentence = f"删除认定：{recognition}"
    park = recognition.park
    recognition.delete()
    record("members.recognition.removed", park.organization, park, by=by, sentence=sentence, basis=basis)
