"""What the members app puts on the workbench: menu, to-dos and finds."""

from datetime import date

import pytest
from django.core.cache import cache

from association import stamps
from association.desk import Hit, desk
from members.choices import NameKind
from members.domain import contacts, memberships, organizations, parks
from members.models import Organization
from tests.factories import make_organization


def found(user, text):
    return [(hit.title, hit.kind) for hit in desk.hits_for(user, text)]


def short_name(unit, name):
    organizations.add_name(unit, by=None, kind=NameKind.SHORT, name=name)


# --- search -------------------------------------------------------------------------------------------------
def test_a_find_says_what_it_is_and_leads_there(secretary, park_unit):
    park_unit.refresh_from_db()
    assert desk.hits_for(secretary, "莱锦") == [
        Hit(
            title="莱锦文化创意产业园",
            url=f"/members/{park_unit.pk}/",
            kind="会员",
            detail=f"演示运营公司01 · {park_unit.member_number} · 朝阳区",
        )
    ]


def test_whole_names_come_first_then_beginnings_then_the_rest(secretary):
    for unit, park in {"甲": "大莱锦", "乙": "莱锦东园", "丙": "安莱锦", "丁": "莱锦"}.items():
        make_organization(f"单位{unit}", park=park, people=False)
    assert [title for title, _ in found(secretary, "莱锦")] == ["莱锦", "莱锦东园", "安莱锦", "大莱锦"]
    assert [title for title, _ in found(secretary, "lj")] == ["莱锦", "莱锦东园", "安莱锦", "大莱锦"]


def test_a_short_name_is_a_whole_name(secretary):
    make_organization("莱锦东园公司", people=False)
    unit = make_organization("演示运营公司09", park="莱锦文化创意产业园", people=False)
    short_name(unit, "莱锦")
    assert [title for title, _ in found(secretary, "lj")] == ["莱锦文化创意产业园", "莱锦东园公司"]


def test_a_find_by_short_name_alone_is_named_by_it(secretary, park_unit):
    short_name(park_unit, "首创郎园")
    hit = desk.hits_for(secretary, "scly")[0]
    assert hit.title == "首创郎园"
    assert hit.detail.startswith("莱锦文化创意产业园 · 演示运营公司01 · ")


def test_a_find_by_former_name_says_the_former_name(secretary, park_unit):
    organizations.add_name(
        park_unit, by=None, kind=NameKind.FORMER, name="京棉二厂", used_until=date(2009, 1, 1)
    )
    hit = desk.hits_for(secretary, "京棉")[0]
    assert hit.title == "莱锦文化创意产业园"
    assert hit.detail.endswith(" · 朝阳区 · 曾用名 京棉二厂")


@pytest.mark.parametrize("part", ["member_number", "credit_code"])
def test_numbers_and_codes_find_the_unit(secretary, park_unit, part):
    park_unit.refresh_from_db()
    value = getattr(park_unit, part)
    assert found(secretary, value) == found(secretary, value.lower()) == [("莱锦文化创意产业园", "会员")]


def test_every_term_must_be_found(secretary, park_unit, other_unit):
    assert found(secretary, "演示 莱锦") == [("莱锦文化创意产业园", "会员")]
    assert found(secretary, "莱锦 嘉诚") == []


def test_the_standing_is_told(secretary):
    make_organization("仍在籍")
    memberships.leave(
        make_organization("已走籍"), by=None, on=date(2023, 1, 1), reason="withdrawal", basis="申请"
    )
    make_organization("无会籍", joined=None)
    assert sorted(found(secretary, "籍")) == [("仍在籍", "会员"), ("已走籍", "已退会"), ("无会籍", "未入会")]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "\x00", "\u200b", "　", "，", "莱%锦", "a" * 100])
def test_odd_characters_find_nothing_and_break_nothing(secretary, park_unit, text):
    assert found(secretary, text) == []


def test_people_are_found_by_those_who_may_see_them(secretary, auditor, administrator, park_unit):
    contacts.add_contact(
        park_unit, by=None, duty="publicity", title="主任", name="解晓棠", mobile="19900000123"
    )
    expected = Hit("解晓棠", f"/members/{park_unit.pk}/contacts/", "联系人", "演示运营公司01 · 宣传 · 主任")
    for text in ("解晓棠", "xiext", "xxt", "19900000123"):
        assert desk.hits_for(secretary, text) == ([expected] if text != "xiext" else [])
        assert desk.hits_for(auditor, text) == desk.hits_for(administrator, text) == []


def test_a_person_without_a_present_duty_is_not_found(secretary, park_unit):
    person = contacts.add_contact(
        park_unit, by=None, duty="publicity", name="解晓棠", since=date(2022, 1, 26)
    )
    contacts.end_duty(person.roles.get(), by=None, until=date(2022, 2, 1))
    assert found(secretary, "解晓棠") == []


def test_each_person_finds_only_what_they_may_know_of(member, other_member, stranger, park_unit, other_unit):
    assert found(member, "演示运营公司") == [("演示运营公司01", "会员")]
    assert found(other_member, "演示运营公司") == [("演示运营公司02", "会员")]
    assert found(stranger, "演示运营公司") == []
    assert found(member, "李代表") == []


def test_many_finds_ask_no_more_queries_than_one(secretary, queries, park_unit):
    found(secretary, "莱锦")
    with queries() as few:
        found(secretary, "莱锦")
    for place in range(25):
        make_organization(f"莱锦公司{place}", park=f"莱锦园区{place}", people=False)
    with queries() as many:
        assert len(found(secretary, "莱锦")) == 20
    assert len(many) == len(few)


# --- menu ---------------------------------------------------------------------------------------------------
def entries(user, group="会员"):
    shown = {g["label"]: g["entries"] for g in desk.menu_for(user, "/members/")}
    return {entry["label"]: entry for entry in shown.get(group, [])}


def test_the_roster_stands_in_the_menu_with_the_number_of_members(secretary, park_unit, other_unit):
    make_organization("未入会", joined=None)
    entry = entries(secretary)["名册"]
    assert (entry["url"], entry["count"], entry["current"]) == ("/members/", 2, True)


def test_the_number_is_kept_until_the_next_verb(
    secretary, park_unit, queries, django_capture_on_commit_callbacks
):
    assert entries(secretary)["名册"]["count"] == 1
    with queries() as captured:
        assert entries(secretary)["名册"]["count"] == 1
    assert len(captured) == 0
    with django_capture_on_commit_callbacks(execute=True):
        make_organization("新会员")
    assert entries(secretary)["名册"]["count"] == 2


def test_members_and_strangers_have_no_roster(member, stranger):
    assert entries(member) == entries(stranger) == {}


# --- to-dos -------------------------------------------------------------------------------------------------
@pytest.fixture
def incomplete(park_unit):
    organizations.update_organization(
        park_unit, by=None, version=park_unit.version, changes={"legal_representative": ""}
    )
    return park_unit


def gaps_of(user):
    return [(t.title, t.url) for t in desk.todos_for(user) if "待完善" in t.title]


def test_incomplete_profiles_are_one_thing_to_do(secretary, secretary_general, incomplete, as_user):
    expected = [("1 家会员的资料待完善", "/members/?incomplete=true")]
    assert gaps_of(secretary) == gaps_of(secretary_general) == expected
    page = as_user(secretary).get("/members/?incomplete=true")
    assert page.context["listing"].total == 1


def test_others_have_no_profiles_to_complete(treasurer, auditor, administrator, stranger, incomplete):
    assert [gaps_of(user) for user in (treasurer, auditor, administrator, stranger)] == [[], [], [], []]


def test_a_manager_is_asked_to_complete_the_own_unit_until_nothing_is_missing(
    member, other_member, park_unit, monkeypatch
):
    contacts.assign_duty(park_unit, member.contact, by=None, duty="manager")
    asked = [todo for todo in desk.todos_for(member) if todo.title.startswith("补全")]
    assert [(todo.title, todo.url) for todo in asked] == [
        ("补全“演示运营公司01”的资料", f"/members/{park_unit.pk}/")
    ]
    assert [t for t in desk.todos_for(other_member) if t.title.startswith("补全")] == []
    cache.clear()
    monkeypatch.setattr("members.desk.roster._percent_complete", lambda unit: 100)
    assert [t for t in desk.todos_for(member) if t.title.startswith("补全")] == []


def test_what_is_settled_is_news_in_its_own_year_only():
    ours = {key: figure for key, figure in desk.figures.items() if key.startswith("members.")}
    assert [key for key, figure in ours.items() if figure.is_news_in(2026)] == [
        "members.at_year_end", "members.joined", "members.left",
    ]  # fmt: skip
    assert [figure.is_news_in(2022) for figure in desk.figures.values()] == [True] * len(desk.figures)


def test_complete_profiles_and_units_that_left_ask_for_nothing(secretary, incomplete):
    memberships.leave(incomplete, by=None, on=date(2023, 1, 1), reason="withdrawal", basis="申请")
    assert gaps_of(secretary) == []


def test_what_was_counted_once_is_kept_for_the_same_stamp_only(db):
    numbers = iter([1, 2, 3])
    assert [stamps.counted("test", lambda: next(numbers)) for _ in range(2)] == [1, 1]
    stamps.bump()
    assert stamps.counted("test", lambda: next(numbers)) == 2
    cache.clear()
    assert stamps.counted("test", lambda: next(numbers)) == 3


def test_second_parks_are_found_and_named(secretary, park_unit):
    parks.add_park(park_unit, by=None, name="郎园Station", district="110105")
    hit = desk.hits_for(secretary, "station")[0]
    assert (hit.title, hit.url) == (
        "郎园Station",
        Organization.objects.get(pk=park_unit.pk).get_absolute_url(),
    )


def test_a_slow_count_is_kept_through_changes(db, monkeypatch):
    monkeypatch.setattr(stamps, "SLOW", -1)
    numbers = iter([1, 2])
    assert stamps.counted("slow", lambda: next(numbers)) == 1
    stamps.bump()
    assert stamps.counted("slow", lambda: next(numbers)) == 1
