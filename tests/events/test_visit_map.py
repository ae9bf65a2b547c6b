"""走访足迹: the numbers, the tiles and the lists of a year say the same, and each number opens its rows."""

import re
from datetime import date

import pytest
from django.urls import reverse

from events import footprint
from events.footprint import Asked, Tally
from members.domain import parks
from tests.factories import make_organization
from tests.factories.happenings import make_series
from tests.factories.visiting import held_on, visited

pytestmark = pytest.mark.django_db
PAGE = "/events/visits/"
CHAOYANG, DONGCHENG, HAIDIAN = "110105", "110101", "110108"


@pytest.fixture
def series(secretary):
    return make_series("案例云参访", unit="session")


def unit(name, district=CHAOYANG, **fields):
    return make_organization(name, park=f"{name}园区", district=district, people=False, **fields)


@pytest.fixture
def year(series):
    """2022: 甲 visited twice, and in its second park in another district; 乙 not; 丙 left before the year's end and was
    visited before; 丁 joined in 2023; 戊 has no park."""
    units = {name: unit(f"演示{name}") for name in "甲乙"}
    units["丙"] = unit("演示丙", HAIDIAN, left=date(2022, 9, 1))
    units["丁"] = unit("演示丁", joined=date(2023, 2, 1))
    make_organization("演示戊", people=False)
    second = parks.add_park(units["甲"], by=None, name="演示甲二园", district=DONGCHENG)
    parks.add_park(units["乙"], by=None, name="演示乙二园", district=DONGCHENG)
    first, third = units["甲"].parks.get(is_main=True), units["丙"].parks.get()
    visited(held_on(series, 2022, 3, 1), first, third, mode="live", tags=["digital"])
    visited(held_on(series, 2022, 6, 1), first, mode="onsite", tags=["professional", "digital"])
    visited(held_on(series, 2022, 8, 1), second, mode="recorded")
    return units


def names(page):
    """The units of the first column."""
    return re.findall(r'<td class="name">(?:<a[^>]*>)?([^<]+)', page.content.decode())


def got(client, **query):
    return client.get(PAGE, {"year": 2022} | query)


def test_the_numbers_and_their_rows(year, secretary):
    found = Asked(2022)
    assert [(u.name, u.number, u.last) for u in footprint.visited_units(secretary, found)] == [
        ("演示甲", 3, date(2022, 8, 1)),
        ("演示丙", 1, date(2022, 3, 1)),
    ]
    assert [u.name for u in footprint.waiting_units(found)] == ["演示乙"]
    assert [u.name for u in footprint.waiting_units(Asked(2023))] == ["演示丁", "演示甲", "演示乙"]


def test_a_unit_counts_in_each_district_in_which_it_has_a_park(year, secretary):
    assert footprint.by_district(secretary, 2022) == {
        CHAOYANG: Tally(1, 1), DONGCHENG: Tally(1, 1), HAIDIAN: Tally(1, 0),
    }  # fmt: skip
    for code, tally in footprint.by_district(secretary, 2022).items():
        asked = Asked(2022, district=code)
        lists = footprint.visited_units(secretary, asked), footprint.waiting_units(asked)
        assert tuple(rows.count() for rows in lists) == (tally.visited, tally.waiting)


def test_each_number_of_the_page_opens_as_many_rows(year, secretary, as_user):
    client = as_user(secretary)
    page = got(client).content.decode()
    numbers = re.findall(r'<a class="figure" href="([^"]+)"><b>(\d+)</b>', page)
    assert [int(number) for _, number in numbers] == [2, 4, 1]
    for address, number in numbers:
        assert len(names(client.get(address.replace("&amp;", "&")))) == int(number)
    table = re.findall(r'<a href="(/events/visits/[^"]+)">(\d+)<span class="aloud">', page)
    assert len(table) == 5
    for address, number in table:
        assert len(names(client.get(address.replace("&amp;", "&")))) == int(number)
    assert re.findall(r'tile__count" x="\d+" y="\d+">(\d/\d)<', page) == ["1/1", "1/2", "1/2"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"tag": "digital"}, ["演示甲", "演示丙"]),
        ({"tag": "professional"}, ["演示甲"]),
        ({"mode": "recorded", "district": CHAOYANG}, []),
        ({"mode": "live", "district": HAIDIAN}, ["演示丙"]),
        ({"tab": "waiting", "district": DONGCHENG}, ["演示乙"]),
        ({"tab": "records", "mode": "live"}, ["演示甲园区", "演示丙园区"]),
        ({"year": 2021}, []),
    ],
)
def test_the_filters(year, secretary, as_user, query, wanted):
    assert names(got(as_user(secretary), **query)) == wanted


def test_a_wrong_filter_is_named_and_narrows_nothing(year, secretary, as_user):
    page = got(as_user(secretary), mode="x")
    assert (page.status_code, names(page)) == (422, ["演示甲", "演示丙"])


def test_members_read_of_public_visits_and_of_their_own_park_not_who_is_left(year, member, as_user):
    page = got(as_user(member), tab="waiting")
    text = page.content.decode()
    assert names(page) == ["演示甲"]  # 丙 is a member no more, its park in no directory
    assert ("演示乙" in text, "莱锦文化创意产业园：2022年还没有走访。" in text) == (False, True)


def test_who_is_no_member_does_not_open_it(stranger, as_user):
    client = as_user(stranger)
    assert (client.get(PAGE).status_code, client.post(PAGE).status_code) == (403, 405)


def test_the_lists_cost_the_same_for_few_and_for_many(series, secretary, as_user, queries):
    client, event = as_user(secretary), held_on(series, 2022, 3, 1)
    many = [unit(f"演示多{n:02d}") for n in range(30)]
    visited(event, many[0].parks.get())

    def cost(tab):
        with queries() as captured:
            assert got(client, tab=tab).status_code == 200
        return len(captured)

    got(client)
    few = {tab: cost(tab) for tab in ("visited", "waiting", "records")}
    visited(event, *(one.parks.get() for one in many[1:15]))
    assert ({tab: cost(tab) for tab in few}, max(few.values()) <= 20) == (few, True)
    address = reverse("events:event", args=[event.pk])
    with queries() as captured:
        client.get(address)
    before = len(captured)
    visited(event, *(one.parks.get() for one in many[15:]))
    with queries() as captured:
        client.get(address)
    assert (len(captured), before <= 20) == (before, True)
