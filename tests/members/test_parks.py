"""Parks of a unit: the main one, the areas, the numbers of a year, the recognitions."""

import re
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from association.errors import Refused
from association.models import Activity
from members.domain import parks as domain
from members.models import Organization, Park, ParkYear, Recognition
from tests.factories import make_organization
from tests.forms import errors, filled, refused
from tests.races import at_once

pytestmark = pytest.mark.django_db


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def activities(unit, kind):
    return [a.sentence for a in Activity.objects.about(unit) if a.kind.startswith(f"members.{kind}")]


@pytest.fixture
def park(park_unit):
    return park_unit.parks.get()


NEW = {
    "name": "新园区",
    "district": "110108",
    "industries": ["01", "03"],
    "floor_area": "12000.5",
    "rentable_area": "9000",
}


# --- add --------------------------------------------------------------------------------------------------


def test_the_first_park_is_the_main_one_and_gives_the_unit_its_district(secretary, as_user):
    unit = make_organization("无园区", people=False, district="")
    answer = as_user(secretary).post(url("park_add", unit), NEW)
    park = unit.parks.get()
    unit.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, f"/members/{unit.pk}/parks/")
    assert (park.is_main, park.industries, park.rentable_area, park.version) == (True, ["01", "03"], 9000, 1)
    assert unit.district == "110108"
    assert activities(unit, "park") == ["新增园区“新园区”"]


def test_a_further_park_leaves_the_main_one_and_the_district_alone(secretary, park_unit, as_user):
    as_user(secretary).post(url("park_add", park_unit), NEW)
    park_unit.refresh_from_db()
    assert list(park_unit.parks.values_list("name", "is_main")) == [
        ("莱锦文化创意产业园", True),
        ("新园区", False),
    ]
    assert park_unit.district == "110105"


def test_the_unit_is_found_by_the_name_of_its_park(secretary, park_unit, as_user):
    as_user(secretary).post(url("park_add", park_unit), NEW)
    assert [list(Organization.objects.matching(t)) for t in ("新园区", "xyq", "xinyuanqu")] == [
        [park_unit]
    ] * 3


def test_a_name_that_the_unit_has_already_is_refused(secretary, park_unit, as_user):
    answer = as_user(secretary).post(url("park_add", park_unit), NEW | {"name": "莱锦文化创意产业园"})
    assert answer.status_code == 422
    assert park_unit.parks.count() == 1


IMPOSSIBLE = [
    ({"name": ""}, "name"),
    ({"name": "长" * 121}, "name"),
    ({"district": "110199"}, "district"),
    ({"district": ""}, "district"),
    ({"industries": ["01", "02", "03", "04"]}, "industries"),
    ({"industries": ["99"]}, "industries"),
    ({"platforms": ["x"]}, "platforms"),
    ({"park_type": "castle"}, "park_type"),
    ({"floor_area": "NaN"}, "floor_area"),
    ({"floor_area": "inf"}, "floor_area"),
    ({"floor_area": "1e30"}, "floor_area"),
    ({"floor_area": "-1"}, "floor_area"),
    ({"floor_area": "1.005"}, "floor_area"),
    ({"land_area": "-0.01"}, "land_area"),
    ({"parking_spaces": "-1"}, "parking_spaces"),
    ({"parking_spaces": "99999999999"}, "parking_spaces"),
    ({"parking_spaces": "1.5"}, "parking_spaces"),
    ({"longitude": "91", "datum": "WGS-84"}, "longitude"),
    ({"latitude": "NaN"}, "latitude"),
    ({"longitude": "116.5", "latitude": "39.9"}, "datum"),
    ({"lease_until": "2022-13-01"}, "lease_until"),
    ({"website": "ftp://"}, "website"),
    ({"introduction": "长" * 4001}, "introduction"),
]


def test_what_cannot_be_is_refused_beside_its_field(secretary, park_unit, as_user):
    assert refused(as_user(secretary), url("park_add", park_unit), NEW, IMPOSSIBLE) == {}
    assert park_unit.parks.count() == 1


def test_more_to_let_than_there_is_is_refused(secretary, park_unit, park, as_user):
    areas = {"floor_area": "100", "rentable_area": "101"}
    assert as_user(secretary).post(url("park_add", park_unit), NEW | areas).status_code == 422
    page = as_user(secretary).get(url("park_edit", park))
    assert as_user(secretary).post(url("park_edit", park), filled(page, **areas)).status_code == 422
    with pytest.raises(Refused, match="可出租面积不应大于建筑面积"):
        domain.update_park(
            park, by=secretary, version=park.version, changes={"rentable_area": Decimal(30001)}
        )


def test_fields_that_the_form_does_not_offer_are_not_taken(secretary, park_unit, other_unit, as_user):
    extra = {
        "organization": other_unit.pk,
        "is_main": "on",
        "is_demo": "on",
        "is_featured": "on",
        "version": "9",
        "id": "7",
    }
    as_user(secretary).post(url("park_add", park_unit), NEW | extra)
    park = Park.objects.get(name="新园区")
    assert (park.organization, park.is_main, park.is_demo, park.is_featured, park.version) == (
        park_unit,
        False,
        False,
        False,
        1,
    )


# --- edit -------------------------------------------------------------------------------------------------


def test_an_edit_changes_what_was_changed_and_counts_the_version_up(secretary, park_unit, park, as_user):
    client = as_user(secretary)
    page = client.get(url("park_edit", park))
    before = Park.objects.filter(pk=park.pk).values().get()
    client.post(url("park_edit", park), filled(page, address="朝阳区八里庄东里1号", tenure="leased"))
    after = Park.objects.filter(pk=park.pk).values().get()
    assert {n for n in after if after[n] != before[n]} == {"address", "tenure", "version", "updated_at"}
    assert activities(park_unit, "park.updated") == ["修改园区“莱锦文化创意产业园”：详细地址、产权性质"]


def ticked(page, name):
    """Values of the ticked boxes of one field, in the order of the page."""
    boxes = re.findall(
        rf'<input type="checkbox" name="{name}" value="([^"]+)"([^>]*)>', page.content.decode()
    )
    return [value for value, more in boxes if " checked" in more]


def test_sending_the_form_unchanged_changes_nothing(secretary, park_unit, park, as_user):
    client = as_user(secretary)
    kept = {
        "industries": ["03", "09", "02"],
        "facilities": ["library", "theatre", "gallery"],
        "platforms": ["government", "copyright", "finance"],
    }
    Park.objects.filter(pk=park.pk).update(**kept)
    page = client.get(url("park_edit", park))
    before = Park.objects.filter(pk=park.pk).values().get()
    # A browser sends ticked boxes in the order in which they stand on the page.
    boxes = {name: ticked(page, name) for name in kept}
    assert {name: sorted(values) for name, values in boxes.items()} == {n: sorted(v) for n, v in kept.items()}
    assert [name for name in kept if boxes[name] == kept[name]] == []
    assert client.post(url("park_edit", park), filled(page, **boxes)).status_code == 303
    assert Park.objects.filter(pk=park.pk).values().get() == before
    assert activities(park_unit, "park.updated") == []


def test_the_second_of_two_editors_sees_both_values_and_decides(secretary, secretary_general, park, as_user):
    first, second = as_user(secretary), as_user(secretary_general)
    page, other = first.get(url("park_edit", park)), second.get(url("park_edit", park))
    first.post(url("park_edit", park), filled(page, address="甲的地址"))
    conflict = second.post(url("park_edit", park), filled(other, address="乙的地址", industries=["05"]))
    body = conflict.content.decode()
    assert (conflict.status_code, "甲的地址" in body, "乙的地址" in body) == (409, True, True)
    park.refresh_from_db()
    assert (park.address, park.industries) == ("甲的地址", ["02"])
    assert second.post(url("park_edit", park), filled(conflict)).status_code == 303
    park.refresh_from_db()
    assert (park.address, park.industries) == ("乙的地址", ["05"])


def test_the_conflict_speaks_the_readers_language(secretary, park, as_user):
    """Codes and Python's own words for lists and nothing are not what a secretary reads."""
    client = as_user(secretary)
    page = client.get(url("park_edit", park))
    client.post(url("park_edit", park), filled(page, tenure="owned", industries=["01"], is_featured=""))
    conflict = client.post(
        url("park_edit", park), filled(page, tenure="leased", industries=["03"], opened_on="")
    )
    body = conflict.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert [w for w in ("自有", "租赁", "新闻信息服务", "创意设计服务") if w not in body] == []
    assert [w for w in ("owned", "leased", "[&#x27;", "None") if w in body] == []


def test_a_new_name_makes_the_old_one_a_former_name_of_the_park(secretary, park_unit, park):
    domain.update_park(park, by=secretary, version=park.version, changes={"name": "莱锦新名"})
    former = park.alternative_names.get()
    assert (former.kind, former.name, former.organization) == ("former", "莱锦文化创意产业园", park_unit)
    assert list(Organization.objects.matching("莱锦文化")) == [park_unit]
    park.refresh_from_db()
    assert park.pinyin_initials == "ljxm"


def test_the_main_parks_district_is_followed(secretary, park_unit, park):
    version = park_unit.version
    domain.update_park(park, by=secretary, version=park.version, changes={"district": "110112"})
    park_unit.refresh_from_db()
    assert (park_unit.district, park_unit.version) == ("110112", version + 1)


# --- main park --------------------------------------------------------------------------------------------


def test_another_park_becomes_the_main_one_and_twice_is_harmless(secretary, park_unit, as_user):
    second = domain.add_park(park_unit, by=secretary, name="第二园区", district="110108")
    client = as_user(secretary)
    assert client.get(url("park_main", second)).status_code == 405
    for _ in range(2):
        assert client.post(url("park_main", second)).status_code == 303
    park_unit.refresh_from_db()
    assert [p.name for p in park_unit.parks.filter(is_main=True)] == ["第二园区"]
    assert park_unit.district == "110108"
    assert activities(park_unit, "park.made_main") == ["把“第二园区”设为主园区"]


@pytest.mark.django_db(transaction=True)
def test_of_two_made_main_at_once_one_is(secretary):
    unit = make_organization("单位", park="甲园", people=False)
    others = [domain.add_park(unit, by=secretary, name=name, district="110108") for name in ("乙园", "丙园")]
    results = at_once(*[lambda park=park: domain.make_main(park, by=secretary) for park in others * 2])
    assert [r for r in results if isinstance(r, Exception)] == []
    assert unit.parks.filter(is_main=True).count() == 1


# --- numbers of a year ------------------------------------------------------------------------------------

YEAR = {"year": "2022", "rented_area": "20000", "tenants": "120", "culture_tenants": "96"}


def test_numbers_of_a_year_are_entered_and_corrected_in_one_row(secretary, park_unit, park, as_user):
    client = as_user(secretary)
    assert client.post(url("park_year", park), YEAR)["Location"] == f"/members/{park_unit.pk}/parks/"
    client.post(url("park_year", park), YEAR)
    client.post(url("park_year", park), YEAR | {"tenants": "130", "version": "1"})
    assert list(ParkYear.objects.values_list("year", "tenants", "culture_tenants")) == [(2022, 130, 96)]
    assert activities(park_unit, "park_year") == ["填报“莱锦文化创意产业园”2022 年度数据"] * 2


def test_two_who_report_the_same_year_see_both_values(secretary, park, as_user):
    client = as_user(secretary)
    domain.report_year(park, by=secretary, year=2022, tenants=100)
    for version in ("", "7"):
        answer = client.post(url("park_year", park), YEAR | {"version": version})
        assert answer.status_code == 409
        assert ("入驻企业数", 100, 120) in answer.context["conflict"].differences
    assert ParkYear.objects.get().tenants == 100
    assert client.post(url("park_year", park), YEAR | {"version": "1"}).status_code == 303
    assert ParkYear.objects.get().tenants == 120


def test_stored_numbers_are_shown_for_correction(secretary, park, as_user):
    domain.report_year(park, by=secretary, year=2021, tenants=55)
    page = as_user(secretary).get(url("park_year", park), {"year": "2021"})
    assert (page.context["form"]["year"].value(), page.context["form"]["tenants"].value()) == (2021, 55)
    for year in ("abc", "99999", "２０２１", "-1", "1e3"):
        assert as_user(secretary).get(url("park_year", park), {"year": year}).status_code == 200


IMPOSSIBLE_NUMBERS = [
    ({"culture_tenants": "121"}, "culture_tenants"),
    ({"tenants": "-1"}, "tenants"),
    ({"tenants": "3000000000"}, "tenants"),
    ({"year": "1989"}, "year"),
    ({"year": "2101"}, "year"),
    ({"year": ""}, "year"),
    ({"rented_area": "NaN"}, "rented_area"),
    ({"rented_area": "1e30"}, "rented_area"),
    ({"tax": "Infinity"}, "tax"),
    ({"rent": "12.345"}, "rent"),
    ({"tenant_revenue": "1" * 17}, "tenant_revenue"),
]


def test_numbers_that_cannot_be_are_refused_beside_their_field(secretary, park, as_user):
    assert refused(as_user(secretary), url("park_year", park), YEAR, IMPOSSIBLE_NUMBERS) == {}
    assert ParkYear.objects.count() == 0


def test_more_let_than_there_is_to_let_is_refused(secretary, park, as_user):
    answer = as_user(secretary).post(url("park_year", park), YEAR | {"rented_area": "25000.01"})
    assert answer.status_code == 422
    assert errors(answer) == {
        "rented_area": [
            "已出租面积 25,000.01 ㎡ 不应大于可出租面积 25,000 ㎡；如果可出租面积变了，请先改园区资料。"
        ]
    }
    assert ParkYear.objects.count() == 0


def test_a_year_of_another_park_is_not_touched(secretary, park, other_unit, as_user):
    other = other_unit.parks.get()
    domain.report_year(other, by=secretary, year=2022, tenants=7)
    as_user(secretary).post(url("park_year", park), YEAR | {"park": other.pk})
    assert sorted(ParkYear.objects.values_list("park", "tenants")) == sorted([(other.pk, 7), (park.pk, 120)])


@pytest.mark.django_db(transaction=True)
def test_two_reports_of_one_year_at_once_are_one_row(secretary):
    park = make_organization("单位", park="园区", people=False).parks.get()
    results = at_once(
        *[lambda n=n: domain.report_year(park, by=secretary, year=2022, tenants=n) for n in (1, 2, 3)]
    )
    assert [r for r in results if isinstance(r, Exception)] == []
    assert ParkYear.objects.count() == 1


# --- recognitions -----------------------------------------------------------------------------------------

TITLE = {"level": "municipal", "year": "2020", "title": "", "authority": "北京市文化改革和发展领导小组办公室"}


def test_a_recognition_is_registered_once(secretary, park_unit, park, as_user):
    client = as_user(secretary)
    for _ in range(2):
        answer = client.post(url("recognition_add", park), TITLE | {"_key": str(uuid.uuid4())})
        assert answer["Location"] == f"/members/{park_unit.pk}/recognitions/"
    assert (park.recognitions.get().level, park.recognitions.get().year) == ("municipal", 2020)
    assert activities(park_unit, "recognition") == ["登记认定：2020 北京市级文化产业园区"]
    assert "北京市级文化产业园区" in client.get(url("organization_recognitions", park_unit)).content.decode()


IMPOSSIBLE_TITLES = [
    ({"level": "x"}, "level"),
    ({"year": "1989"}, "year"),
    ({"year": "NaN"}, "year"),
    ({"valid_until": "x"}, "valid_until"),
    ({"title": "长" * 121}, "title"),
]


def test_a_recognition_that_cannot_be_is_refused(secretary, park, as_user):
    assert refused(as_user(secretary), url("recognition_add", park), TITLE, IMPOSSIBLE_TITLES) == {}
    assert Recognition.objects.count() == 0


def test_a_recognition_is_removed_with_a_reason_only(secretary, park_unit, park, as_user):
    client = as_user(secretary)
    recognition = domain.add_recognition(park, by=secretary, level="municipal", year=2020)
    address = url("recognition_remove", recognition)
    assert client.get(address).status_code == 200
    assert client.post(address, {"basis": ""}).status_code == 422
    assert Recognition.objects.count() == 1
    assert client.post(address, {"basis": "登记错误"}).status_code == 303
    assert client.post(address, {"basis": "登记错误"}).status_code == 404
    activity = Activity.objects.about(park_unit).first()
    assert (activity.sentence, activity.basis) == ("删除认定：2020 北京市级文化产业园区", "登记错误")
    domain.remove_recognition(recognition.__class__(pk=10**9), by=secretary, basis="再一次")
    assert len(activities(park_unit, "recognition.removed")) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_recognitions_at_once_one_is_registered(secretary):
    unit = make_organization("单位", park="园区", people=False)
    park = unit.parks.get()
    at_once(*[lambda: domain.add_recognition(park, by=secretary, level="municipal", year=2020)] * 3)
    assert (park.recognitions.count(), len(activities(unit, "recognition"))) == (1, 1)


# --- texts ------------------------------------------------------------------------------------------------


def test_scripts_are_shown_as_they_were_typed(secretary, park_unit, as_user):
    client, bad = as_user(secretary), "<script>alert(1)</script>"
    texts = (
        "name",
        "street",
        "address",
        "owner_name",
        "land_use",
        "former_use",
        "boundaries",
        "transport",
        "introduction",
    )
    client.post(url("park_add", park_unit), NEW | dict.fromkeys(texts, bad))
    park = Park.objects.get(name=bad)
    client.post(url("recognition_add", park), TITLE | {"title": bad, "authority": bad, "note": bad})
    client.post(url("park_main", park))
    pages = [
        url(n, park_unit)
        for n in ("organization", "organization_parks", "organization_recognitions", "organization_timeline")
    ]
    pages += [
        "/members/?columns=name,park_name,address",
        url("park_edit", park),
        url("recognition_add", park),
    ]
    pages += [url("recognition_remove", park.recognitions.get()), url("park_year", park)]
    for address in pages:
        body = client.get(address).content.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
