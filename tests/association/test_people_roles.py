"""Duties in the association: one administrator grants, another confirms, and rights end at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from association.choices import Role
from association.domain import account_state, accounts
from association.domain.accounts import confirm_role, end_role, grant_role, reject_role
from association.errors import Refused
from association.models import Activity, Notice, RoleAssignment, User
from association.permissions import has_role, is_staff_member
from tests.conftest import signed_in_client
from tests.factories import make_user
from tests.races import at_once

pytestmark = pytest.mark.django_db


def fresh(user):
    return User.objects.get(pk=user.pk)


def kinds(user):
    """What is known about the account, oldest first, but for what the test itself prepared."""
    found = Activity.objects.about(user).order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("association.") for kind in found]


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__email", flat=True))


@pytest.fixture
def second(db):
    return make_user("高明远", "second@test.cn", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def third(db):
    return make_user("第三位", "third@test.cn", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def proposal(stranger, administrator):
    return grant_role(stranger, Role.TREASURER, by=administrator, basis="任命")


# --- grant and confirm ------------------------------------------------------------------------------------


def test_a_granted_duty_gives_no_right_before_it_is_confirmed(stranger, proposal, second):
    assert not is_staff_member(fresh(stranger))
    confirm_role(proposal, by=second)
    assert has_role(fresh(stranger), Role.TREASURER)
    row = RoleAssignment.objects.get(pk=proposal.pk)
    assert (row.granted_by.email, row.confirmed_by) == ("administrator@test.cn", second)
    assert kinds(stranger) == ["role.granted", "role.confirmed"]


def test_the_other_administrators_are_asked_and_the_person_is_told(proposal, second, third, stranger):
    assert told("association.role_proposed") == []
    accounts.reject_role(proposal, by=second)
    again = grant_role(stranger, Role.AUDITOR, by=second, basis="任命")
    assert told("association.role_proposed") == ["administrator@test.cn", "third@test.cn"]
    confirm_role(again, by=third)
    assert told("association.role_confirmed") == [
        "administrator@test.cn",
        "second@test.cn",
        "stranger@test.cn",
    ]


def test_proposer_and_person_do_not_confirm(proposal, administrator, stranger, second):
    for wrong in (administrator, stranger):
        with pytest.raises(Refused) as refused:
            confirm_role(proposal, by=wrong)
        assert refused.value.status == 422
    own = grant_role(second, Role.AUDITOR, by=administrator)
    with pytest.raises(Refused):
        confirm_role(own, by=second)
    assert RoleAssignment.objects.filter(confirmed_at__isnull=True).count() == 2


def test_the_database_too_asks_for_two_people(proposal, administrator):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.filter(pk=proposal.pk).update(confirmed_by=administrator)


def test_confirming_twice_is_harmless_and_never_counts_from_the_past(stranger, administrator, second):
    past = localdate() - timedelta(days=30)
    proposal = grant_role(stranger, Role.AUDITOR, by=administrator, since=past)
    first, again = (confirm_role(proposal, by=second) for _ in range(2))
    assert (first.since, again.confirmed_at) == (localdate(), first.confirmed_at)
    assert kinds(stranger) == ["role.granted", "role.confirmed"]


def test_a_rejected_proposal_cannot_be_confirmed_and_may_be_made_again(
    proposal, stranger, administrator, second
):
    for _ in range(2):
        reject_role(proposal, by=second, basis="人选未定")
    with pytest.raises(Refused):
        confirm_role(proposal, by=second)
    assert told("association.role_rejected") == ["administrator@test.cn"]
    assert kinds(stranger) == ["role.granted", "role.rejected"]
    confirm_role(grant_role(stranger, Role.TREASURER, by=administrator), by=second)
    assert has_role(fresh(stranger), Role.TREASURER)


def test_a_proposer_withdraws_without_telling_themselves(proposal, administrator, stranger):
    reject_role(proposal, by=administrator)
    assert told("association.role_rejected") == []
    assert Activity.objects.about(stranger).first().sentence == "撤回授予路人甲“财务”职责的提议"


def test_what_was_confirmed_is_ended_and_not_rejected(proposal, second):
    confirm_role(proposal, by=second)
    with pytest.raises(Refused):
        reject_role(proposal, by=second)


def test_an_account_switched_off_gets_no_duty(stranger, proposal, administrator, second):
    account_state.deactivate_account(stranger, by=administrator, basis="离职")
    with pytest.raises(Refused):
        confirm_role(proposal, by=second)
    with pytest.raises(Refused):
        grant_role(stranger, Role.AUDITOR, by=administrator)


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_rejected_at_once_one_of_the_two_counts():
    admins = [make_user(f"管理{n}", f"a{n}@test.cn", roles=[Role.ADMINISTRATOR]) for n in range(3)]
    person = make_user("路人甲", "stranger@test.cn")
    proposal = grant_role(person, Role.AUDITOR, by=admins[0])
    results = at_once(
        lambda: confirm_role(proposal, by=admins[1]), lambda: reject_role(proposal, by=admins[2])
    )
    assert sorted(type(r).__name__ for r in results) == ["Refused", "RoleAssignment"]
    assert len([k for k in kinds(person) if k != "role.granted"]) == 1


# --- end --------------------------------------------------------------------------------------------------


def test_the_last_administrator_cannot_be_ended_or_switched_off(administrator, secretary):
    with pytest.raises(Refused):
        end_role(administrator.role_assignments.get(), by=secretary)
    with pytest.raises(Refused):
        account_state.deactivate_account(administrator, by=secretary, basis="误")
    assert has_role(fresh(administrator), Role.ADMINISTRATOR)


def test_an_administrator_who_cannot_sign_in_does_not_count(administrator, second, secretary):
    account_state.deactivate_account(second, by=administrator, basis="离职")
    with pytest.raises(Refused):
        end_role(administrator.role_assignments.get(), by=secretary)


def test_the_one_but_last_administrator_can_be_ended(administrator, second):
    end_role(second.role_assignments.get(), by=administrator, basis="离任")
    assert not is_staff_member(fresh(second))
    assert told("association.role_ended") == ["second@test.cn"]


def test_a_proposal_is_rejected_and_not_ended(proposal, administrator):
    with pytest.raises(Refused):
        end_role(proposal, by=administrator)
    assert RoleAssignment.objects.get(pk=proposal.pk).is_waiting


def test_ending_twice_stays_harmless_for_who_is_the_last_administrator_by_then(administrator, second):
    ended = end_role(second.role_assignments.get(), by=administrator)
    accounts.grant_role(second, Role.ADMINISTRATOR, by=None)
    end_role(administrator.role_assignments.get(), by=second)
    assert end_role(ended, by=administrator).until == ended.until


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_other_leave_one():
    one, two = (make_user(f"管理{n}", f"a{n}@test.cn", roles=[Role.ADMINISTRATOR]) for n in range(2))
    results = at_once(
        lambda: end_role(two.role_assignments.get(), by=one),
        lambda: end_role(one.role_assignments.get(), by=two),
    )
    assert sorted(type(r).__name__ for r in results) == ["Refused", "RoleAssignment"]
    assert RoleAssignment.objects.administrators().count() == 1


def test_an_open_session_loses_its_rights_with_the_duty(secretary, administrator):
    client = signed_in_client(secretary)
    assert client.get("/members/").status_code == 200
    end_role(secretary.role_assignments.get(), by=administrator)
    assert client.get("/members/").status_code == 403


# --- pages ------------------------------------------------------------------------------------------------


def test_a_duty_is_proposed_and_confirmed_on_the_pages(as_user, stranger, administrator, second):
    one, two = as_user(administrator), as_user(second)
    answer = one.post(f"/people/{stranger.pk}/grant/", {"role": "auditor", "basis": "办公会决定"})
    assert (answer.status_code, answer["Location"]) == (303, f"/people/{stranger.pk}/")
    role = stranger.role_assignments.get()
    assert "待确认的职责：路人甲任审计" in two.get("/today/").content.decode()
    assert "待确认的职责" not in one.get("/today/").content.decode()
    page = f"/roles/{role.pk}/confirm/"
    assert (page in one.get(f"/people/{stranger.pk}/").content.decode(), one.post(page).status_code) == (
        False,
        422,
    )
    assert page in two.get(f"/people/{stranger.pk}/").content.decode()
    assert two.post(page).status_code == 303
    assert has_role(fresh(stranger), Role.AUDITOR)


def test_without_a_basis_or_from_the_past_nothing_is_proposed(as_user, stranger, administrator):
    client = as_user(administrator)
    for data in (
        {"role": "auditor"},
        {"role": "king", "basis": "x"},
        {"role": "auditor", "basis": "x", "since": "2020-01-01"},
    ):
        assert client.post(f"/people/{stranger.pk}/grant/", data).status_code == 422
    assert stranger.role_assignments.count() == 0


def test_granting_and_confirming_ask_for_a_fresh_proof(stranger, proposal, second):
    client = signed_in_client(second, proved=False)
    for page in (f"/people/{stranger.pk}/grant/", f"/roles/{proposal.pk}/confirm/"):
        answer = client.post(page, {"role": "auditor", "basis": "x"})
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (
            302,
            "/accounts/reauthenticate/",
        )
    assert RoleAssignment.objects.filter(user=stranger, confirmed_at__isnull=False).count() == 0


def test_nobody_else_decides_about_duties(as_user, proposal, secretary, auditor, stranger):
    for person in (secretary, auditor, stranger):
        assert as_user(person).post(f"/roles/{proposal.pk}/confirm/").status_code == 403
    assert RoleAssignment.objects.get(pk=proposal.pk).confirmed_at is None


def test_a_duty_is_ended_on_its_page_with_a_basis(as_user, secretary, administrator):
    page = f"/roles/{secretary.role_assignments.get().pk}/end/"
    client = as_user(administrator)
    assert (client.get(page).status_code, client.post(page, {"basis": ""}).status_code) == (200, 422)
    assert client.post(page, {"basis": "离任"}).status_code == 303
    assert Activity.objects.about(secretary).first().basis == "离任"
