"""No answer tells whether an account exists: known, unknown and switched off are answered byte for byte alike."""

import base64
import json
import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import int_to_base36

from association.models import Delivery, User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
MAIL = {
    "known": "known@test.cn",
    "unknown": "nobdy@test.cn",
    "switched_off": "off00@test.cn",
    "no_password": "plain@test.cn",
}
MOBILE = {
    "known": "13900007701",
    "unknown": "13900007702",
    "switched_off": "13900007703",
    "no_password": "13900007704",
}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture(autouse=True)
def people(db):
    make_user("有人", MAIL["known"], mobile=MOBILE["known"])
    make_user("停用", MAIL["switched_off"], mobile=MOBILE["switched_off"], is_active=False)
    User.objects.create_user(MAIL["no_password"], "没密码", None, mobile=MOBILE["no_password"])
    Client().get("/accounts/login/")


def seen(answer, *addresses):
    """Everything an onlooker has of an answer, with what they typed themselves taken out."""
    body = TOKEN.sub(b"", answer.content)
    for address in addresses:
        for form in (address, f"{address[:3]} {address[3:7]} {address[7:]}"):
            body = body.replace(form.encode(), b"ADDRESS")
    headers = {
        k: v for k, v in answer.headers.items() if k not in ("X-Request-Id", "Content-Length", "Expires")
    }
    cookies = sorted((name, morsel["max-age"], morsel["path"]) for name, morsel in answer.cookies.items())
    return answer.status_code, headers, cookies, re.sub(rb"[0-9a-f]{16}</span>", b"", body)


def all_answers(addresses, steps, people=("known", "unknown", "switched_off", "no_password")):
    """The answers to `steps(client, address)` for each of the people, a clean slate before each."""
    found = {}
    for name in people:
        cache.clear()
        client = Client()
        found[name] = [seen(answer, addresses[name]) for answer in steps(client, addresses[name])]
    return found


def alike(found):
    first = next(iter(found.values()))
    assert [name for name, answers in found.items() if answers != first] == []
    return first


@pytest.mark.parametrize("addresses", [MAIL, MOBILE], ids=["mail", "mobile"])
def test_a_wrong_password(addresses):
    def steps(client, address):
        return [client.post("/accounts/login/", {"login": address, "password": "wrong"})]

    assert alike(all_answers(addresses, steps))[0][0] == 200


@pytest.mark.parametrize("addresses", [MAIL, MOBILE], ids=["mail", "mobile"])
def test_the_right_password_of_an_account_switched_off(addresses):
    def steps(client, address):
        return [client.post("/accounts/login/", {"login": address, "password": PASSWORD})]

    alike(all_answers(addresses, steps, ("unknown", "switched_off", "no_password")))


@pytest.mark.parametrize("addresses", [MAIL, MOBILE], ids=["mail", "mobile"])
def test_a_code_asked_for_typed_wrong_and_sent_again_until_it_is_too_often(addresses):
    def steps(client, address):
        yield client.post("/accounts/login/code/", {"address": address})
        yield client.get("/accounts/login/code/confirm/")
        yield client.post("/accounts/login/code/confirm/", {"code": "00000x"})
        for _ in range(3):
            yield client.post("/accounts/login/code/confirm/", {"action": "resend"})
        yield client.get("/accounts/login/code/confirm/")
        for _ in range(2):
            yield client.post("/accounts/login/code/confirm/", {"code": "00000x"})
        yield client.get("/accounts/login/")

    answers = alike(all_answers(addresses, steps))
    assert [status for status, *_ in answers] == [302, 200, 200, 302, 302, 200, 200, 302, 302, 200]


@pytest.mark.parametrize("addresses", [MAIL, MOBILE], ids=["mail", "mobile"])
def test_as_many_messages_leave_for_everybody(addresses):
    sent = {}
    for name, address in addresses.items():
        cache.clear()
        client = Client()
        client.post("/accounts/login/code/", {"address": address})
        client.post("/accounts/login/code/confirm/", {"action": "resend"})
        found = Delivery.objects.filter(address=address)
        sent[name] = [(d.channel, d.secret, d.urgent, d.kind, d.state) for d in found.order_by("pk")]
    assert len(sent["known"]) == 2
    assert [name for name, deliveries in sent.items() if deliveries != sent["known"]] == []


def test_a_reset(people):
    def steps(client, address):
        yield client.post("/accounts/password/reset/", {"email": address})
        yield client.get("/accounts/password/reset/done/")

    alike(all_answers(MAIL, steps))
    assert {
        name: Delivery.objects.filter(address=address).count() for name, address in MAIL.items()
    } == dict.fromkeys(MAIL, 1)


def test_a_link_for_nobody_and_a_wrong_one_for_somebody():
    known = User.objects.get(email=MAIL["known"])
    keys = [f"{int_to_base36(pk)}-abc-def" for pk in (known.pk, 999999)]
    bodies = [seen(Client().get(f"/accounts/password/reset/key/{key}/"), key) for key in keys]
    assert bodies[0] == bodies[1]


def passkey_of(handle):
    answer = {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA", "userHandle": handle}
    return {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "clientExtensionResults": {},
        "response": answer,
    }


def test_a_passkey_that_nobody_has():
    """Whatever is sent as a key, and whoever it claims to belong to."""
    pks = {
        name: int_to_base36(
            User.objects.filter(email=MAIL[name]).values_list("pk", flat=True).first() or 99999
        )
        for name in MAIL
    }
    claims = [passkey_of(base64.b64encode(pk.encode()).decode().rstrip("=")) for pk in pks.values()]
    odd = ["x", [1], {"id": 1}, passkey_of(None), passkey_of("!"), {"response": {"userHandle": 7}}]
    found = []
    for credential in [*claims, *odd]:
        cache.clear()
        client = Client()
        options = client.get("/accounts/2fa/passkeys/login/", headers={"Accept": "application/json"}).json()
        assert options["request_options"]["publicKey"].get("allowCredentials", []) == []
        answer = client.post("/accounts/2fa/passkeys/login/", {"credential": json.dumps(credential)})
        found.append([seen(answer), seen(client.get("/accounts/login/"))])
    assert [one for one in found if one != found[0]] == []
    assert "没有通过" in found[0][1][3].decode()


@pytest.mark.parametrize("name", MAIL)
def test_a_hash_is_computed_for_everybody(name, monkeypatch):
    counted = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **k: counted.append(1) or encode(*a, **k))
    Client().post("/accounts/login/", {"login": MAIL[name], "password": "wrong"})
    assert len(counted) == 1


def test_the_database_has_as_much_to_do_for_everybody():
    counts = {}
    for name, address in MAIL.items():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            Client().post("/accounts/login/code/", {"address": address})
        counts[name] = len(captured)
    assert len(set(counts.values())) == 1, counts
