"""Duties of a unit's people: who holds them side by side, who ends whose, and that rights end with them at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from association import kept
from association.errors import Refused
from association.models import Activity, Notice, User
from members import permissions
from members.domain import contacts as domain
from members.domain import memberships
from members.models import ContactRole, Organization
from tests.conftest import signed_in_client
from tests.factories import FOUNDED, make_organization, make_user, next_mobile
from tests.members.test_imports_apply import imported
from tests.races import at_once

pytestmark = pytest.mark.django_db


def held(unit, duty):
    """Names of those who hold the duty today, in the order of their keys."""
    return list(
        unit.contact_roles.current().filter(duty=duty).order_by("pk").values_list("contact__name", flat=True)
    )


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__email", flat=True))


def role_of(person, duty):
    return person.contact.roles.get(duty=duty)


@pytest.fixture
def manager(park_unit):
    return make_user("甲经理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def colleague(park_unit):
    return make_user("乙同事", "colleague@test.cn", organization=park_unit, duty="clerk")


# --- side by side, or one at a time -----------------------------------------------------------------------


@pytest.mark.parametrize("duty", ["manager", "clerk", "reporter"])
def test_several_hold_a_shared_duty_side_by_side(park_unit, secretary, duty):
    for name in ("单甲", "单乙"):
        domain.add_contact(park_unit, by=secretary, duty=duty, name=name, mobile=next_mobile())
    assert held(park_unit, duty) == ["单甲", "单乙"]
    assert set(park_unit.contact_roles.filter(duty=duty).values_list("is_primary", flat=True)) == {False}


def test_a_shared_duty_given_twice_is_one(park_unit, colleague, secretary):
    for _ in range(2):
        domain.assign_duty(park_unit, colleague.contact, by=secretary, duty="clerk")
    assert colleague.contact.roles.count() == 1


def test_who_takes_over_before_a_planned_end_is_the_only_holder(park_unit, secretary):
    """A duty that ends next month and is given to somebody today had two primary holders until then."""
    old = park_unit.contact_roles.get(duty="liaison")
    domain.end_duty(old, by=secretary, until=localdate() + timedelta(30))
    domain.add_contact(park_unit, by=secretary, duty="liaison", name="单新人", mobile=next_mobile())
    assert held(park_unit, "liaison") == ["单新人"]
    old.refresh_from_db()
    assert old.until == localdate()


def test_a_planned_end_stands_until_somebody_takes_over_later(park_unit, secretary):
    old, day = park_unit.contact_roles.get(duty="liaison"), localdate() + timedelta(30)
    domain.end_duty(old, by=secretary, until=day)
    domain.add_contact(park_unit, by=secretary, duty="liaison", name="单新人", since=day)
    assert held(park_unit, "liaison") == ["赵联络"]
    old.refresh_from_db()
    assert old.until == day


def test_a_planned_end_can_be_brought_forward(park_unit, secretary):
    role = park_unit.contact_roles.get(duty="liaison")
    domain.end_duty(role, by=secretary, until=localdate() + timedelta(30))
    domain.end_duty(role, by=secretary)
    domain.end_duty(role, by=secretary, until=localdate() + timedelta(30))
    role.refresh_from_db()
    assert role.until == localdate()


def test_an_import_too_ends_the_duty_of_who_was_to_go_later(park_unit, secretary):
    domain.end_duty(
        park_unit.contact_roles.get(duty="liaison"), by=secretary, until=localdate() + timedelta(30)
    )
    imported(secretary, {"单位名称": park_unit.name, "联络员": "单新人", "联络员手机": next_mobile()})
    assert held(park_unit, "liaison") == ["单新人"]


# --- who ends whose ---------------------------------------------------------------------------------------


def end(client, role):
    return client.post(reverse("members:duty_end", args=[role.pk]), {"until": "", "x": "1"}).status_code


def test_a_manager_ends_the_duties_of_colleagues(as_user, manager, colleague, park_unit):
    assert end(as_user(manager), role_of(colleague, "clerk")) == 303
    assert held(park_unit, "clerk") == []
    assert told("members.duty_ended") == ["colleague@test.cn"]
    assert Activity.objects.about(park_unit).first().sentence == "乙同事不再任经办人"


def test_a_manager_ends_neither_the_representative_nor_the_last_manager(
    as_user, manager, park_unit, secretary
):
    client = as_user(manager)
    representative = park_unit.contact_roles.get(duty="representative")
    assert (end(client, representative), end(client, role_of(manager, "manager"))) == (422, 409)
    assert (held(park_unit, "representative"), held(park_unit, "manager")) == (["李代表"], ["甲经理"])
    assert end(as_user(secretary), role_of(manager, "manager")) == 303


def test_a_manager_who_has_not_come_in_yet_does_not_count(as_user, manager, park_unit, secretary):
    domain.add_contact(park_unit, by=secretary, duty="manager", name="未登录", mobile=next_mobile())
    assert end(as_user(manager), role_of(manager, "manager")) == 409


def test_clerks_strangers_and_managers_of_others_end_nothing(
    as_user, colleague, stranger, other_unit, manager
):
    other = make_user("丙经理", "other@test.cn", organization=other_unit, duty="manager")
    role = role_of(colleague, "clerk")
    assert [end(as_user(person), role) for person in (colleague, stranger, other)] == [403, 404, 404]
    role.refresh_from_db()
    assert role.until is None


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_end_each_other_leave_one():
    unit = make_organization("单位")
    one, two = (make_user(f"经理{n}", f"m{n}@test.cn", organization=unit, duty="manager") for n in "甲乙")
    results = at_once(
        lambda: domain.end_duty(role_of(two, "manager"), by=one),
        lambda: domain.end_duty(role_of(one, "manager"), by=two),
    )
    assert sorted(type(r).__name__ for r in results) == ["ContactRole", "Refused"]
    assert len(held(unit, "manager")) == 1


# --- rights end at once -----------------------------------------------------------------------------------


def end_the_duty(person, unit, by):
    domain.end_duty(role_of(person, "manager"), by=by)


def cut_the_link(person, unit, by):
    domain.unlink_account(person.contact, by=by, organization=unit, basis="账号与人不符")


def switch_the_account_off(person, unit, by):
    User.objects.filter(pk=person.pk).update(is_active=False)


def leave(person, unit, by):
    memberships.leave(unit, by=by, on=localdate(), reason="withdrawal", basis="申请")


@pytest.mark.parametrize(
    ("ending", "page", "editing"),
    [
        (end_the_duty, 404, 404),
        (cut_the_link, 404, 404),
        (switch_the_account_off, 302, 302),
        (leave, 200, 403),
    ],
)
def test_rights_end_with_duty_link_account_or_membership(
    park_unit, manager, secretary, monkeypatch, django_capture_on_commit_callbacks, ending, page, editing
):
    """In an open session and with kept pages. Whoever's unit left reads on for ninety days and changes nothing."""
    monkeypatch.setattr(kept, "SECONDS", 60)
    client, contacts_page = signed_in_client(manager), f"/members/{park_unit.pk}/contacts/"
    edit = f"/members/{park_unit.pk}/colleagues/add/"
    assert [client.get(address).status_code for address in (contacts_page, contacts_page, edit)] == [200] * 3
    with django_capture_on_commit_callbacks(execute=True):
        ending(manager, park_unit, secretary)
    assert [client.get(address).status_code for address in (contacts_page, edit)] == [page, editing]
    answer = client.post(edit, {"name": "单新人", "mobile": "13812345678", "duty": "clerk"})
    assert answer.status_code == editing
    assert held(Organization.objects.get(pk=park_unit.pk), "clerk") == []


def test_a_kept_page_shows_no_buttons_of_a_right_that_ended(
    park_unit, manager, secretary, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(kept, "SECONDS", 60)
    domain.assign_duty(park_unit, manager.contact, by=secretary, duty="publicity", since=FOUNDED)
    client, page = signed_in_client(manager), f"/members/{park_unit.pk}/contacts/"
    assert "添加同事" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        domain.end_duty(role_of(manager, "manager"), by=secretary)
    assert "添加同事" not in client.get(page).content.decode()


def test_a_cut_link_leaves_one_activity_and_twice_is_harmless(park_unit, manager, secretary):
    contact = manager.contact
    for _ in range(2):
        cut_the_link(manager, park_unit, secretary)
    activities = Activity.objects.about(contact).filter(kind="members.contact.unlinked")
    assert [(a.sentence, a.basis) for a in activities] == [("解除甲经理与其账号的关联", "账号与人不符")]


def test_the_secretariat_cuts_a_link_with_a_basis(as_user, manager, secretary, park_unit):
    page = reverse("members:contact_unlink", args=[park_unit.pk, manager.contact.pk])
    client = as_user(secretary)
    assert (client.get(page).status_code, client.post(page, {"basis": ""}).status_code) == (200, 422)
    assert client.post(page, {"basis": "账号与人不符"}).status_code == 303
    assert client.get(page).status_code == 404
    assert as_user(manager).get(f"/members/{park_unit.pk}/").status_code == 404


def test_an_invited_duty_cannot_be_given_beyond_ones_right(park_unit, manager, secretary, stranger):
    assert permissions.duties_to_give(secretary, park_unit) == tuple(ContactRole._meta.get_field("duty").choices and
        [choice for choice, _ in ContactRole._meta.get_field("duty").choices])  # fmt: skip
    assert "representative" not in permissions.duties_to_give(manager, park_unit)
    assert permissions.duties_to_give(stranger, park_unit) == ()


def test_the_unit_is_seen_by_the_same_people_in_python_and_in_the_database(park_unit, other_unit):
    left = make_organization("退会单位", people=False, left=localdate() - timedelta(10))
    gone = make_organization("早已退会", people=False, left=localdate() - timedelta(120))
    units = [Organization.objects.get(pk=u.pk) for u in (park_unit, other_unit, left, gone)]
    for n, unit in enumerate(units):
        person = make_user(f"某人{n}", f"p{n}@test.cn", organization=unit, duty="clerk")
        seen = set(Organization.objects.visible_to(person).values_list("pk", flat=True))
        assert {u.pk for u in units if permissions.can_view_unit(person, u)} == seen


def test_ending_is_refused_in_python_as_on_the_page(manager, park_unit):
    with pytest.raises(Refused) as refused:
        domain.end_duty(park_unit.contact_roles.get(duty="representative"), by=manager)
    assert refused.value.status == 422
