"""Signing in by code, password and passkey; how long it lasts; what is told afterwards."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from association.choices import Role
from association.domain import sign_in
from association.forms.sign_in import read_address
from association.models import Activity, Delivery, Notice, User
from association.signing.codes import begin_code_login
from tests.conftest import signed_in_client
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN, ASK, CONFIRM = "/accounts/login/", "/accounts/login/code/", "/accounts/login/code/confirm/"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit MicroMessenger/8.0"


@pytest.fixture
def person(db):
    return make_user("手机人", "person@test.cn", mobile="13900007788")


@pytest.fixture
def nobody(db):
    """Somebody with a number only: no address, no password, no second factor."""
    return User.objects.create_user(None, "无密码", None, mobile="13700001111")


def by_password(client, login="person@test.cn", password=PASSWORD, **data):
    return client.post(LOGIN, {"login": login, "password": password} | data)


def code_of(delivery) -> str:
    return re.search(r"(?<!\d)\d{6}(?!\d)", delivery.text)[0]


def by_code(client, address, **data):
    client.post(ASK, {"address": address} | data)
    return client.post(CONFIRM, {"code": code_of(Delivery.objects.latest("pk"))} | data)


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


# --- by code ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "13900007788",
        " 139 0000 7788 ",
        "+86 139-0000-7788",
        "１３９００００７７８８",
        "Person@TEST.cn",
        "person＠test.cn",
    ],
)
def test_a_code_signs_in_however_the_address_was_typed(client, person, typed):
    answer = by_code(client, typed)
    assert (answer.status_code, answer["Location"]) == (302, "/today/")
    assert client.get("/today/").status_code == 200


@pytest.mark.parametrize("typed", ["", "1234", "139000077889", "me@", "a@b", "\u0000", "@" * 300, "１３９"])
def test_what_is_no_address_is_said_so(client, typed):
    answer = client.post(ASK, {"address": typed})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["address"]
    assert Delivery.objects.count() == 0


def test_addresses_are_read_in_one_way():
    assert read_address(" A@B.cn ") == ("email", "a@b.cn")
    assert read_address("０08613812345678") == ("phone", "13812345678")


def test_a_code_has_six_digits_and_leaves_by_the_outbox_as_a_secret(client, person, mailoutbox):
    client.post(ASK, {"address": "13900007788"})
    client.post(ASK, {"address": "person@test.cn"})
    message, letter = Delivery.objects.order_by("pk")
    assert (message.channel, message.address, letter.channel, letter.address) == (
        "sms", "13900007788", "email", "person@test.cn",
    )  # fmt: skip
    assert {(d.secret, d.urgent) for d in (message, letter)} == {(True, True)}
    assert [len(code_of(d)) for d in (message, letter)] == [6, 6]
    assert mailoutbox == []


def test_a_full_width_code_is_understood(client, person):
    client.post(ASK, {"address": "13900007788"})
    code = code_of(Delivery.objects.get()).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    client.post(CONFIRM, {"code": f" {code} "})
    assert signed_in(client)


def test_typing_back_the_code_verifies_the_number(client, person):
    by_code(client, "person@test.cn")
    person.refresh_from_db()
    assert person.mobile_verified_at is None
    client.logout()
    by_code(client, "13900007788")
    person.refresh_from_db()
    assert person.mobile_verified_at is not None


def test_a_code_is_good_once_for_ten_minutes_and_for_three_attempts(client, person):
    client.post(ASK, {"address": "13900007788"})
    code = code_of(Delivery.objects.get())
    with time_machine.travel(time.time() + 601):
        assert client.post(CONFIRM, {"code": code})["Location"] == ASK
    for _ in range(3):
        answer = client.post(CONFIRM, {"code": "00000x"})
    assert answer["Location"] == ASK
    assert client.post(CONFIRM, {"code": code})["Location"] == ASK
    assert not signed_in(client)


def test_three_wrong_codes_use_the_code_up(client, person):
    client.post(ASK, {"address": "13900007788"})
    code = code_of(Delivery.objects.get())
    assert [client.post(CONFIRM, {"code": "x"}).status_code for _ in range(3)] == [200, 200, 302]
    client.post(CONFIRM, {"code": code})
    assert not signed_in(client)


def test_a_code_sent_again_replaces_the_first(client, person):
    client.post(ASK, {"address": "13900007788"})
    client.post(CONFIRM, {"action": "resend"})
    first, second = (code_of(d) for d in Delivery.objects.order_by("pk"))
    if first != second:
        assert client.post(CONFIRM, {"code": first}).status_code == 200
    assert client.post(CONFIRM, {"code": second})["Location"] == "/today/"


def test_a_code_leads_to_the_page_one_came_for_and_nowhere_else(client, person):
    assert by_code(client, "person@test.cn", next="/preferences/")["Location"] == "/preferences/"
    for target in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        cache.clear()
        assert by_code(Client(), "13900007788", next=target)["Location"] == "/today/"


def test_codes_for_one_address_are_few(client, person):
    answers = [client.post(ASK, {"address": "13900007788"}).status_code for _ in range(3)]
    refused = Client().post(ASK, {"address": "139 0000 7788"})
    assert (answers, refused.status_code) == ([302, 302, 302], 200)
    assert refused.context["form"].errors == {"__all__": ["操作太频繁，请稍后再试。"]}
    assert Delivery.objects.count() == 3


def test_codes_are_sent_again_no_more_often(client, person):
    client.post(ASK, {"address": "13900007788"})
    for _ in range(5):
        client.post(CONFIRM, {"action": "resend"})
    assert Delivery.objects.count() == 3


def test_somebody_known_is_led_straight_to_the_code(rf, client, person, other_member, monkeypatch):
    """As from the link of an invitation, whoever was signed in there before."""
    client.force_login(other_member)
    request = client.get("/preferences/").wsgi_request
    from allauth.core import context  # noqa: PLC0415  (the middleware's work, done by hand)

    with context.request_context(request):
        answer = begin_code_login(request, person, next_url="/members/mine/")
    assert answer["Location"] == f"{CONFIRM}?next=%2Fmembers%2Fmine%2F"
    assert not request.user.is_authenticated
    assert Delivery.objects.get().address == "13900007788"


# --- by password ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["13900007788", "+86 139 0000 7788", "PERSON@test.cn"])
def test_a_password_goes_with_number_or_address(client, person, login):
    assert by_password(client, login)["Location"] == "/today/"


def test_the_eleventh_attempt_computes_no_hash(client, person, monkeypatch):
    counted = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **k: counted.append(1) or encode(*a, **k))
    for number in range(10):
        by_password(client, f"1390000{number:04d}", "wrong")
    assert len(counted) == 10
    answer = by_password(client)
    assert len(counted) == 10
    assert answer.context["form"].errors == {"__all__": ["尝试次数过多，请过几分钟再试。"]}


def test_people_who_sign_in_by_number_are_counted_apart(client, person):
    for _ in range(5):
        by_password(client, "13800000000", "wrong")
    assert by_password(client, "13900007788")["Location"] == "/today/"


def test_five_wrong_passwords_close_one_account_for_a_while(client, person):
    for _ in range(5):
        by_password(client, password="wrong")
    assert by_password(client).status_code == 200
    assert by_password(client, "13900007788")["Location"] == "/today/"


def test_the_address_counts_past_our_own_proxies_and_no_further(settings, person):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        by_password(
            Client(headers={"X-Forwarded-For": f"9.9.9.{number}, 8.8.8.8"}), f"1380000{number:04d}", "x"
        )
    refused = by_password(Client(headers={"X-Forwarded-For": "7.7.7.7, 8.8.8.8"}))
    let_in = by_password(Client(headers={"X-Forwarded-For": "8.8.8.8, 6.6.6.6"}))
    assert (refused.status_code, let_in.status_code) == (200, 302)


def test_fewer_proxies_than_expected_are_no_failure(settings, person):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert by_password(Client(headers={"X-Forwarded-For": "8.8.8.8"})).status_code == 302


# --- how long ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [by_password, lambda client: by_code(client, "person@test.cn")])
def test_every_way_gives_staff_a_day_of_work_and_others_two_weeks(person, administrator, way):
    client = Client()
    way(client)
    assert client.session.get_expiry_age() == 14 * 24 * 3600
    give_role(person)
    client = Client()
    way(client)
    assert client.session.get_expiry_age() == 8 * 3600


def give_role(person):
    person.role_assignments.create(role=Role.AUDITOR, confirmed_at=timezone.now())


def opened_after(client, hours) -> bool:
    with time_machine.travel(time.time() + hours * 3600):
        return client.get("/preferences/").status_code == 200


def test_hours_count_from_the_sign_in_whatever_is_done_meanwhile(person, secretary):
    give_role(person)
    client = Client()
    by_password(client)
    assert opened_after(client, 7.9)
    client.post("/preferences/", {"theme": "dark", "text_size": ""})
    assert not opened_after(client, 8.1)


def test_a_duty_granted_later_shortens_what_runs_already(person):
    client = Client()
    by_password(client)
    assert opened_after(client, 24 * 13)
    give_role(person)
    assert not opened_after(client, 9)


def test_two_weeks_are_the_end_for_everybody(person):
    client = Client()
    by_password(client)
    assert not opened_after(client, 24 * 14 + 0.1)


def test_nothing_is_asked_about_duties_within_the_first_hours(person, queries):
    client = Client()
    by_password(client)
    with queries() as captured:
        client.get("/accounts/inactive/")
    assert [q["sql"] for q in captured if "roleassignment" in q["sql"]] == []


def test_an_account_switched_off_is_out_at_once(person):
    client = Client()
    by_password(client)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/preferences/").status_code == 302


def test_a_new_password_ends_the_other_sessions_and_not_this_one(person):
    here, there = Client(), Client()
    for client in (here, there):
        by_password(client)
    data = {"oldpassword": PASSWORD, "password1": "neues-wort-2022", "password2": "neues-wort-2022"}
    assert here.post("/accounts/password/change/", data)["Location"] == "/accounts/security/"
    assert (here.get("/preferences/").status_code, there.get("/preferences/").status_code) == (200, 302)
    assert Notice.objects.get(recipient=person).title == "登录密码已更改"


def test_others_are_signed_out_from_the_list_of_devices(person):
    here, there = Client(), Client(headers={"User-Agent": IPHONE})
    for client in (here, there):
        by_password(client)
    page = here.get("/accounts/sessions/").content.decode()
    assert ("微信，iPhone" in page, "退出其他 1 台设备" in page) == (True, True)
    assert here.post("/accounts/sessions/")["Location"] == "/accounts/sessions/"
    assert (here.get("/preferences/").status_code, there.get("/preferences/").status_code) == (200, 302)
    assert UserSession.objects.filter(user=person).count() == 1


# --- passwords --------------------------------------------------------------------------------------------


def test_a_reset_goes_by_a_link_that_works_once(client, person):
    client.post("/accounts/password/reset/", {"email": "Person@Test.cn"})
    letter = Delivery.objects.get()
    assert (letter.address, letter.secret, letter.urgent) == ("person@test.cn", True, True)
    link = re.search(r"https?://[^/]+(/\S+)", letter.text)[1]
    page = client.get(link, follow=True)
    data = {"password1": "neues-wort-2022", "password2": "neues-wort-2022"}
    answer = client.post(page.request["PATH_INFO"], data)
    assert answer["Location"] == "/accounts/password/reset/key/done/"
    assert "链接已失效" in Client().get(link, follow=True).content.decode()
    assert by_password(Client(), password="neues-wort-2022").status_code == 302


def test_a_reset_keeps_no_second_list_of_addresses(client, person):
    client.post("/accounts/password/reset/", {"email": "person@test.cn"})
    by_code(client, "person@test.cn")
    assert person.emailaddress_set.count() == 0


def test_who_came_by_a_code_needs_no_old_password_for_a_while(client, person):
    by_code(client, "13900007788")
    page = client.get("/accounts/password/change/")
    assert list(page.context["form"].fields) == ["password1", "password2"]
    data = {"password1": "neues-wort-2022", "password2": "neues-wort-2022"}
    assert client.post("/accounts/password/change/", data).status_code == 302
    with time_machine.travel(time.time() + 901):
        page = client.get("/accounts/password/change/")
        assert list(page.context["form"].fields) == ["oldpassword", "password1", "password2"]


def test_a_first_password_can_be_set(client, nobody):
    by_code(client, "13700001111")
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    data = {"password1": "neues-wort-2022", "password2": "neues-wort-2022"}
    client.post("/accounts/password/set/", data)
    assert by_password(Client(), "13700001111", "neues-wort-2022").status_code == 302


# --- what is told -----------------------------------------------------------------------------------------


def test_a_sign_in_is_noted_with_its_way_and_device(person):
    by_code(Client(headers={"User-Agent": IPHONE}), "person@test.cn")
    noted = Activity.objects.get(kind=sign_in.SIGNED_IN)
    assert (noted.sentence, noted.by) == ("登录：验证码，微信，iPhone，127.0.0.1", person)


def test_a_new_device_is_told_of_once_and_the_first_not_at_all(settings, person):
    settings.DEMO = False
    first, second = Client(), Client(headers={"User-Agent": IPHONE})
    for client in (first, first, second, second):
        by_password(client)
        client.post("/accounts/logout/")
    notice = Notice.objects.get(recipient=person)
    assert notice.title == "账号在新的设备上登录"
    assert ("方式：密码" in notice.body, "设备：微信，iPhone" in notice.body) == (True, True)


def test_a_forged_mark_makes_no_device_known(settings, person):
    settings.DEMO = False
    by_password(Client())
    client = Client()
    client.cookies["known_by"] = f"{person.pk}:forged"
    by_password(client)
    assert Notice.objects.filter(recipient=person).count() == 1


def test_a_demonstration_tells_of_no_devices(settings, person):
    settings.DEMO = True
    by_password(Client())
    by_password(Client())
    assert Notice.objects.count() == 0


def test_the_page_of_ones_account_shows_ways_factors_and_sign_ins(client, person):
    by_password(client)
    page = client.get("/accounts/security/").content.decode()
    wanted = ["139 0000 7788", "person@test.cn", "修改密码", "设置身份验证器", "增加通行密钥", "登录：密码"]
    assert [words for words in wanted if words not in page] == []


def test_the_pages_of_the_account_ask_as_often_for_many_as_for_one(client, person, queries):
    client.force_login(person)
    client.get("/accounts/security/")
    counts = []
    for number in (1, 30):
        for n in range(number):
            Authenticator.objects.create(user=person, type="webauthn", data={"name": f"{n}"})
            sign_in.note_sign_in(person, way="密码", device="Chrome", address="1.1.1.1")
        with queries() as captured:
            assert client.get("/accounts/security/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


# --- the rest ---------------------------------------------------------------------------------------------


def test_pages_answer_head_as_they_answer_get(client, secretary, as_user):
    client = signed_in_client(secretary)
    for address in ("/today/", "/members/", "/accounts/security/", "/members/export/", "/preferences/"):
        assert client.head(address).status_code == 200, address


def test_a_form_that_came_too_late_leads_back_to_its_page(client, member):
    answer = client.post("/views/save/", {}, headers={"Referer": "http://testserver/members/?q=x"})
    assert answer["Location"] == f"{LOGIN}?next=/members/%3Fq%3Dx"
    for referrer in ("", "https://evil.example/members/", "javascript:alert(1)", "http://testserver"):
        answer = client.post("/views/save/", {}, headers={"Referer": referrer})
        assert answer["Location"] == f"{LOGIN}?next=/today/"


def test_the_number_of_hours_is_the_setting(settings):
    assert (
        8 * 3600,
        timedelta(days=14).total_seconds(),
    ) == (settings.STAFF_SESSION_AGE, settings.SESSION_COOKIE_AGE)
