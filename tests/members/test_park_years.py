"""The yearly numbers of a park as its own people report them: what is refused, what is doubted, what is said."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.models import Activity
from members.domain import contacts, parks
from members.models import ContactRole, ParkYear
from tests.factories import make_user
from tests.forms import errors

# --- the form -------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db
YEAR = {"year": "2022", "rented_area": "20000", "tenants": "120", "culture_tenants": "96"}


@pytest.fixture
def park(park_unit):
    return park_unit.parks.get()


@pytest.fixture
def reporter(park_unit):
    return make_user("周填报", "reporter@test.cn", organization=park_unit, duty="reporter")


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


def url(park):
    return reverse("members:park_year", args=[park.pk])


def sentences(unit):
    return [a.sentence for a in Activity.objects.about(unit) if a.kind == "members.park_year.reported"]


@pytest.mark.parametrize("who", ["reporter", "manager", "secretary"])
def test_numbers_are_reported_and_who_did_it_is_kept(who, request, park_unit, park, as_user):
    person = request.getfixturevalue(who)
    client = as_user(person)
    answer = client.post(url(park), YEAR, follow=True)
    row = ParkYear.objects.get()
    assert (row.tenants, row.reported_by, row.reported_at is not None) == (120, person, True)
    assert sentences(park_unit) == ["填报“莱锦文化创意产业园”2022 年度数据"]
    assert "算出：出租率 80.0%，文化企业占比 80.0%。" in answer.content.decode()
    page = client.get(url(park), {"year": "2022"}).content.decode()
    assert f"上次由{person.full_name}于今天" in page


def test_a_liaison_and_other_units_do_not_report(park, member, other_member, treasurer, as_user):
    answers = [as_user(p).post(url(park), YEAR).status_code for p in (member, other_member, treasurer)]
    assert (answers, ParkYear.objects.count()) == ([403, 404, 403], 0)


def test_the_right_to_report_ends_with_the_duty(reporter, park, as_user):
    ContactRole.objects.filter(contact__user=reporter).update(until=localdate())
    assert as_user(reporter).post(url(park), YEAR).status_code == 404


def test_the_numbers_of_the_year_before_stand_beside_the_fields(manager, park, as_user):
    parks.report_year(park, by=None, year=2020, tenants=90)
    parks.report_year(park, by=None, year=2021, tenants=110, rent=Decimal("4.90"))
    text = as_user(manager).get(url(park), {"year": "2021"}).content.decode()
    assert ("2020 年：90 家" in text, "2021 年：110 家" in text) == (True, False)
    assert "2021 年：4.9 元/㎡·天" in as_user(manager).get(url(park)).content.decode()


def test_what_is_unlikely_is_saved_only_after_a_tick(manager, park, as_user):
    parks.report_year(park, by=None, year=2021, tenants=50)
    client, data = as_user(manager), YEAR | {"rent": "147"}
    answer = client.post(url(park), data)
    assert answer.status_code == 422
    assert list(errors(answer)) == ["confirmed"]
    text = answer.content.decode()
    doubted = ["入驻企业数 120 家，比 2021 年的 50 家多 140%。", "每天约 4.9 元"]
    assert [words in text for words in doubted] == [True, True]
    assert ParkYear.objects.filter(year=2022).count() == 0
    assert client.post(url(park), data | {"confirmed": "on"}).status_code == 303
    assert ParkYear.objects.get(year=2022).rent == Decimal(147)


def test_nothing_is_asked_to_be_ticked_where_nothing_is_unlikely(manager, park, as_user):
    assert "数字核对无误" not in as_user(manager).get(url(park)).content.decode()


def test_what_cannot_be_is_no_matter_of_a_tick(manager, park, as_user):
    data = YEAR | {
        "rented_area": "25000.01",
        "culture_tenants": "121",
        "large_tenants": "130",
        "confirmed": "on",
    }
    answer = as_user(manager).post(url(park), data)
    assert (answer.status_code, sorted(errors(answer))) == (
        422,
        ["culture_tenants", "large_tenants", "rented_area"],
    )
    assert errors(answer)["culture_tenants"] == ["文化企业数 121 不应多于入驻企业数 120。"]
    assert ParkYear.objects.count() == 0


def test_a_year_to_come_is_refused(manager, park, as_user):
    answer = as_user(manager).post(url(park), YEAR | {"year": str(localdate().year + 1)})
    assert errors(answer) == {"year": [f"{localdate().year + 1} 年还没有到。"]}


# --- what waits -----------------------------------------------------------------------------------------------


def todos(person):
    return [(t.title, t.due) for t in desk.desk.todos_for(person) if "填报“" in t.title]


@pytest.fixture
def on(monkeypatch):
    def set_day(day):
        monkeypatch.setattr("members.desk.roster.localdate", lambda: day)

    return set_day


def test_from_january_to_march_last_years_numbers_wait(reporter, park, on):
    parks.report_year(park, by=None, year=2025, tenants=90)
    on(date(2027, 2, 1))
    assert todos(reporter) == [("填报“莱锦文化创意产业园”2026 年度数据", date(2027, 3, 31))]
    on(date(2027, 4, 1))
    assert todos(reporter) == []


def test_who_never_reported_is_asked_all_year(manager, member, secretary, park, on):
    on(date(2026, 11, 23))
    assert todos(manager) == [("填报“莱锦文化创意产业园”年度数据", None)]
    assert (todos(member), todos(secretary)) == ([], [])
    contacts.assign_duty(park.organization, member.contact, by=None, duty="reporter")
    assert todos(member) == [("填报“莱锦文化创意产业园”年度数据", None)]
