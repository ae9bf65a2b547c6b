"""One box finds a unit by whatever it is known by - and by nothing that it is not."""

import pytest
from django.db import connection

from association import chinese
from members.demo.drafts import Draft
from members.domain import contacts, organizations, parks
from members.models import Contact, Organization
from members.models.organization import search_condition
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(db):
    lai = make_organization("北京国棉文化创意发展有限责任公司", park="莱锦文化创意产业园", people=False)
    organizations.add_name(lai, by=None, kind="short", name="国棉莱锦")
    organizations.add_name(lai, by=None, kind="former", name="京棉二厂")
    lang = make_organization(
        "首创朗园文化发展有限公司", park="郎园Vintage", people=False, english_name="Langyuan Vintage"
    )
    make_organization("重庆路单位（集团）有限公司", park="751D·PARK北京时尚设计广场", people=False)
    make_organization("100%文化_创意有限公司", people=False)
    return {"莱锦": lai, "郎园": lang} | {u.name[:3]: u for u in Organization.objects.all()}


def found(text):
    return sorted(u.name[:4] for u in Organization.objects.matching(text))


LAI, LANG, CHONG, PERCENT = "北京国棉", "首创朗园", "重庆路单", "100%"

TERMS = {
    # characters anywhere in a name, one, two or many
    "莱": [LAI],
    "莱锦": [LAI],
    "锦文化创": [LAI],
    "文化": sorted([PERCENT, LAI, LANG]),
    "北京": sorted([CHONG, LAI]),
    "国棉文化创意发展有限责任公司": [LAI],
    # first letters, full pinyin, a part of either
    "lj": [LAI],
    "LJ": [LAI],
    "ljwh": [LAI],
    "laijin": [LAI],
    "aijinwen": [LAI],
    "chongqing": [CHONG],
    # short and former names, in characters and pinyin
    "国棉莱锦": [LAI],
    "京棉二厂": [LAI],
    "jmec": [LAI],
    # other scripts and full width
    "vintage": [LANG],
    "ＶＩＮＴＡＧＥ": [LANG],
    "751d": [CHONG],
    "751D·PARK": [CHONG],
    "751d•park": [CHONG],
    "langyuan": [LANG],
    # brackets are one kind
    "(集团)": [CHONG],
    "（集团）": [CHONG],
    # several words: each must occur
    "文化 莱锦": [LAI],
    "莱锦　lj 国棉": [LAI],
    "莱锦 郎园": [],
    # wildcards of LIKE are letters like any other
    "%": [PERCENT],
    "_": [PERCENT],
    "100%": [PERCENT],
    "1__%": [],
    "文_": [],
    "%文化_": [PERCENT],
    "\\": [],
    # what is in no name
    "敦煌": [],
    "zzz": [],
    "'": [],
    "莱锦莱锦": [],
    "锦莱": [],
}


def test_each_term_finds_exactly_the_units_that_bear_it(units):
    assert {term: found(term) for term in TERMS} == TERMS


def test_member_number_and_credit_code_find_their_unit(units):
    lai = units["莱锦"]
    for text in (
        lai.member_number,
        lai.member_number.lower(),
        lai.member_number[-9:],
        lai.credit_code,
        lai.credit_code[5:].lower(),
    ):
        assert lai in Organization.objects.matching(text)
    assert list(Organization.objects.matching(lai.credit_code)) == [lai]


def test_nothing_asked_is_everything_and_unseen_characters_are_nothing(units):
    assert Organization.objects.matching("  \u200b ").count() == Organization.objects.count()
    assert found("莱\u200b锦") == [LAI]


def test_a_unit_is_found_by_its_new_name_and_still_by_the_old(units, secretary):
    lai = units["莱锦"]
    lai.refresh_from_db()
    organizations.update_organization(
        lai, by=secretary, version=lai.version, changes={"name": "全新名称公司"}
    )
    park = lai.parks.get()
    parks.update_park(park, by=secretary, version=park.version, changes={"name": "锦绣园"})
    assert [
        list(Organization.objects.matching(t)) for t in ("全新名称", "qxmc", "国棉文化", "锦绣园", "莱锦文化")
    ] == [[lai]] * 5


def test_a_name_that_was_removed_is_not_found_any_more(units, secretary):
    lai = units["莱锦"]
    organizations.remove_name(lai.alternative_names.get(name="京棉二厂"), by=secretary)
    assert (found("京棉二厂"), found("莱锦")) == ([], [LAI])


def test_a_very_long_search_is_answered(units):
    assert found("莱" * 400) == []
    assert found("莱锦 " * 300) == [LAI]


# --- the index --------------------------------------------------------------------------------------------


def plan(queryset):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        return queryset.explain()


@pytest.mark.parametrize("term", ["敦", "莱锦", "lj", "莱锦文化", "%", "文化 创意"])
def test_the_search_uses_the_index_on_pairs_of_characters(units, term):
    assert "organization_search" in plan(Organization.objects.matching(term))


def test_the_search_for_people_uses_its_index(units):
    assert "contact_search" in plan(Contact.objects.filter(search_condition("赵联")))


def test_words_that_stand_in_every_row_are_searched_by_the_index_too(db):
    Organization.objects.bulk_create([Draft(number).organization for number in range(1, 601)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_organization")
    found = Organization.objects.matching("演示")
    assert "Bitmap Index Scan on organization_search" in found.explain()
    assert found.count() == 600


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "莱锦",
        "莱锦 lj\ne9",
        "751d·park",
        "a\tb",
        "aaa",
        "𬭎㛃",
        "100%_\\'",
        "园区\u3000名",
        "é",
        "（集团）",
    ],
)
def test_the_database_and_the_program_take_a_text_apart_alike(db, text):
    """Cut differently, the index would hide rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT house_grams(%s)", [text])
        assert sorted(cursor.fetchone()[0]) == sorted(chinese.grams(text))


# --- the box on every page --------------------------------------------------------------------------------


def titles(client, text):
    page = client.get("/search/", {"q": text})
    assert page.status_code == 200
    return [(hit.title, hit.kind) for hit in page.context["hits"]]


def test_people_are_found_by_those_who_may_see_their_numbers(
    park_unit, secretary, treasurer, president, auditor, administrator, member, as_user
):
    contacts.add_contact(
        park_unit, by=secretary, duty="finance", name="单财务", mobile="13812345678", email="shan@test.cn"
    )
    hit = [("单财务", "联系人")]
    for text in ("单财务", "shancaiwu", "scw", "13812345678", "shan@test"):
        assert {p: titles(as_user(p), text) for p in (secretary, treasurer, president)} == {
            secretary: hit,
            treasurer: hit,
            president: hit,
        }
        assert {p: titles(as_user(p), text) for p in (auditor, administrator, member)} == {
            auditor: [],
            administrator: [],
            member: [],
        }


def test_a_member_finds_their_own_unit_only(park_unit, other_unit, member, stranger, as_user):
    assert titles(as_user(member), "演示运营公司") == [("演示运营公司01", "会员")]
    assert titles(as_user(member), "嘉诚") == []
    assert titles(as_user(stranger), "演示运营公司") == []


def test_a_person_whose_duties_have_ended_is_not_shown(park_unit, secretary, as_user):
    person = contacts.add_contact(park_unit, by=secretary, duty="finance", name="单财务")
    contacts.end_duty(person.roles.get(), by=secretary)
    assert titles(as_user(secretary), "单财务") == []
