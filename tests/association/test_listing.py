"""Lists: what the address asks for, what the person may see, what the person keeps."""

from datetime import date

import pytest
from django.test import RequestFactory
from django.urls import reverse

from association import stamps
from association.listing import PAGE_SIZE
from association.models import ColumnChoice, SavedView
from members.domain import memberships, organizations
from members.forms.roster import roster_listing
from members.models import Organization
from tests.factories import FOUNDED, make_organization

pytestmark = pytest.mark.django_db
ROSTER = "/members/"


@pytest.fixture
def listing(secretary):
    """`listing("page=2")` is the roster's listing of that address, as the secretary (or `user`) sees it."""

    def asked(query="", user=None):
        request = RequestFactory().get(f"{ROSTER}?{query}")
        request.user = user or secretary
        return roster_listing(request)

    return asked


@pytest.fixture
def many(db):
    """45 member units: three pages."""
    made = Organization.objects.bulk_create(
        Organization(name=f"单位{n:02d}", member_number=f"BCIPA-2022-{n:04d}", district="110105")
        for n in range(45)
    )
    for unit in made:
        unit.memberships.create(joined_on=FOUNDED)
    return made


def names(listing):
    position = list(listing.columns.by_key).index("name")
    return [row["cells"][position] for row in listing.rows]


# --- pages ------------------------------------------------------------------------------------------------


def test_pages_follow_on_one_another_without_gap_or_overlap(listing, many):
    pages = [listing(f"page={n}").pks for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert [*pages[0], *pages[1], *pages[2]] == [unit.pk for unit in many]


def test_pages_do_not_overlap_when_all_rows_sort_alike(listing, many):
    sorts = ["district", "-district", "category", "grade", "joined_on"]
    found = {s: sorted(pk for n in (1, 2, 3) for pk in listing(f"sort={s}&page={n}").pks) for s in sorts}
    assert found == {key: [unit.pk for unit in many] for key in sorts}


def test_a_page_out_of_range_is_brought_into_it(listing, many):
    wanted = {
        1: ["", "0", "-1", "abc", "1.5", "2e0", "+2", " 2", "NaN"],
        2: ["2", "02"],
        3: ["3", "4", "1000000000", "9" * 400, "²", "٣", "２"],
    }
    given = {
        number: [t for t in texts if listing(f"page={t}").page == number] for number, texts in wanted.items()
    }
    assert given == wanted


def test_the_range_is_said_in_words_and_neighbours_have_addresses(listing, many):
    found = listing("district=110105&page=2")
    assert (found.first, found.last, found.total, found.pages) == (21, 40, 45, 3)
    assert found.previous_url == "/members/?district=110105&page=1"
    assert found.next_url == "/members/?district=110105&page=3"
    assert (listing("page=1").previous_url, listing("page=3").next_url) == ("", "")


def test_an_empty_list_has_one_page_and_no_rows(listing):
    found = listing()
    assert (found.total, found.pages, found.page, found.first, found.last, found.rows) == (0, 1, 1, 0, 0, [])


def test_twenty_rows_are_a_page():
    assert PAGE_SIZE == 20


# --- sort -------------------------------------------------------------------------------------------------


def test_a_sortable_column_sorts_both_ways(listing, many):
    assert listing("sort=member_number").pks[0] == many[0].pk
    assert listing("sort=-member_number").pks[0] == many[-1].pk


@pytest.mark.parametrize(
    "sort",
    ["bank_account", "-bank_account", "bank_name", "password", "pk", "-pk", "contact_roles__contact__mobile",
     "liaison_mobile", "standing", "--member_number-", "'", "?", "search_text"],
)  # fmt: skip
def test_what_may_not_be_sorted_by_is_passed_over(listing, many, sort):
    found = listing(f"sort={sort}")
    assert found.sort == (None, False)
    assert found.pks == listing().pks


def test_headers_offer_only_what_may_be_sorted_by(listing, many):
    headers = {h.column.key: h for h in listing("columns=member_number,standing&sort=member_number").headers}
    assert headers["standing"].url == ""
    assert headers["member_number"].direction == "ascending"
    assert headers["member_number"].url.endswith("sort=-member_number")


def test_units_without_a_value_come_last_either_way(listing, secretary):
    with_number = make_organization("有编号", people=False)
    without = Organization.objects.create(name="未入会")
    later = make_organization("后入会", people=False, joined=date(2022, 6, 1))
    assert listing("standing=all&sort=joined_on").pks == [with_number.pk, later.pk, without.pk]
    assert listing("standing=all&sort=-joined_on").pks == [later.pk, with_number.pk, without.pk]


# --- columns ----------------------------------------------------------------------------------------------


def test_the_usual_columns_are_shown_when_nothing_is_asked(listing, many):
    assert list(listing().columns.by_key) == [c.key for c in listing().allowed_columns if c.shown]


def test_the_address_names_columns_and_their_order(listing, many):
    assert list(listing("columns=standing,name").columns.by_key) == ["standing", "name"]


def test_unknown_and_repeated_columns_are_passed_over(listing, many):
    assert list(listing("columns=name,name,nothing,__class__,grade").columns.by_key) == ["name", "grade"]
    assert list(listing("columns=nothing").columns.by_key) == list(listing().columns.by_key)


def test_a_hidden_column_is_not_shown_to_whom_it_is_hidden_from(listing, many, treasurer):
    assert list(listing("columns=name,bank_account").columns.by_key) == ["name"]
    assert list(listing("columns=name,bank_account", user=treasurer).columns.by_key) == [
        "name",
        "bank_account",
    ]


def test_chosen_columns_are_remembered_for_one_person_and_one_list(
    listing, many, secretary, treasurer, as_user
):
    url, back = reverse("association:choose_columns"), "/members/?district=110105"
    data = {"listing": "members.roster", "columns": ["name", "district"], "next": back}
    answer = as_user(secretary).post(url, data)
    assert (answer.status_code, answer["Location"]) == (303, back)
    assert list(listing().columns.by_key) == ["name", "district"]
    assert list(listing("columns=name").columns.by_key) == ["name"]
    assert "district" in listing(user=treasurer).columns.by_key
    assert len(listing(user=treasurer).columns.by_key) > 2


def test_choosing_nothing_brings_the_usual_columns_back(listing, many, secretary, as_user):
    client, url = as_user(secretary), reverse("association:choose_columns")
    usual = list(listing().columns.by_key)
    client.post(url, {"listing": "members.roster", "columns": ["name"]})
    client.post(url, {"listing": "members.roster"})
    assert list(listing().columns.by_key) == usual
    assert ColumnChoice.objects.count() == 1


def test_a_hidden_column_that_is_asked_to_be_remembered_stays_hidden(listing, many, secretary, as_user):
    data = {"listing": "members.roster", "columns": ["name", "bank_account"]}
    as_user(secretary).post(reverse("association:choose_columns"), data)
    assert list(listing().columns.by_key) == ["name"]


def test_a_name_that_no_column_can_have_is_not_stored(secretary, as_user):
    data = {"listing": "members.roster", "columns": ["x" * 900, "a b", "名", "1x", "' or 1", *["name"] * 99]}
    assert as_user(secretary).post(reverse("association:choose_columns"), data).status_code == 303
    stored = ColumnChoice.objects.get().columns
    assert len(stored) == 60
    assert max(map(len, stored)) == 60


@pytest.mark.parametrize("name", ["", "x" * 61, "名册", "a/b", "<script>"])
def test_the_name_of_a_list_is_checked(secretary, as_user, name):
    answer = as_user(secretary).post(
        reverse("association:choose_columns"), {"listing": name, "columns": ["name"]}
    )
    assert answer.status_code == 422
    assert ColumnChoice.objects.count() == 0


# --- pills ------------------------------------------------------------------------------------------------


def pills(listing):
    return {pill.label: pill.text for pill in listing.pills}


def test_each_filter_in_force_is_a_pill_in_words(listing, park_unit, secretary):
    organizations.tag_organizations(Organization.objects.all(), by=secretary, name="重点")
    tag = park_unit.taggings.get().tag_id
    query = (
        "q=莱锦&as_of=2022-12-31&standing=left&district=110105&district=110101&category=investor&grade=20"
        f"&level=municipal_any&recognition_year=2020&joined_after=2022-01-01&joined_before=2022-12-31"
        f"&industry=02&park_type=old_factory&nature=state&tag={tag}&incomplete=true"
    )
    assert pills(listing(query)) == {
        "搜索": "莱锦",
        "截至": "2022年12月31日",
        "状态": "已退会",
        "区": "朝阳区、东城区",
        "类别": "文化投资机构",
        "级别": "副会长单位",
        "认定": "市级及以上各级",
        "认定年度": "2020",
        "入会不早于": "2022年1月1日",
        "入会不晚于": "2022年12月31日",
        "主导产业": "内容创作生产",
        "园区类型": "老旧厂房改造",
        "企业性质": "国有",
        "标签": "重点",
        "资料待完善": "是",
    }


def test_a_pill_leads_to_the_list_without_it_on_the_first_page(listing, many):
    found = {
        p.label: p.url for p in listing("district=110105&nature=state&nature=private&page=2&sort=grade").pills
    }
    assert found["企业性质"] == "/members/?district=110105&sort=grade"
    assert found["区"] == "/members/?nature=state&nature=private&sort=grade"


def test_no_filter_no_pill(listing, many):
    assert pills(listing("page=2&sort=grade&columns=name&view=5")) == {}
    assert pills(listing("q=&district=&as_of=&incomplete=")) == {}


def test_text_in_a_pill_is_escaped_on_the_page(secretary, as_user):
    body = as_user(secretary).get(ROSTER, {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body


# --- bad filters ------------------------------------------------------------------------------------------


BAD = [
    "as_of=2022-02-30", "as_of=abc", "as_of=99999-01-01", "as_of=1899-12-31", "district=110199", "grade=abc",
    "grade=90.5", "level=x", "recognition_year=NaN", "recognition_year=1e30", "recognition_year=2020;drop",
    "joined_after=x", "tag=abc", "tag=99999999999999999999999999", "tag=-1", "standing=x", "category=x",
    "industry=99", "park_type=x", "nature=x", "q=" + "长" * 101,
]  # fmt: skip


def test_a_filter_that_means_nothing_leaves_no_rows(listing, park_unit):
    found = {query: listing(query) for query in BAD}
    assert {q: (f.is_valid, f.total, f.pks, f.pills) for q, f in found.items()} == dict.fromkeys(
        BAD, (False, 0, [], [])
    )


def test_a_filter_that_means_nothing_is_answered_422(secretary, park_unit, as_user):
    page = as_user(secretary).get(f"{ROSTER}?as_of=2022-02-30")
    assert page.status_code == 422
    assert "莱锦" not in page.content.decode()


# --- the count --------------------------------------------------------------------------------------------


def test_the_count_is_kept_until_the_next_verb(
    listing, park_unit, secretary, queries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        make_organization("第二家", people=False)
    assert listing().total == 2
    with queries() as captured:
        assert listing().total == 2
    assert len(captured) == 0
    with django_capture_on_commit_callbacks(execute=True):
        make_organization("第三家", people=False)
    assert listing().total == 3
    assert "第三家" in names(listing())


def test_a_verb_that_is_rolled_back_does_not_disturb_the_count(listing, park_unit):
    before = stamps.current()
    with pytest.raises(ValueError):
        memberships.leave(park_unit, by=None, on=date(2022, 5, 1), reason="unknown", basis="测试")
    assert stamps.current() == before


def test_the_count_is_kept_apart_for_each_filter_and_each_person(listing, park_unit, other_unit, member):
    assert listing().total == 2
    assert listing("district=110101").total == 1
    assert listing("district=110105").total == 1
    assert listing("district=110105&page=9&sort=grade&columns=name").total == 1
    assert listing(user=member).total == 1


# --- addresses and saved views ----------------------------------------------------------------------------


def test_an_address_is_changed_one_part_at_a_time(listing):
    found = listing("q=莱锦&page=3&district=110105&district=110101")
    assert found.url() == "/members/?q=%E8%8E%B1%E9%94%A6&page=3&district=110105&district=110101"
    assert found.url(page=None, q=None) == "/members/?district=110105&district=110101"
    assert found.url(q=None, page=None, district=None) == "/members/"
    assert found.url(page=4, district="110108") == "/members/?q=%E8%8E%B1%E9%94%A6&page=4&district=110108"


def test_the_query_of_a_view_leaves_the_page_out(listing):
    assert listing("district=110105&page=3&view=7&sort=-grade").query == "district=110105&sort=-grade"


def test_parameters_cannot_break_out_of_an_address(listing, secretary, as_user):
    found = listing("q=%22%3E%3Cscript%3E&x=%0d%0aSet-Cookie:a=b")
    assert found.url(page=2) == "/members/?q=%22%3E%3Cscript%3E&x=%0D%0ASet-Cookie%3Aa%3Db&page=2"
    body = as_user(secretary).get(f"{ROSTER}?q=%22%3E%3Cscript%3E").content.decode()
    assert '"><script>' not in body


SAVE = {
    "listing": "members.roster",
    "name": "朝阳会员",
    "query": "district=110105&sort=grade",
    "next": "/members/",
}


def test_a_view_is_kept_under_its_name_and_shown(secretary, listing, as_user):
    client = as_user(secretary)
    answer = client.post(reverse("association:save_view"), SAVE)
    assert (answer.status_code, answer["Location"]) == (303, "/members/")
    assert [(v.name, v.query, v.is_shared) for v in listing().saved_views] == [
        ("朝阳会员", "district=110105&sort=grade", False)
    ]
    assert "朝阳会员" in client.get(ROSTER).content.decode()


def test_a_view_of_the_same_name_is_replaced(secretary, as_user):
    client = as_user(secretary)
    client.post(reverse("association:save_view"), SAVE)
    client.post(reverse("association:save_view"), SAVE | {"query": "district=110108"})
    assert SavedView.objects.get().query == "district=110108"


def test_a_shared_view_is_seen_by_colleagues_and_an_own_one_is_not(secretary, treasurer, listing, as_user):
    client = as_user(secretary)
    client.post(reverse("association:save_view"), SAVE)
    client.post(reverse("association:save_view"), SAVE | {"name": "共享", "is_shared": "1"})
    assert [v.name for v in listing(user=treasurer).saved_views] == ["共享"]
    assert sorted(v.name for v in listing().saved_views) == ["共享", "朝阳会员"]


def test_who_may_not_share_keeps_the_view_to_themselves(treasurer, as_user):
    as_user(treasurer).post(reverse("association:save_view"), SAVE | {"is_shared": "1"})
    assert SavedView.objects.get().is_shared is False


def test_a_view_of_another_list_is_not_shown_here(secretary, listing):
    SavedView.objects.create(owner=secretary, listing="members.other", name="别的")
    assert listing().saved_views == []


def test_a_view_is_removed_by_its_owner_only(secretary, secretary_general, as_user):
    view = SavedView.objects.create(owner=secretary, listing="members.roster", name="我的", is_shared=True)
    url = reverse("association:remove_view", args=[view.pk])
    assert as_user(secretary_general).post(url).status_code == 404
    assert SavedView.objects.count() == 1
    assert as_user(secretary).get(url).status_code == 405
    assert as_user(secretary).post(url, {"next": "/members/"}).status_code == 303
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize("data", [{"name": ""}, {"name": "长" * 41}, {"query": "x" * 2001}, {"listing": ""}])
def test_a_view_that_cannot_be_kept_is_refused_in_words(secretary, as_user, data):
    answer = as_user(secretary).post(reverse("association:save_view"), SAVE | data)
    assert answer.status_code == 422
    assert SavedView.objects.count() == 0


def test_thirty_views_are_enough(secretary, as_user):
    SavedView.objects.bulk_create(
        SavedView(owner=secretary, listing="members.roster", name=f"视图{n}") for n in range(30)
    )
    client = as_user(secretary)
    assert client.post(reverse("association:save_view"), SAVE).status_code == 422
    assert client.post(reverse("association:save_view"), SAVE | {"name": "视图7"}).status_code == 303
    assert SavedView.objects.count() == 30


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil", ""]
)
def test_nobody_is_led_away_from_the_house(secretary, as_user, target):
    client = as_user(secretary)
    for name, data in (
        ("save_view", SAVE),
        ("choose_columns", {"listing": "members.roster", "columns": "name"}),
    ):
        answer = client.post(reverse(f"association:{name}"), data | {"next": target})
        assert (answer.status_code, answer["Location"]) == (303, "/today/")
