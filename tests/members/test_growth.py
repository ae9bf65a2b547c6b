"""会员增长与结构: the numbers are those of the roster rows that each of them opens."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.timezone import localdate

from members import growth
from members.choices import Grade
from members.domain import memberships, parks
from members.forms.roster import kept_listing
from members.models import Organization
from tests.factories import FOUNDED, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(secretary):
    """Founding members, later ones, one that left, one that came again in the month it left."""
    make_organization("演示甲", people=False, grade=Grade.PRESIDENT, district="110101")
    make_organization("演示乙", people=False, left=date(2022, 6, 30), category="investor")
    again = make_organization("演示丙", people=False, left=date(2022, 6, 1), category="technology")
    memberships.join(again, by=secretary, on=date(2022, 6, 30), basis="测试决议")
    late = make_organization("演示丁", people=False, joined=date(2022, 6, 15), park="演示丁园")
    parks.add_park(late, by=secretary, name="演示丁二园", district="110101")
    make_organization("演示未入会", people=False, joined=None)
    return list(Organization.objects.all())


def rows(secretary, address) -> int:
    return kept_listing(secretary, urlsplit(address).query).total


def test_each_month_is_that_of_the_roster(units, secretary):
    months = growth.months(localdate())
    assert [(m.label, m.joined, m.left, m.members) for m in months[:7]] == [
        ("2022-01", 3, 0, 3), ("2022-02", 0, 0, 3), ("2022-03", 0, 0, 3), ("2022-04", 0, 0, 3),
        ("2022-05", 0, 0, 3), ("2022-06", 2, 2, 3), ("2022-07", 0, 0, 3),
    ]  # fmt: skip
    assert (months[-1].last, len(months)) == (
        localdate(), (localdate().year - 2022) * 12 + localdate().month,
    )  # fmt: skip
    for month in (*months[:7], months[-1]):
        assert [rows(secretary, url) for url in (month.joined_url, month.left_url, month.members_url)] == [
            month.joined, month.left, month.members,
        ]  # fmt: skip


@pytest.mark.parametrize("day", [FOUNDED, date(2022, 6, 10), date(2022, 6, 30), None])
def test_each_part_is_that_of_the_roster(units, secretary, day):
    found = growth.structure(day or localdate())
    for parts in found.values():
        assert [rows(secretary, url) for _, _, url in parts] == [number for _, number, _ in parts]


def test_the_parts_add_up_and_a_unit_in_two_districts_counts_in_both(units):
    found = {
        kind: {label: n for label, n, _ in parts} for kind, parts in growth.structure(localdate()).items()
    }
    assert found == {
        "category": {"园区运营机构": 2, "文化科技企业": 1},
        "grade": {"会长单位": 1, "会员单位": 2},
        "district": {"东城区": 2, "朝阳区": 2},
    }


def test_what_lies_ahead_is_not_counted(secretary):
    make_organization("演示将来", people=False, joined=localdate() + timedelta(days=1))
    unit = make_organization("演示将退", people=False)
    memberships.leave(
        unit, by=secretary, on=localdate() + timedelta(days=1), reason="withdrawal", basis="测试"
    )
    last = growth.months(localdate())[-1]
    assert (last.joined, last.left, last.members) == (0, 0, 1)


def test_the_page_and_its_files(units, secretary, as_user, queries):
    client = as_user(secretary)
    client.get(reverse("members:growth"))
    cache.clear()
    with queries() as asked:
        page = client.get(reverse("members:growth")).content.decode()
    assert len(asked) <= 20
    assert ("2022-06" in page, "东城区" in page) == (True, True)
    one = client.get(reverse("members:growth"), {"year": 2022}).content.decode()
    assert ("2023-01" in one, "截至 2022年12月31日" in one) == (False, True)
    months = client.get(reverse("members:growth_download", args=["months", "csv"]), {"year": 2022})
    assert months.content.decode("utf-8-sig").splitlines()[:2] == ["月份,入会,退会,月末会员", "2022-01,3,0,3"]
    parts = client.get(reverse("members:growth_download", args=["structure", "xlsx"]))
    assert parts.content[:2] == b"PK"
    assert client.get(reverse("members:growth_download", args=["people", "csv"])).status_code == 404


def test_the_figures_take_six_queries_however_many_months(units, django_assert_num_queries):
    with django_assert_num_queries(6):
        growth.months(localdate())
        growth.structure(localdate())
