"""People and their duties; the door they come in by."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.timezone import localdate

from association.choices import Role
from association.domain import accounts
from association.errors import Refused
from association.models import Activity, RoleAssignment, User
from association.permissions import current_roles, has_role, is_staff_member
from tests.factories import FOUNDED, PASSWORD, make_user
from tests.races import at_once

LOGIN, LOGOUT = "/accounts/login/", "/accounts/logout/"
pytestmark = pytest.mark.django_db


def fresh(user):
    return User.objects.get(pk=user.pk)


# --- duties -----------------------------------------------------------------------------------------------


def test_a_granted_duty_holds_from_its_day_on(stranger, administrator):
    accounts.grant_role(stranger, Role.TREASURER, by=None, since=date(2022, 3, 1), basis="任命")
    held = {
        day: list(stranger.role_assignments.on(day)) != [] for day in (date(2022, 2, 28), date(2022, 3, 1))
    }
    assert held == {date(2022, 2, 28): False, date(2022, 3, 1): True}
    assert has_role(fresh(stranger), Role.TREASURER)


def test_a_duty_granted_from_tomorrow_opens_nothing_today(stranger, administrator):
    accounts.grant_role(stranger, Role.TREASURER, by=None, since=localdate() + timedelta(days=1))
    assert not is_staff_member(fresh(stranger))


def test_an_ended_duty_holds_until_the_day_before(stranger, administrator):
    granted = accounts.grant_role(stranger, Role.AUDITOR, by=None, since=FOUNDED)
    RoleAssignment.objects.filter(pk=granted.pk).update(until=date(2022, 6, 1))
    days = [date(2022, 5, 31), date(2022, 6, 1)]
    assert [stranger.role_assignments.on(day).exists() for day in days] == [True, False]


def test_granting_leaves_one_activity_and_twice_is_harmless(stranger, administrator):
    first = accounts.grant_role(stranger, Role.SECRETARIAT, by=administrator, basis="聘任")
    second = accounts.grant_role(stranger, Role.SECRETARIAT, by=administrator, basis="聘任")
    assert first == second
    activity = Activity.objects.get(kind="association.role.granted", by=administrator)
    assert (activity.sentence, activity.basis) == ("提出授予路人甲“秘书处”职责", "聘任")
    assert first.granted_by == administrator


def test_nobody_grants_a_duty_to_themselves(administrator):
    with pytest.raises(Refused) as refused:
        accounts.grant_role(administrator, Role.TREASURER, by=administrator)
    assert (refused.value.status, administrator.role_assignments.count()) == (422, 1)


def test_ending_leaves_one_activity_and_twice_is_harmless(secretary, administrator):
    assignment = secretary.role_assignments.get()
    ended = accounts.end_role(assignment, by=administrator, basis="离任")
    accounts.end_role(assignment, by=administrator, basis="离任")
    assert ended.until == localdate()
    activity = Activity.objects.get(kind="association.role.ended")
    assert (activity.sentence, activity.basis) == ("结束陈思远的“秘书处”职责", "离任")
    assert not is_staff_member(fresh(secretary))


def test_a_duty_can_be_granted_again_after_it_ended(secretary, administrator):
    accounts.end_role(secretary.role_assignments.get(), by=administrator)
    accounts.grant_role(secretary, Role.SECRETARIAT, by=None)
    assert secretary.role_assignments.count() == 2
    assert is_staff_member(fresh(secretary))


def test_a_duty_that_begins_later_can_be_ended_before_it_began(stranger, administrator):
    granted = accounts.grant_role(stranger, Role.AUDITOR, by=None, since=localdate() + timedelta(days=30))
    accounts.end_role(granted, by=administrator)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert not is_staff_member(fresh(stranger))


def test_roles_are_asked_of_the_database_once_a_request(secretary, queries):
    user = fresh(secretary)
    with queries() as captured:
        assert [has_role(user, Role.SECRETARIAT), has_role(user, Role.AUDITOR), is_staff_member(user)] == [
            True,
            False,
            True,
        ]
    assert len(captured) == 1


def test_an_account_switched_off_holds_no_duty(secretary):
    User.objects.update(is_active=False)
    assert current_roles(fresh(secretary)) == frozenset()


def test_opening_an_account_twice_changes_nothing(administrator):
    first = accounts.open_account(email="New@Test.cn", full_name="新人", password=PASSWORD, by=administrator)
    second = accounts.open_account(email="new@test.CN", full_name="别人", password="other", by=administrator)
    assert first == second
    assert (second.full_name, second.email, second.check_password(PASSWORD)) == ("新人", "new@test.cn", True)
    assert Activity.objects.filter(kind="association.account.opened").count() == 1


def test_surnames_are_read_as_surnames(administrator):
    user = make_user("单雄", "shan@test.cn")
    assert (user.pinyin_full, user.pinyin_initials) == ("shanxiong", "sx")


@pytest.mark.django_db(transaction=True)
def test_of_two_grants_at_once_one_counts():
    person = make_user("路人甲", "stranger@test.cn")
    by = make_user("唐立新", "administrator@test.cn", roles=[Role.ADMINISTRATOR])
    results = at_once(*[lambda: accounts.grant_role(person, Role.AUDITOR, by=by)] * 3)
    assert {r.pk for r in results} == {person.role_assignments.get().pk}
    assert (
        Activity.objects.filter(subjects__object_id=person.pk, kind="association.role.granted").count() == 1
    )


# --- the door ---------------------------------------------------------------------------------------------


def sign_in(client, email="secretary@test.cn", password=PASSWORD, **data):
    return client.post(LOGIN, {"login": email, "password": password} | data)


def test_the_sign_in_page_is_ours_and_in_chinese(client):
    page = client.get(LOGIN)
    assert page.status_code == 200
    body = page.content.decode()
    assert ("<h1>登录</h1>" in body, "怎样得到账号" in body, "Sign" in body) == (True, True, False)


def test_demo_accounts_stand_there_in_demo_mode_only(client, settings):
    settings.DEMO = True
    assert "secretary@example.cn" in client.get(LOGIN).content.decode()
    settings.DEMO = False
    assert "example.cn" not in client.get(LOGIN).content.decode()


def test_the_right_password_opens_the_workbench(client, secretary):
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/today/")
    assert client.get("/today/").status_code == 200


def test_the_address_may_be_typed_in_capitals_and_with_spaces(client, secretary):
    assert sign_in(client, " Secretary@TEST.cn ").status_code == 302


def test_who_came_for_a_page_is_led_to_it(client, secretary):
    assert sign_in(client, next="/members/districts/")["Location"] == "/members/districts/"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", "http:evil"],
)
def test_nobody_is_led_away_from_the_house_at_the_door(client, secretary, target):
    answer = client.post(
        f"{LOGIN}?next={target}", {"login": "secretary@test.cn", "password": PASSWORD, "next": target}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/today/")


def test_a_wrong_password_and_an_unknown_account_are_told_the_same(client, secretary):
    wrong, unknown = sign_in(client, password="wrong"), sign_in(client, "nobody@test.cn", "wrong")
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert list(wrong.context["form"].errors) == ["__all__"]
    assert "_auth_user_id" not in client.session


def test_one_address_cannot_try_many_accounts(client):
    for n in range(10):
        sign_in(client, f"nobody{n}@test.cn", "wrong")
    make_user("孙会宁", "treasurer@test.cn")
    sign_in(client, "treasurer@test.cn")
    assert "_auth_user_id" not in client.session


def test_an_account_switched_off_is_not_let_in(client, secretary):
    User.objects.update(is_active=False)
    sign_in(client)
    assert "_auth_user_id" not in client.session


def test_staff_are_signed_out_after_eight_hours_and_members_after_fourteen_days(client, secretary, member):
    sign_in(client)
    assert client.session.get_expiry_age() == 8 * 3600
    client.logout()
    sign_in(client, "member@test.cn")
    assert client.session.get_expiry_age() == 14 * 24 * 3600


def test_signing_in_gives_a_new_session(client, secretary):
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    old = session.session_key
    sign_in(client)
    assert client.session.session_key != old


def test_signing_out_takes_a_post(client, secretary):
    sign_in(client)
    assert client.get(LOGOUT).status_code == 200
    assert client.get("/today/").status_code == 200
    assert client.post(LOGOUT)["Location"] == LOGIN
    assert client.get("/today/").status_code == 302


def test_nobody_opens_an_account_on_their_own(client):
    page = client.get("/accounts/signup/")
    assert "账号由秘书处开通" in page.content.decode()
    data = {
        "email": "me@test.cn",
        "password1": "long-enough-77",
        "password2": "long-enough-77",
        "full_name": "我",
    }
    client.post("/accounts/signup/", data)
    assert User.objects.count() == 0


def test_a_password_too_short_or_too_plain_is_not_taken(client, secretary):
    sign_in(client)
    for password in ("kurz-1", "1234567890", "password12", "secretary1"):
        data = {"oldpassword": PASSWORD, "password1": password, "password2": password}
        client.post("/accounts/password/change/", data)
    assert fresh(secretary).check_password(PASSWORD)
    data = {"oldpassword": PASSWORD, "password1": "langes-wort-2022", "password2": "langes-wort-2022"}
    assert client.post("/accounts/password/change/", data).status_code == 302
    assert fresh(secretary).check_password("langes-wort-2022")


def test_the_admin_has_no_door_of_its_own(client):
    """A second sign-in form would be one without limits."""
    answer = client.get("/admin/login/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)


# --- preferences ------------------------------------------------------------------------------------------


def test_colours_and_size_are_kept_with_the_account_and_shown_as_chosen(client, secretary):
    client.force_login(secretary)
    answer = client.post("/preferences/", {"theme": "dark", "text_size": "large"})
    assert (answer.status_code, answer["Location"]) == (303, "/preferences/")
    body = client.get("/preferences/").content.decode()
    assert 'data-theme="dark" data-size="large"' in body
    assert 'value="dark" checked' in body
    assert 'value="large" checked' in body


def test_a_colour_that_is_none_is_refused(client, secretary):
    client.force_login(secretary)
    assert client.post("/preferences/", {"theme": '"><script>', "text_size": "large"}).status_code == 422
    assert fresh(secretary).text_size == ""


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_preferences_lead_nowhere_else(client, secretary, target):
    client.force_login(secretary)
    assert client.post("/preferences/", {"theme": "dark", "next": target})["Location"] == "/preferences/"


def test_a_forged_cookie_sets_no_attribute(client):
    client.cookies["theme"] = 'dark" onload="x'
    assert 'data-theme=""' in client.get(LOGIN).content.decode()
