"""Units: entered, edited by two at once, renamed, known by other names, tagged."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from association.domain.editing import Conflict
from association.errors import Refused
from association.models import Activity
from members.domain import organizations as domain
from members.models import AlternativeName, Organization, Tag, Tagging
from tests.factories import make_organization, make_user, next_code
from tests.forms import errors, filled, refused
from tests.races import at_once

pytestmark = pytest.mark.django_db
NEW = "/members/new/"
SCRIPT = "<script>alert(1)</script>"


def url(name, unit):
    return reverse(f"members:{name}", args=[unit.pk])


def activities(unit, kind=""):
    return [a.sentence for a in Activity.objects.about(unit) if a.kind.startswith(f"members.{kind}")]


# --- create -----------------------------------------------------------------------------------------------


def test_a_new_unit_is_in_the_books_but_no_member(secretary, as_user):
    code = next_code()
    data = {"name": "北京新单位有限公司", "category": "investor", "credit_code": f" {code.lower()} "}
    answer = as_user(secretary).post(NEW, data)
    unit = Organization.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/members/{unit.pk}/")
    assert (unit.credit_code, unit.member_number, unit.version) == (code, "", 1)
    assert (unit.pinyin_initials, unit.memberships.count()) == ("bjxdwyxgs", 0)
    assert activities(unit) == ["新建单位“北京新单位有限公司”"]
    assert Activity.objects.about(unit).get().by == secretary


IMPOSSIBLE = [
    ({"name": ""}, "name"),
    ({"name": "　\u200b"}, "name"),
    ({"name": "长" * 121}, "name"),
    ({"credit_code": "91119900TE0000010"}, "credit_code"),
    ({"credit_code": "91119900TE00000101"}, "credit_code"),
    ({"category": "nothing"}, "category"),
    ({"category": ""}, "category"),
    ({"district": "110199"}, "district"),
    ({"registered_capital": "NaN"}, "registered_capital"),
    ({"registered_capital": "Infinity"}, "registered_capital"),
    ({"registered_capital": "1e30"}, "registered_capital"),
    ({"registered_capital": "1.005"}, "registered_capital"),
    ({"founded_on": "2022-02-30"}, "founded_on"),
    ({"founded_on": "0001-01-01"}, "founded_on"),
    ({"phone": "call me"}, "phone"),
    ({"email": "no-address"}, "email"),
    ({"website": "javascript:alert(1)"}, "website"),
    ({"introduction": "长" * 4001}, "introduction"),
    ({"legal_representative": "a\u0000b"}, "legal_representative"),
    ({"version": "9" * 5000}, "version"),
]


def test_what_cannot_be_is_refused_beside_its_field(secretary, as_user):
    data = {"name": "单位", "category": "other"}
    assert refused(as_user(secretary), NEW, data, IMPOSSIBLE) == {}
    assert Organization.objects.count() == 0


def test_a_code_that_another_unit_has_is_refused(secretary, other_unit, as_user):
    data = {"name": "单位", "category": "other", "credit_code": other_unit.credit_code}
    answer = as_user(secretary).post(NEW, data)
    assert (answer.status_code, errors(answer)) == (
        422,
        {"__all__": ["已有单位使用这个统一社会信用代码。"]},
    )
    with pytest.raises(Refused) as refused:
        domain.create_organization(by=secretary, name="单位", credit_code=other_unit.credit_code)
    assert refused.value.status == 422


def test_two_units_may_both_be_without_a_code(secretary):
    for name in ("甲", "乙"):
        domain.create_organization(by=secretary, name=name, credit_code="")
    assert Organization.objects.count() == 2


def test_fields_that_the_form_does_not_offer_are_not_taken(secretary, treasurer, as_user):
    extra = {
        "is_demo": "on", "member_number": "BCIPA-2022-9999", "version": "77", "id": "999", "pk": "999",
        "pinyin_full": "x", "search_text": "x", "bank_name": "银行", "bank_account": "6222021234567890",
        "created_at": "2000-01-01", "memberships": "1",
    }  # fmt: skip
    as_user(secretary).post(NEW, {"name": "单位", "category": "other"} | extra)
    unit = Organization.objects.get()
    assert (unit.is_demo, unit.member_number, unit.version, unit.bank_name, unit.bank_account) == (
        False,
        "",
        1,
        "",
        "",
    )
    assert unit.pk != 999
    assert unit.pinyin_full == "danwei"


def test_texts_are_stored_clean(secretary, as_user):
    data = {
        "name": "  北京\u200b文化(集团)\r\n有限公司 ",
        "category": "other",
        "legal_representative": "王\u202e法人\r\nBcc: x@y",
        "registered_address": "朝阳区\t１号\r\n",
        "invoice_title": "\ufeff抬头",
        "introduction": "第一段\u200b\r\n第二段  ",
    }
    as_user(secretary).post(NEW, data)
    unit = Organization.objects.get()
    assert unit.name == "北京文化（集团） 有限公司"
    assert unit.legal_representative == "王法人 Bcc: x@y"
    assert unit.registered_address == "朝阳区 1号"
    assert unit.invoice_title == "抬头"
    assert unit.introduction == "第一段\n第二段"


def test_scripts_and_template_tags_are_shown_as_they_were_typed(secretary, as_user):
    client, texts = as_user(secretary), {}
    for name in ("name", "legal_representative", "registered_address", "english_name", "introduction",
                 "invoice_title", "invoice_address_phone"):  # fmt: skip
        texts[name] = f"{SCRIPT}{{{{ 7 }}}}{{% load x %}}\"'"
    client.post(NEW, texts | {"category": "other"})
    unit = Organization.objects.get()
    assert unit.name == texts["name"]
    domain.add_name(unit, by=secretary, kind="short", name=texts["name"])
    domain.tag_organizations(Organization.objects.all(), by=secretary, name=SCRIPT[:20])
    columns = "name,legal_representative,registered_address,invoice_title,short_names,tags"
    pages = [
        client.get(f"/members/?standing=all&columns={columns}"),
        *(
            client.get(url(name, unit))
            for name in ("organization", "organization_timeline", "organization_edit")
        ),
        client.get("/search/", {"q": "script"}),
    ]
    for page in pages:
        body = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}{% load x %}&quot;&#x27;" in body


# --- edit -------------------------------------------------------------------------------------------------


def test_an_edit_changes_what_was_changed_and_nothing_else(secretary, park_unit, as_user):
    client = as_user(secretary)
    before = Organization.objects.filter(pk=park_unit.pk).values().get()
    page = client.get(url("organization_edit", park_unit))
    answer = client.post(
        page.request["PATH_INFO"], filled(page, legal_representative="张新人", phone="010-12345678")
    )
    after = Organization.objects.filter(pk=park_unit.pk).values().get()
    assert (answer.status_code, answer["Location"]) == (303, f"/members/{park_unit.pk}/")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"legal_representative", "phone", "version", "updated_at"}
    assert after["version"] == before["version"] + 1
    assert activities(park_unit, "organization.updated") == ["修改单位资料：法定代表人、单位电话"]


def test_sending_the_form_unchanged_changes_nothing(secretary, park_unit, as_user):
    client = as_user(secretary)
    before = Organization.objects.filter(pk=park_unit.pk).values().get()
    page = client.get(url("organization_edit", park_unit))
    for _ in range(2):
        assert client.post(page.request["PATH_INFO"], filled(page)).status_code == 303
    assert Organization.objects.filter(pk=park_unit.pk).values().get() == before
    assert activities(park_unit, "organization.updated") == []


def test_the_second_of_two_editors_sees_both_values_and_decides(
    secretary, secretary_general, park_unit, as_user
):
    first, second = as_user(secretary), as_user(secretary_general)
    address = url("organization_edit", park_unit)
    page, other = first.get(address), second.get(address)
    first.post(address, filled(page, legal_representative="甲的值"))
    conflict = second.post(address, filled(other, legal_representative="乙的值", phone="010-12345678"))
    body = conflict.content.decode()
    assert conflict.status_code == 409
    assert ("甲的值" in body, "乙的值" in body, "010-12345678" in body) == (True, True, True)
    park_unit.refresh_from_db()
    assert (park_unit.legal_representative, park_unit.phone) == ("甲的值", "")
    again = second.post(address, filled(conflict))
    assert again.status_code == 303
    park_unit.refresh_from_db()
    assert park_unit.legal_representative == "乙的值"


@pytest.mark.parametrize("version", ["", "0", "999", "-1", "abc"])
def test_a_version_that_was_never_shown_overwrites_nothing(secretary, park_unit, as_user, version):
    client = as_user(secretary)
    page = client.get(url("organization_edit", park_unit))
    answer = client.post(page.request["PATH_INFO"], filled(page, legal_representative="张", version=version))
    assert answer.status_code in (409, 422)
    park_unit.refresh_from_db()
    assert park_unit.legal_representative == "王法人"


def test_the_conflict_lists_only_what_differs(secretary, park_unit):
    with pytest.raises(Conflict) as conflict:
        domain.update_organization(
            park_unit,
            by=secretary,
            version=99,
            changes={"legal_representative": "张", "name": park_unit.name},
        )
    assert conflict.value.differences == [("法定代表人", "王法人", "张")]


def test_a_new_name_makes_the_old_one_a_former_name(secretary, park_unit, as_user):
    client = as_user(secretary)
    page = client.get(url("organization_edit", park_unit))
    client.post(page.request["PATH_INFO"], filled(page, name="改后的名字"))
    former = park_unit.alternative_names.get()
    park_unit.refresh_from_db()
    assert (former.kind, former.name, former.used_until) == ("former", "演示运营公司01", localdate())
    assert (park_unit.name, park_unit.pinyin_initials) == ("改后的名字", "ghdmz")


def test_a_name_taken_back_again_stays_one_former_name_each(secretary, park_unit):
    for name in ("乙名", "演示运营公司01", "乙名"):
        park_unit.refresh_from_db()
        domain.update_organization(park_unit, by=secretary, version=park_unit.version, changes={"name": name})
    assert sorted(park_unit.alternative_names.values_list("name", flat=True)) == ["乙名", "演示运营公司01"]


def test_a_code_of_another_unit_is_refused_in_an_edit(secretary, park_unit, other_unit, as_user):
    client = as_user(secretary)
    page = client.get(url("organization_edit", park_unit))
    answer = client.post(page.request["PATH_INFO"], filled(page, credit_code=other_unit.credit_code))
    assert answer.status_code == 422
    with pytest.raises(Refused, match="已属于另一家单位"):
        domain.update_organization(
            park_unit,
            by=secretary,
            version=park_unit.version,
            changes={"credit_code": other_unit.credit_code},
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_counts(secretary):
    unit = make_organization("单位", people=False)
    results = at_once(
        *[
            lambda value=value: domain.update_organization(
                unit, by=secretary, version=unit.version, changes={"legal_representative": value}
            )
            for value in ("甲", "乙", "丙")
        ]
    )
    assert sorted(type(r).__name__ for r in results) == ["Conflict", "Conflict", "Organization"]
    assert Organization.objects.get(pk=unit.pk).version == unit.version + 1


# --- bank data --------------------------------------------------------------------------------------------


@pytest.fixture
def banked(park_unit):
    Organization.objects.filter(pk=park_unit.pk).update(
        bank_name="演示银行朝阳支行", bank_account="6222020200000001"
    )
    park_unit.refresh_from_db()
    return park_unit


def test_bank_data_is_shown_to_the_treasurer_only(
    banked, secretary, secretary_general, treasurer, president, auditor, administrator, member, as_user
):
    people = [secretary, secretary_general, treasurer, president, auditor, administrator, member]
    shown = {
        p: "6222020200000001" in as_user(p).get(url("organization", banked)).content.decode() for p in people
    }
    assert shown == {p: p == treasurer for p in people}


def test_who_keeps_the_roster_and_the_money_edits_bank_data(banked, as_user):
    both = make_user("兼任", "both@test.cn", roles=["secretariat", "treasurer"])
    client = as_user(both)
    page = client.get(url("organization_edit", banked))
    assert page.context["form"]["bank_account"].value() == "6222020200000001"
    client.post(page.request["PATH_INFO"], filled(page, bank_account="6222 0202 0000 0002"))
    banked.refresh_from_db()
    assert banked.bank_account == "6222020200000002"


def test_the_secretary_neither_sees_nor_changes_bank_data(banked, secretary, as_user):
    client = as_user(secretary)
    page = client.get(url("organization_edit", banked))
    assert "6222" not in page.content.decode()
    assert {"bank_name", "bank_account"}.isdisjoint(page.context["form"].fields)
    client.post(
        page.request["PATH_INFO"], filled(page, phone="010-12345678", bank_account="1" * 16, bank_name="")
    )
    banked.refresh_from_db()
    assert (banked.bank_account, banked.bank_name, banked.phone) == (
        "6222020200000001",
        "演示银行朝阳支行",
        "010-12345678",
    )


@pytest.mark.parametrize("account", ["123", "6222-abc", "６" * 40, "1" * 33])
def test_an_account_number_that_is_none_is_refused(banked, as_user, account):
    client = as_user(make_user("兼任", "both@test.cn", roles=["secretariat", "treasurer"]))
    page = client.get(url("organization_edit", banked))
    answer = client.post(page.request["PATH_INFO"], filled(page, bank_account=account))
    assert (answer.status_code, list(errors(answer))) == (422, ["bank_account"])


# --- names ------------------------------------------------------------------------------------------------


def test_a_short_name_is_registered_found_and_removed(secretary, park_unit, as_user):
    client = as_user(secretary)
    client.post(url("name_add", park_unit), {"kind": "short", "name": "莱锦", "used_until": "2022-05-01"})
    name = park_unit.alternative_names.get()
    assert (name.kind, name.name, name.used_until) == ("short", "莱锦", None)
    assert activities(park_unit, "name") == ["登记简称“莱锦”"]
    remove = reverse("members:name_remove", args=[name.pk])
    assert client.get(remove).status_code == 405
    assert client.post(remove)["Location"] == f"/members/{park_unit.pk}/"
    assert park_unit.alternative_names.count() == 0
    assert activities(park_unit, "name") == ["删除简称“莱锦”", "登记简称“莱锦”"]
    assert client.post(remove).status_code == 404


def test_the_same_name_twice_is_one_name_and_one_activity(secretary, park_unit, as_user):
    client = as_user(secretary)
    data = {"kind": "former", "name": "旧名", "used_until": "2021-01-01"}
    for _ in range(2):
        assert client.post(url("name_add", park_unit), data | {"_key": str(uuid.uuid4())}).status_code == 303
    assert park_unit.alternative_names.get().used_until == date(2021, 1, 1)
    assert activities(park_unit, "name") == ["登记曾用名“旧名”"]


def test_removing_a_name_twice_is_harmless(secretary, park_unit):
    name = domain.add_name(park_unit, by=secretary, kind="short", name="简称")
    domain.remove_name(name, by=secretary)
    name.pk = name.pk or 1
    domain.remove_name(AlternativeName(pk=10**9), by=secretary)
    assert activities(park_unit, "name") == ["删除简称“简称”", "登记简称“简称”"]


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_names_at_once_one_is_registered(secretary):
    unit = make_organization("单位", people=False)
    results = at_once(*[lambda: domain.add_name(unit, by=secretary, kind="short", name="简称")] * 3)
    assert {r.pk for r in results} == {unit.alternative_names.get().pk}
    assert len(activities(unit, "name")) == 1


# --- tags -------------------------------------------------------------------------------------------------

TAG = "/members/tag/"


def test_ticked_units_are_tagged_and_the_list_comes_back_as_it_was(secretary, park_unit, other_unit, as_user):
    third = make_organization("第三家", people=False)
    data = {"name": "重点", "chosen": [park_unit.pk, third.pk], "query": "district=110105&page=2"}
    answer = as_user(secretary).post(TAG, data)
    assert (answer.status_code, answer["Location"]) == (303, "/members/?district=110105&page=2")
    assert sorted(Tagging.objects.values_list("organization", flat=True)) == [park_unit.pk, third.pk]
    assert activities(park_unit, "organization.tagged") == ["加上标签“重点”"]
    assert activities(other_unit, "organization.tagged") == []


def test_all_that_the_filters_leave_are_tagged(secretary, park_unit, other_unit, as_user):
    data = {"name": "东城", "everything": "1", "query": "district=110101&page=9"}
    as_user(secretary).post(TAG, data)
    assert [t.organization for t in Tagging.objects.all()] == [other_unit]


def test_tagging_twice_is_harmless_and_untagging_removes_the_last_of_a_tag(
    secretary, park_unit, other_unit, as_user
):
    client = as_user(secretary)
    both = {"name": "重点", "chosen": [park_unit.pk, other_unit.pk]}
    client.post(TAG, both)
    client.post(TAG, both)
    assert (Tagging.objects.count(), len(activities(park_unit, "organization.tagged"))) == (2, 1)
    client.post(TAG, {"name": "重点", "chosen": [park_unit.pk], "remove": "1"})
    assert [t.organization for t in Tagging.objects.all()] == [other_unit]
    client.post(TAG, both | {"remove": "1"})
    client.post(TAG, both | {"remove": "1"})
    assert (Tagging.objects.count(), Tag.objects.count()) == (0, 0)
    assert len(activities(park_unit, "organization.untagged")) == 1


@pytest.mark.parametrize(
    "data",
    [
        {"name": "重点"},
        {"name": "", "chosen": ["1"]},
        {"name": "长" * 21, "chosen": ["1"]},
        {"name": "重点", "chosen": ["abc", "-1", "9" * 30, "", "1e3", "²"]},
        {"name": "重点", "everything": "1", "query": "as_of=nonsense"},
    ],
)
def test_nothing_ticked_or_no_tag_is_refused(secretary, park_unit, as_user, data):
    assert as_user(secretary).post(TAG, data).status_code == 422
    assert Tag.objects.count() == 0


def test_the_list_that_a_tagging_returns_to_is_always_ours(secretary, park_unit, as_user):
    for query in ("//evil.example", "\r\nSet-Cookie: a=b", "https://evil.example"):
        answer = as_user(secretary).post(TAG, {"name": "重点", "chosen": [park_unit.pk], "query": query})
        assert answer["Location"].startswith("/members/?")
        assert "\r" not in answer["Location"]


def test_five_thousand_at_once_are_enough(secretary, monkeypatch, park_unit, other_unit):
    monkeypatch.setattr(domain, "MOST_TAGGED", 1)
    for verb in (domain.tag_organizations, domain.untag_organizations):
        with pytest.raises(Refused) as refused:
            verb(Organization.objects.all(), by=secretary, name="重点")
        assert refused.value.status == 422


def test_tagging_costs_the_same_for_one_and_thirty(secretary, queries):
    def cost(number):
        units = Organization.objects.bulk_create(Organization(name=f"{number}-{n}") for n in range(number))
        chosen = Organization.objects.filter(pk__in=[u.pk for u in units])
        with queries() as captured:
            domain.tag_organizations(chosen, by=secretary, name="重点")
        return len(captured)

    cost(1)
    assert cost(1) == cost(30)


@pytest.mark.django_db(transaction=True)
def test_two_who_tag_at_once_do_not_disturb_each_other(secretary):
    unit = make_organization("单位", people=False)
    chosen = Organization.objects.filter(pk=unit.pk)
    results = at_once(*[lambda: domain.tag_organizations(chosen.all(), by=secretary, name="重点")] * 3)
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Tagging.objects.count() == 1
