"""People of a unit: their duties from one day to another, who sees their numbers."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from association.errors import Refused
from association.models import Activity
from members.domain import contacts as domain
from members.models import Contact, ContactRole, Organization
from tests.factories import make_organization, make_user
from tests.forms import filled, refused
from tests.races import at_once

pytestmark = pytest.mark.django_db
NEW = {"name": "单新人", "duty": "liaison", "title": "主任", "since": "2022-06-01", "mobile": "+86 138-1234-5678",
       "email": "xin@test.cn", "wechat": "xin"}  # fmt: skip


def url(name, *args):
    return reverse(f"members:{name}", args=[a.pk for a in args])


def activities(unit, kind):
    return [a.sentence for a in Activity.objects.about(unit) if a.kind.startswith(f"members.contact{kind}")]


def held(unit, duty="liaison"):
    roles = unit.contact_roles.filter(duty=duty).order_by("since", "pk")
    return [(r.contact.name, r.since, r.until) for r in roles]


@pytest.fixture
def liaison(park_unit):
    return park_unit.contact_roles.filter(duty="liaison").earliest("pk").contact


# --- add and assign ---------------------------------------------------------------------------------------


def test_a_new_liaison_takes_over_from_the_former_one_that_day(secretary, park_unit, as_user):
    answer = as_user(secretary).post(url("contact_add", park_unit), NEW)
    assert (answer.status_code, answer["Location"]) == (303, f"/members/{park_unit.pk}/contacts/")
    assert held(park_unit) == [
        ("赵联络", date(2022, 1, 26), date(2022, 6, 1)),
        ("单新人", date(2022, 6, 1), None),
    ]
    person = Contact.objects.get(name="单新人")
    assert (person.mobile, person.pinyin_initials, person.user, person.is_demo) == (
        "13812345678",
        "sxr",
        None,
        False,
    )
    assert activities(park_unit, "")[0] == "单新人任联络员"


IMPOSSIBLE = [
    ({"name": ""}, "name"),
    ({"name": "王"}, "name"),
    ({"name": "长" * 16}, "name"),
    ({"mobile": "1381234567"}, "mobile"),
    ({"mobile": "23812345678"}, "mobile"),
    ({"mobile": "<script>"}, "mobile"),
    ({"landline": "abc"}, "landline"),
    ({"email": "x@"}, "email"),
    ({"email": "a@b.cn\r\nBcc: c@d.cn"}, "email"),
    ({"duty": "king"}, "duty"),
    ({"duty": ""}, "duty"),
    ({"since": "31.12."}, "since"),
    ({"title": "长" * 51}, "title"),
    ({"wechat": "x" * 51}, "wechat"),
]


def test_what_cannot_be_is_refused_beside_its_field(secretary, park_unit, as_user):
    before = Contact.objects.count()
    assert refused(as_user(secretary), url("contact_add", park_unit), NEW, IMPOSSIBLE) == {}
    assert Contact.objects.count() == before


def test_a_successor_from_before_the_present_holder_is_refused_and_leaves_nothing(
    secretary, park_unit, as_user
):
    before = held(park_unit)
    answer = as_user(secretary).post(url("contact_add", park_unit), NEW | {"since": "2022-01-25"})
    assert answer.status_code == 422
    assert "新任日期不能早于这一天" in answer.content.decode()
    assert (held(park_unit), Contact.objects.filter(name="单新人").count()) == (before, 0)


def test_the_same_duty_twice_is_harmless(secretary, park_unit, liaison):
    first = domain.assign_duty(park_unit, liaison, by=secretary, duty="liaison")
    assert (first, len(activities(park_unit, ".assigned"))) == (
        park_unit.contact_roles.get(duty="liaison"),
        2,
    )


def test_one_person_may_hold_two_duties(secretary, park_unit, liaison):
    domain.assign_duty(park_unit, liaison, by=secretary, duty="finance")
    assert sorted(liaison.roles.values_list("duty", flat=True)) == ["finance", "liaison"]


def test_fields_that_the_form_does_not_offer_are_not_taken(
    secretary, park_unit, other_unit, stranger, as_user
):
    extra = {"user": stranger.pk, "is_demo": "on", "is_primary": "", "organization": other_unit.pk, "until": "2020-01-01",
             "contact": "1", "version": "9"}  # fmt: skip
    as_user(secretary).post(url("contact_add", park_unit), NEW | extra)
    role = ContactRole.objects.get(contact__name="单新人")
    assert (role.organization, role.is_primary, role.until) == (park_unit, True, None)
    assert (role.contact.user, role.contact.version) == (None, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_duty_at_once_one_holds_it_in_the_end(secretary):
    unit = make_organization("单位")
    results = at_once(
        *[
            lambda n=n: domain.add_contact(
                unit, by=secretary, duty="liaison", name=f"联络{n}", since=date(2022, 6, 1)
            )
            for n in (1, 2, 3)
        ]
    )
    assert [r for r in results if isinstance(r, Exception)] == []
    assert unit.contact_roles.filter(duty="liaison", until__isnull=True, is_primary=True).count() == 1


# --- edit -------------------------------------------------------------------------------------------------


def test_a_persons_data_is_edited(secretary, park_unit, liaison, as_user):
    client, address = as_user(secretary), url("contact_edit", park_unit, liaison)
    page = client.get(address)
    assert client.post(address, filled(page, mobile="13987654321")).status_code == 303
    liaison.refresh_from_db()
    assert (liaison.mobile, liaison.version) == ("13987654321", 2)
    assert "13987654321" in liaison.search_text
    assert activities(park_unit, ".updated") == ["修改联系人赵联络：手机"]
    page = client.get(address)
    client.post(address, filled(page))
    assert len(activities(park_unit, ".updated")) == 1


def test_the_second_of_two_editors_sees_both_values(
    secretary, secretary_general, park_unit, liaison, as_user
):
    first, second = as_user(secretary), as_user(secretary_general)
    address = url("contact_edit", park_unit, liaison)
    page, other = first.get(address), second.get(address)
    first.post(address, filled(page, mobile="13911111111"))
    conflict = second.post(address, filled(other, mobile="13922222222"))
    body = conflict.content.decode()
    assert (conflict.status_code, "13911111111" in body, "13922222222" in body) == (409, True, True)
    liaison.refresh_from_db()
    assert liaison.mobile == "13911111111"


def test_a_person_of_another_unit_is_not_found_through_this_one(secretary, park_unit, other_unit, as_user):
    other = other_unit.contact_roles.get(duty="liaison").contact
    client, address = as_user(secretary), url("contact_edit", park_unit, other)
    assert client.get(address).status_code == 404
    assert client.post(address, {"name": "改名", "version": 1}).status_code == 404
    other.refresh_from_db()
    assert other.name == "赵联络"


def test_a_renamed_person_keeps_no_key_of_the_old_name(secretary, park_unit, liaison):
    domain.update_contact(
        liaison, by=secretary, organization=park_unit, version=1, changes={"name": "解新名"}
    )
    liaison.refresh_from_db()
    assert (liaison.pinyin_full, liaison.pinyin_initials) == ("xiexinming", "xxm")
    assert "赵" not in liaison.search_text


# --- end --------------------------------------------------------------------------------------------------


def test_a_duty_ends_today_when_no_day_is_given_and_twice_is_harmless(secretary, park_unit, as_user):
    role = park_unit.contact_roles.get(duty="liaison")
    client, address = as_user(secretary), url("duty_end", role)
    assert client.get(address).status_code == 200
    for _ in range(2):
        assert client.post(address, {"until": "", "x": "1"}).status_code == 303
    role.refresh_from_db()
    assert role.until == localdate()
    assert activities(park_unit, ".ended") == ["赵联络不再任联络员"]


def test_a_duty_cannot_end_before_it_began(secretary, park_unit, as_user):
    role = park_unit.contact_roles.get(duty="liaison")
    answer = as_user(secretary).post(url("duty_end", role), {"until": "2022-01-25"})
    assert (answer.status_code, "结束日期不能早于开始日期。" in answer.content.decode()) == (422, True)
    role.refresh_from_db()
    assert role.until is None


def test_after_the_end_the_duty_can_be_given_again(secretary, park_unit, liaison):
    role = park_unit.contact_roles.get(duty="liaison")
    domain.end_duty(role, by=secretary, until=date(2022, 6, 1))
    domain.assign_duty(park_unit, liaison, by=secretary, duty="liaison", since=date(2022, 7, 1))
    assert held(park_unit) == [
        ("赵联络", date(2022, 1, 26), date(2022, 6, 1)),
        ("赵联络", date(2022, 7, 1), None),
    ]
    with pytest.raises(Refused):
        domain.end_duty(
            park_unit.contact_roles.get(until=None, duty="liaison"), by=secretary, until=date(2022, 6, 30)
        )


# --- who sees what ----------------------------------------------------------------------------------------


def test_numbers_are_shown_in_full_to_those_who_may_see_them(
    secretary,
    secretary_general,
    treasurer,
    president,
    auditor,
    administrator,
    member,
    park_unit,
    liaison,
    as_user,
):
    Contact.objects.filter(pk=liaison.pk).update(mobile="13812345678", email="zhao@geheim.cn")
    people = [secretary, secretary_general, treasurer, president, auditor, administrator, member]
    shown = {}
    for person in people:
        body = as_user(person).get(url("organization_contacts", park_unit)).content.decode()
        shown[person] = ("138 1234 5678" in body, "138****5678" in body, "zhao@geheim.cn" in body)
    full, hidden = (True, False, True), (False, True, False)
    assert shown == {p: hidden if p in (auditor, administrator) else full for p in people}


def test_lists_mask_numbers_and_addresses_for_everyone(secretary, auditor, park_unit, liaison, as_user):
    Contact.objects.filter(pk=liaison.pk).update(mobile="13812345678", email="zhao@geheim.cn")
    for person in (secretary, auditor):
        body = as_user(person).get("/members/?columns=name,liaison_mobile,liaison_email").content.decode()
        assert ("138****5678" in body, "13812345678" in body, "zhao@geheim.cn" in body) == (
            True,
            False,
            False,
        )


def test_an_auditor_who_is_also_a_liaison_somewhere_sees_only_that_units_numbers(
    park_unit, other_unit, as_user
):
    person = make_user("沈明鉴", "auditor@test.cn", roles=["auditor"], organization=park_unit)
    Contact.objects.exclude(user=person).update(mobile="13812345678")
    client = as_user(person)
    shown = [
        "138 1234 5678" in client.get(url("organization_contacts", u)).content.decode()
        for u in (park_unit, other_unit)
    ]
    assert shown == [True, False]


@pytest.mark.parametrize(
    ("since", "until", "knows"),
    [(-10, None, True), (-10, 1, True), (-10, 0, False), (-10, -1, False), (1, None, False), (0, None, True)],
)
def test_a_units_people_see_it_while_they_hold_a_duty_there(park_unit, as_user, since, until, knows):
    today = localdate()
    person = make_user("孙临时", "temp@test.cn", organization=park_unit)
    days = {"since": today + timedelta(since), "until": None if until is None else today + timedelta(until)}
    ContactRole.objects.filter(contact__user=person).update(**days)
    assert list(Organization.objects.visible_to(person)) == ([park_unit] if knows else [])
    assert as_user(person).get(url("organization", park_unit)).status_code == (200 if knows else 404)


def test_a_person_of_two_units_sees_both_once(park_unit, other_unit, secretary):
    person = make_user("两家", "both@test.cn", organization=park_unit)
    for duty in ("liaison", "reporter"):
        domain.assign_duty(other_unit, person.contact, by=secretary, duty=duty)
    assert sorted(Organization.objects.visible_to(person), key=lambda u: u.pk) == [park_unit, other_unit]


def test_scripts_are_shown_as_they_were_typed(secretary, park_unit, as_user):
    client, bad = as_user(secretary), "<b>x</b>"
    client.post(
        url("contact_add", park_unit),
        NEW | {"name": bad, "title": "<script>alert(1)</script>", "wechat": bad},
    )
    person = Contact.objects.get(name=bad)
    pages = [url("organization_contacts", park_unit), url("organization_timeline", park_unit),
             url("contact_edit", park_unit, person), url("duty_end", person.roles.get()), "/search/?q=%3Cb%3E",
             "/members/?columns=name,liaison"]  # fmt: skip
    for address in pages:
        body = client.get(address).content.decode()
        assert ("<b>x</b>" in body, "<script>alert" in body, "&lt;b&gt;x&lt;/b&gt;" in body) == (
            False,
            False,
            True,
        )


def test_two_of_the_same_form_are_one_person(secretary, park_unit, as_user):
    client, key = as_user(secretary), str(uuid.uuid4())
    for _ in range(2):
        client.post(url("contact_add", park_unit), NEW | {"_key": key})
    assert Contact.objects.filter(name="单新人").count() == 1
