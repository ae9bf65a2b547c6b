"""The roster: each filter gives exactly the units it means, each page costs the same for one row and thirty."""

from datetime import date

import pytest
from django.test import RequestFactory
from django.urls import reverse

from association import stamps
from members.domain import memberships, organizations, parks
from members.forms.roster import roster_listing
from members.models import Contact, Organization
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


@pytest.fixture
def units(db, secretary):
    """Seven units, each different in what the filters ask for."""
    jia = make_organization("甲", park="甲园", grade=10, nature="state")
    jia.parks.update(park_type="old_factory")
    parks.add_recognition(jia.parks.get(), by=None, level="municipal", year=2020)
    parks.add_recognition(jia.parks.get(), by=None, level="national", year=2023)

    make_organization("乙", joined=date(2022, 6, 1), district="110101", category="investor", nature="private")

    bing = make_organization("丙", park="丙园", left=date(2022, 9, 1), grade=20)
    parks.add_recognition(bing.parks.get(), by=None, level="model", year=2020)

    make_organization("丁", joined=None, people=False, category="other")

    wu = make_organization(
        "戊", joined=date(2023, 1, 10), park="戊园", district="110108", category="technology"
    )
    second = parks.add_park(
        wu, by=None, name="戊二园", district="110112", industries=["01", "05"], park_type="new"
    )
    parks.add_recognition(second, by=None, level="other", year=2020)

    ji = make_organization("己", park="己园", credit_code="", district="110101")
    memberships.add_post(ji, by=None, grade=50, since=date(2022, 3, 1), basis="选举")
    memberships.end_post(ji.posts.get(), by=None, until=date(2022, 10, 1), basis="辞任")

    geng = make_organization("庚", left=date(2022, 5, 1), people=False)
    memberships.join(geng, by=None, on=date(2022, 11, 1))
    organizations.tag_organizations(Organization.objects.filter(name__in=["甲", "乙"]), by=None, name="重点")
    organizations.tag_organizations(Organization.objects.filter(name__in=["乙", "丁"]), by=None, name="观察")
    return {unit.name: unit for unit in Organization.objects.all()}


@pytest.fixture
def found(secretary):
    def names(query, user=None):
        request = RequestFactory().get(f"/members/?{query}")
        request.user = user or secretary
        listing = roster_listing(request)
        assert listing.is_valid, listing.filterset.form.errors
        listed = "".join(Organization.objects.in_bulk(listing.pks)[pk].name for pk in listing.pks)
        assert listing.total == len(listed)
        return "".join(sorted(listed, key="甲乙丙丁戊己庚".index))

    return names


FILTERS = {
    # standing, on a day
    "": "甲乙戊己庚",
    "standing=active": "甲乙戊己庚",
    "standing=left": "丙",
    "standing=ever": "甲乙丙戊己庚",
    "standing=all": "甲乙丙丁戊己庚",
    "as_of=2022-01-25": "",
    "as_of=2022-01-26": "甲丙己庚",
    "as_of=2022-06-30": "甲乙丙己",
    "as_of=2022-06-30&standing=left": "庚",
    "as_of=2022-06-30&standing=ever": "甲乙丙己庚",
    "as_of=2022-12-31": "甲乙己庚",
    "as_of=2022-12-31&standing=left": "丙",
    "as_of=2022-11-01": "甲乙己庚",
    "as_of=2022-10-31": "甲乙己",
    # district: the unit's own or that of any of its parks
    "district=110105": "甲庚",
    "district=110112": "戊",
    "district=110101": "乙己",
    "district=110108&district=110101": "乙戊己",
    # category, nature
    "category=investor": "乙",
    "category=investor&category=technology": "乙戊",
    "category=other&standing=all": "丁",
    "nature=state": "甲",
    "nature=private&nature=state": "甲乙",
    # grade, on a day
    "grade=10": "甲",
    "grade=20": "",
    "grade=20&as_of=2022-08-31": "丙",
    "grade=50": "",
    "grade=50&as_of=2022-09-30": "己",
    "grade=90": "乙戊己庚",
    "grade=90&as_of=2022-09-30": "乙",
    "grade=10&grade=90": "甲乙戊己庚",
    "grade=90&standing=all": "乙戊己庚",
    "grade=20&standing=left": "",
    # recognition: the year is that of the same title, and none is known before its year
    "level=municipal": "甲",
    "level=model": "",
    "level=model&standing=all": "丙",
    "level=municipal_any&standing=all": "甲丙",
    "level=other": "戊",
    "level=national": "甲",
    "level=national&as_of=2022-12-31": "",
    "level=national&recognition_year=2020": "",
    "level=municipal&recognition_year=2020": "甲",
    "recognition_year=2020": "甲戊",
    "recognition_year=2023": "甲",
    "recognition_year=2019": "",
    # joined between
    "joined_after=2022-06-01": "乙戊庚",
    "joined_before=2022-06-01": "甲乙己庚",
    "joined_after=2022-02-01&joined_before=2022-12-31": "乙庚",
    "joined_after=2023-02-01": "",
    # industry and type of any park
    "industry=02": "甲戊己",
    "industry=05": "戊",
    "industry=05&industry=01": "戊",
    "park_type=old_factory": "甲",
    "park_type=new&park_type=old_factory": "甲戊",
    # profile that lacks something
    "incomplete=true": "己庚",
    "incomplete=true&standing=all": "丁己庚",
    # text
    "q=戊": "戊",
    "q=戊二": "戊",
    "q=yi": "乙",
    # together
    "district=110101&category=investor&q=乙": "乙",
    "district=110105&nature=state&grade=10&level=municipal&industry=02": "甲",
    "district=110105&nature=private": "",
}


def test_each_filter_gives_exactly_the_units_it_means(units, found):
    assert {query: found(query) for query in FILTERS} == FILTERS


def test_a_tag_gives_its_bearers_once_in_any_order(units, found):
    tags = {t.tag.name: t.tag_id for t in units["乙"].taggings.all()}
    assert found(f"tag={tags['重点']}") == "甲乙"
    assert found(f"tag={tags['重点']}&tag={tags['观察']}&standing=all") == "甲乙丁"
    for sort in ("grade", "-joined_on", "name", "district"):
        assert found(f"tag={tags['重点']}&tag={tags['观察']}&sort={sort}") == "甲乙"


def test_every_column_can_be_shown_and_every_sortable_one_sorted_by(units, secretary, treasurer, as_user):
    for person in (secretary, treasurer):
        client = as_user(person)
        page = client.get("/members/?standing=all")
        keys = [c.key for c in page.context["listing"].allowed_columns]
        assert client.get(f"/members/?standing=all&columns={','.join(keys)}").status_code == 200
        sortable = [c.key for c in page.context["listing"].allowed_columns if c.sort]
        answers = {
            k: client.get(f"/members/?standing=all&sort={sign}{k}").status_code
            for k in sortable
            for sign in ("", "-")
        }
        assert answers == dict.fromkeys(sortable, 200)


def test_the_list_shows_values_as_they_stood_on_the_day(units, secretary, as_user):
    address = "/members/?q=丙&columns=name,grade,standing,joined_on,left_on,recognition_level&standing=ever"
    rows = [
        as_user(secretary).get(f"{address}&as_of={day}").content.decode()
        for day in ("2022-08-31", "2022-09-01")
    ]
    assert [("副会长单位" in r, "在籍</span>" in r, "已退会</span>" in r) for r in rows] == [
        (True, True, False),
        (False, False, True),
    ]


# --- what it costs ----------------------------------------------------------------------------------------


def many(number):
    """Units with everything that a row can show."""
    made = []
    for n in range(number):
        unit = make_organization(f"众{n:02d}", park=f"众园{n:02d}", grade=20)
        parks.add_recognition(unit.parks.get(), by=None, level="municipal", year=2020)
        parks.report_year(unit.parks.get(), by=None, year=2021, tenants=10, culture_tenants=5)
        organizations.add_name(unit, by=None, kind="short", name=f"众简{n}")
        made.append(unit)
    organizations.tag_organizations(Organization.objects.all(), by=None, name="众")
    return made


def cost(client, address, queries):
    client.get(address)
    with queries() as captured:
        assert client.get(address).status_code == 200
    return len(captured)


ADDRESSES = [
    "/members/",
    "/members/?district=110105&sort=-grade&q=众",
    "/members/?as_of=2022-12-31&incomplete=&level=municipal_any&joined_after=2022-01-01",
]


def test_the_list_costs_at_most_fifteen_queries_and_twenty_just_after_a_change(secretary, as_user, queries):
    many(21)
    client = as_user(secretary)
    assert max(cost(client, address, queries) for address in ADDRESSES) <= 15
    stamps.bump()
    with queries() as captured:
        client.get("/members/")
    # The menu's counts and the unread letters are counted again then, once for everybody.
    assert len(captured) <= 20


def test_the_list_costs_the_same_for_one_row_and_for_twenty(secretary, as_user, queries, settings):
    """Without any cache, so that nothing is hidden by what was kept."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    client = as_user(secretary)
    keys = ",".join(c.key for c in columns_for(secretary))
    addresses = [*ADDRESSES, f"/members/?columns={keys}"]
    many(1)
    one = {address: cost(client, address, queries) for address in addresses}
    many(21)
    assert {address: cost(client, address, queries) for address in addresses} == one


def columns_for(user):
    request = RequestFactory().get("/members/")
    request.user = user
    return roster_listing(request).allowed_columns


TABS = ("organization", "organization_parks", "organization_contacts", "organization_recognitions",
        "organization_membership", "organization_timeline", "organization_files")  # fmt: skip


def test_every_tab_costs_the_same_for_a_small_and_a_large_unit(
    secretary, member, park_unit, as_user, queries
):
    clients = [as_user(secretary), as_user(member)]
    small = {tab: [cost(c, url(tab, park_unit), queries) for c in clients] for tab in TABS}
    for n in range(6):
        park = parks.add_park(park_unit, by=secretary, name=f"园{n}", district="110105")
        organizations.add_name(park_unit, by=secretary, kind="short", name=f"简{n}", park=None)
        organizations.add_name(park_unit, by=secretary, kind="former", name=f"旧{n}", park=park)
        for year in (2020, 2021):
            parks.report_year(park, by=secretary, year=year, tenants=10)
            parks.add_recognition(park, by=secretary, level="municipal", year=year)
        memberships.add_post(park_unit, by=secretary, grade=50, since=date(2022, 3, n + 1), basis="选举")
        organizations.tag_organizations(Organization.objects.all(), by=secretary, name=f"签{n}")
        contact = Contact.objects.create(name=f"人员{n}", mobile="13812345678")
        park_unit.contact_roles.create(contact=contact, duty="finance", is_primary=False)
    large = {tab: [cost(c, url(tab, park_unit), queries) for c in clients] for tab in TABS}
    assert large == small
    assert max(max(costs) for costs in large.values()) <= 20


# --- who sees it ------------------------------------------------------------------------------------------


def test_a_member_sees_their_own_unit_and_no_other(park_unit, other_unit, member, as_user):
    client = as_user(member)
    own = {tab: client.get(url(tab, park_unit)).status_code for tab in TABS}
    others = {tab: client.get(url(tab, other_unit)).status_code for tab in TABS}
    assert (own, others) == (dict.fromkeys(TABS, 200), dict.fromkeys(TABS, 404))
    assert client.get("/members/").status_code == 403


def test_bank_columns_are_the_treasurers_in_list_and_chooser(
    park_unit, secretary, treasurer, auditor, as_user
):
    Organization.objects.update(bank_name="演示银行", bank_account="6222020200000001")
    seen = {}
    for person in (secretary, treasurer, auditor):
        client = as_user(person)
        list_page = client.get("/members/?columns=name,bank_name,bank_account").content.decode()
        chooser = client.get("/members/columns/").content.decode()
        search = client.get("/search/?q=6222020200000001").content.decode()
        filtered = client.get("/members/?bank_account=6222020200000001&sort=bank_account").content.decode()
        seen[person] = (
            "6222020200000001" in list_page,
            "银行账号" in chooser,
            "莱锦" in search,
            filtered.count('aria-sort="ascending"'),
        )
    assert seen == {
        secretary: (False, False, False, 0),
        treasurer: (True, True, False, 0),
        auditor: (False, False, False, 0),
    }


# --- districts --------------------------------------------------------------------------------------------


def test_the_overview_by_district_counts_units_by_their_own_and_parks_by_theirs(units, secretary, as_user):
    page = as_user(secretary).get("/members/districts/?as_of=2023-06-30")
    rows = {
        r["label"]: (r["units"], r["operators"], r["parks"], r["recognized"])
        for r in page.context["rows"]
        if r["units"] or r["parks"]
    }
    assert rows == {
        "东城区": (2, 1, 1, 0),
        "朝阳区": (2, 2, 1, 1),
        "海淀区": (1, 0, 1, 0),
        "通州区": (0, 0, 1, 0),
    }
    assert page.context["total"] == 5


def test_a_day_that_is_none_is_today(units, secretary, as_user):
    for day in ("", "abc", "2022-02-30", "99999-01-01", "1e9"):
        assert as_user(secretary).get("/members/districts/", {"as_of": day}).context["total"] == 5


# --- the dialogs beside it --------------------------------------------------------------------------------


def test_dialogs_are_fragments_within_the_list_and_pages_without_javascript(units, secretary, as_user):
    client = as_user(secretary)
    for name in ("roster_filters", "roster_columns", "roster_views"):
        address = reverse(f"members:{name}") + "?district=110105&sort=grade&columns=name,grade"
        page, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
        assert (page.status_code, part.status_code) == (200, 200)
        assert ("<html" in page.content.decode(), "<html" in part.content.decode()) == (True, False)


def test_the_filter_dialog_shows_what_is_wrong_and_keeps_the_rest(secretary, as_user):
    body = (
        as_user(secretary).get("/members/filters/?as_of=x&district=110105&sort=grade&q=莱锦").content.decode()
    )
    assert 'name="sort" value="grade"' in body
    assert 'value="110105" ' in body
