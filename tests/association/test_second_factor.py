"""The second step: who must have one, what they may do without, how it is set up, used and taken away."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from django.test import Client

from association.choices import Role
from association.models import Delivery, Notice, User
from association.signing.doorkeeper import OPEN_WITHOUT_FACTOR
from tests.conftest import signed_in_client
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN, STEP, SETUP = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/security/setup/"
TOTP, CODES = "/accounts/2fa/totp/", "/accounts/2fa/recovery-codes/"


@pytest.fixture(autouse=True)
def _in_earnest(settings):
    settings.DEMO = False


def digits(secret, *, steps=0) -> str:
    return f"{hotp_value(secret, int(time.time()) // 30 + steps):06d}"


def set_up(client) -> str:
    """Set up an authenticator app as the page says; gives the secret."""
    page = client.get(f"{TOTP}activate/").content.decode()
    secret = re.search(r"data-totp-secret>([A-Z2-7]+)<", page)[1]
    assert client.post(f"{TOTP}activate/", {"code": digits(secret, steps=-1)})["Location"] == CODES
    return secret


def enter(client, email):
    return client.post(LOGIN, {"login": email, "password": PASSWORD})


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


# --- setting up -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_staff_are_led_to_set_one_up_and_then_let_in():
    secretary = make_user("陈思远", "secretary@test.cn", roles=[Role.SECRETARIAT])
    client = Client()
    enter(client, "secretary@test.cn")
    assert [client.get(a)["Location"] for a in ("/today/", "/members/", "/accounts/security/")] == [SETUP] * 3
    assert client.get(SETUP).status_code == 200
    set_up(client)
    page = client.get(CODES)
    assert (page.status_code, len(page.context["unused_codes"])) == (200, 10)
    assert client.get("/members/").status_code == 200
    assert client.get(SETUP)["Location"] == "/accounts/security/"
    assert (
        Notice.objects.get(recipient=secretary, kind="association.factor_added").title
        == "账号增加了身份验证器"
    )


def test_fragments_are_told_by_header(secretary):
    answer = signed_in_client(secretary).get("/members/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, SETUP)


def test_a_members_person_may_have_one_and_need_not(member):
    client = signed_in_client(member)
    assert client.get("/today/").status_code == 200
    set_up(client)
    fresh = Client()
    assert enter(fresh, "member@test.cn")["Location"] == STEP


def test_a_duty_granted_later_asks_for_one_at_once(stranger, secretary):
    client = signed_in_client(stranger)
    assert client.get("/today/").status_code == 200
    stranger.role_assignments.create(role="auditor", confirmed_at=secretary.created_at)
    assert client.get("/today/")["Location"] == SETUP


def test_who_may_open_the_admin_needs_one_too(db):
    root = User.objects.create_superuser("root@test.cn", "总管", PASSWORD)
    assert signed_in_client(root).get("/admin/")["Location"] == SETUP


def test_a_demonstration_asks_for_none(settings, secretary):
    settings.DEMO = True
    assert signed_in_client(secretary).get("/today/").status_code == 200


def test_what_is_open_without_one_exists():
    from tests.access import url_names  # noqa: PLC0415  (walks the resolver)

    assert set(url_names()) >= OPEN_WITHOUT_FACTOR


def test_recovery_codes_alone_are_no_second_factor(secretary):
    Authenticator.objects.create(user=secretary, type="recovery_codes", data={})
    assert signed_in_client(secretary).get("/today/")["Location"] == SETUP


def test_having_one_is_asked_of_the_database_once_a_session(secretary, queries):
    client = signed_in_client(secretary)
    set_up(client)
    client.get("/preferences/")
    with queries() as captured:
        client.get("/preferences/")
    assert [q["sql"] for q in captured if "mfa_authenticator" in q["sql"]] == []


def test_setting_up_is_asked_for_again_when_the_proof_is_old(member):
    client = signed_in_client(member, proved=False)
    answer = client.get(f"{TOTP}activate/")
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": f"{TOTP}activate/"})
    assert answer["Location"] == f"{TOTP}activate/"
    assert client.get(f"{TOTP}activate/").status_code == 200


def test_the_secret_lies_encrypted(member):
    secret = set_up(signed_in_client(member))
    stored = Authenticator.objects.get(user=member, type="totp").data["secret"]
    assert (secret in stored, len(stored) > 80) == (False, True)


def test_another_key_of_the_server_is_said_in_a_sentence_and_an_old_one_still_reads(member, settings):
    secret = set_up(signed_in_client(member))
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 5, []
    client = Client()
    enter(client, "member@test.cn")
    answer = client.post(STEP, {"code": digits(secret)})
    assert (answer.status_code, "换过密钥" in answer.content.decode()) == (409, True)
    settings.SECRET_KEY_FALLBACKS = [old]
    client = Client()
    enter(client, "member@test.cn")
    client.post(STEP, {"code": digits(secret)})
    assert signed_in(client)


def test_a_wrong_code_sets_nothing_up(member):
    client = signed_in_client(member)
    client.get(f"{TOTP}activate/")
    assert client.post(f"{TOTP}activate/", {"code": "12345"}).status_code == 200
    assert Authenticator.objects.count() == 0


# --- using ------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(member):
    return set_up(signed_in_client(member))


def test_the_password_alone_does_not_open(member, guarded):
    client = Client()
    assert enter(client, "member@test.cn")["Location"] == STEP
    assert (signed_in(client), client.get("/today/").status_code) == (False, 302)
    assert client.post(STEP, {"code": digits(guarded)})["Location"] == "/today/"
    assert signed_in(client)


def test_nor_does_a_code_by_mail(member, guarded):
    client = Client()
    client.post("/accounts/login/code/", {"address": "member@test.cn"})
    code = re.search(r"\b\d{6}\b", Delivery.objects.latest("pk").text)[0]
    assert client.post("/accounts/login/code/confirm/", {"code": code})["Location"] == STEP
    assert not signed_in(client)
    client.post(STEP, {"code": digits(guarded)})
    assert client.session.get_expiry_age() == 14 * 24 * 3600


def test_the_way_on_is_kept_over_both_steps(member, guarded):
    client = Client()
    client.post(LOGIN, {"login": "member@test.cn", "password": PASSWORD, "next": "/preferences/"})
    assert client.post(STEP, {"code": digits(guarded)})["Location"] == "/preferences/"


def test_a_code_is_taken_once_though_it_is_good_for_longer(member, guarded):
    code = digits(guarded, steps=1)
    first, second = Client(), Client()
    for client in (first, second):
        enter(client, "member@test.cn")
    first.post(STEP, {"code": code})
    with time_machine.travel(time.time() + 35):
        answer = second.post(STEP, {"code": code})
    assert (signed_in(first), signed_in(second)) == (True, False)
    assert answer.context["form"].errors == {"code": ["没有通过。请核对后再试；每个动态口令只能用一次。"]}


def test_a_code_of_two_minutes_ago_is_none(member, guarded):
    client = Client()
    enter(client, "member@test.cn")
    client.post(STEP, {"code": digits(guarded, steps=-4)})
    assert not signed_in(client)


def test_a_recovery_code_opens_once(member):
    inside = signed_in_client(member)
    set_up(inside)
    code = inside.get(CODES).context["unused_codes"][0]
    opened = []
    for _ in range(2):
        client = Client()
        enter(client, "member@test.cn")
        client.post(STEP, {"code": code})
        opened.append(signed_in(client))
    assert opened == [True, False]
    assert len(inside.get(CODES).context["unused_codes"]) == 9


def test_guesses_are_few(member, guarded):
    client = Client()
    enter(client, "member@test.cn")
    for number in range(5):
        client.post(STEP, {"code": f"{number:06d}"})
    answer = client.post(STEP, {"code": digits(guarded)})
    assert answer.context["form"].errors == {"code": ["尝试次数过多，请过几分钟再试。"]}
    assert not signed_in(client)


def test_the_step_is_open_for_a_quarter_of_an_hour(member, guarded):
    client = Client()
    enter(client, "member@test.cn")
    with time_machine.travel(time.time() + 16 * 60):
        assert client.get(STEP)["Location"] == LOGIN


# --- taking away ------------------------------------------------------------------------------------------


def test_staff_keep_their_last_one(secretary, member):
    for person, left in ((secretary, 1), (member, 0)):
        client = signed_in_client(person)
        set_up(client)
        client.post(f"{TOTP}deactivate/")
        assert Authenticator.objects.filter(user=person, type="totp").count() == left
    assert Notice.objects.get(kind="association.factor_removed").recipient == member


def test_staff_keep_their_last_passkey(secretary):
    key = Authenticator.objects.create(user=secretary, type="webauthn", data={"name": "电脑"})
    client = signed_in_client(secretary)
    answer = client.post(f"/accounts/2fa/passkeys/keys/{key.pk}/remove/")
    assert answer.status_code == 409
    assert "必须保留至少一种" in answer.content.decode()
    other = Authenticator.objects.create(user=secretary, type="webauthn", data={"name": "手机"})
    assert client.post(f"/accounts/2fa/passkeys/keys/{key.pk}/remove/").status_code == 302
    assert list(Authenticator.objects.filter(user=secretary)) == [other]


def test_a_passkey_is_renamed_and_removed_by_its_owner_only(member, other_member):
    key = Authenticator.objects.create(user=member, type="webauthn", data={"name": "电脑"})
    page = f"/accounts/2fa/passkeys/keys/{key.pk}/"
    thief, owner = signed_in_client(other_member), signed_in_client(member)
    assert [thief.post(f"{page}{what}/", {"name": "我的"}).status_code for what in ("edit", "remove")] == [
        404,
        404,
    ]
    assert owner.post(f"{page}edit/", {"name": "家里"}).status_code == 302
    key.refresh_from_db()
    assert key.data["name"] == "家里"
    assert owner.post(f"{page}edit/", {"name": "长" * 61}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_new_recovery_codes_void_the_old_ones():
    client = signed_in_client(make_user("赵联络", "member@test.cn"))
    set_up(client)
    old = client.get(CODES).context["unused_codes"]
    assert client.post(f"{CODES}generate/")["Location"] == CODES
    new = client.get(CODES).context["unused_codes"]
    assert (len(new), set(old) & set(new)) == (10, set())
    file = client.get(f"{CODES}download/")
    assert (file["Content-Type"], file["Content-Disposition"].startswith("attachment")) == (
        "text/plain; charset=utf-8", True,
    )  # fmt: skip
    assert [code for code in new if code not in file.content.decode()] == []
    assert Notice.objects.filter(kind="association.recovery_codes_made").count() == 1


def test_odd_keys_are_no_failure(member):
    client = signed_in_client(member)
    for credential in (
        "",
        "x",
        "{}",
        "[]",
        '{"id": 1}',
        '{"id":"a","rawId":"%%","type":"public-key","response":{}}',
    ):
        client.get("/accounts/2fa/passkeys/add/")
        assert client.post("/accounts/2fa/passkeys/add/", {"credential": credential}).status_code == 200
    assert Authenticator.objects.count() == 0
