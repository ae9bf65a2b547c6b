"""A visitor proves that an address is theirs: the code, its ten minutes and five tries, and how often it may be asked for."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from association import guests
from association.models import Delivery
from tests.forms import errors

pytestmark = pytest.mark.django_db
MOBILE, MAIL = "13800009999", "someone@test.cn"
PROVE, CODE, FORGET = (reverse(f"association:{name}") for name in ("prove", "prove_code", "unprove"))
TARGET = "/join/start/"


@pytest.fixture(autouse=True)
def _codes(monkeypatch, settings):
    """Codes stay readable: nothing is sent and so nothing is wiped."""
    settings.DEMO = False
    settings.SMS_GATEWAY_URL = "https://sms.invalid/"


def ask(client, address=MOBILE, target=TARGET):
    return client.post(PROVE, {"address": address, "next": target})


def sent_code():
    return re.search(r"(?<!\d)\d{6}(?!\d)", Delivery.objects.latest("pk").text)[0]


def type_code(client, code, target=TARGET):
    return client.post(CODE, {"code": code, "next": target})


def proved(client):
    return (client.session.get(guests.PROVED) or {}).get("address")


def other(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.parametrize("address", [MOBILE, MAIL])
def test_the_code_goes_to_the_address_and_proves_it(client, address):
    assert ask(client, address)["Location"] == f"{CODE}?next=%2Fjoin%2Fstart%2F"
    letter = Delivery.objects.get()
    assert (letter.address, letter.secret, letter.urgent) == (address, True, True)
    key = client.session.session_key
    answer = type_code(client, sent_code())
    assert (answer.status_code, answer["Location"], proved(client)) == (303, TARGET, address)
    assert client.session.session_key != key
    assert sent_code() not in str(dict(client.session))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("１３８ 0000 9999", MOBILE), ("+86 138-0000-9999", MOBILE), (" Someone@TEST.cn ", MAIL)],
)
def test_addresses_are_cleaned_before_they_are_judged(client, typed, kept):
    ask(client, typed)
    assert Delivery.objects.get().address == kept


@pytest.mark.parametrize("typed", ["", "12345", "a@b", "x@y.cn\r\nBcc: z@y.cn", "1" * 300, "<script>@x.cn"])
def test_what_is_no_address_gets_no_code(client, typed):
    answer = ask(client, typed)
    assert (answer.status_code, list(errors(answer)), Delivery.objects.count()) == (422, ["address"], 0)


def test_where_no_text_message_can_be_sent_an_address_is_asked_for(client, settings):
    settings.SMS_GATEWAY_URL = ""
    assert errors(ask(client)) == {"address": ["现在不能发短信，请填写邮箱。"]}
    assert ask(client, MAIL).status_code == 303


def test_a_known_person_gets_the_same_answers(client, member):
    known, unknown = ask(client, member.email), ask(client, MAIL)
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    first, second = Delivery.objects.order_by("pk")
    assert re.sub(r"\d{6}", "", first.text) == re.sub(r"\d{6}", "", second.text)


def test_a_wrong_code_may_be_mended_five_times(client):
    ask(client)
    code = sent_code()
    for _ in range(4):
        assert errors(type_code(client, other(code))) == {"code": ["验证码不对，请核对后重新输入。"]}
    assert type_code(client, code).status_code == 303


def test_after_five_wrong_codes_the_right_one_is_dead(client):
    ask(client)
    code = sent_code()
    for _ in range(5):
        type_code(client, other(code))
    assert errors(type_code(client, code)) == {"code": [guests.OVER]}
    assert proved(client) is None


def test_many_guesses_at_once_count_as_well(client):
    """Each of them read the session before the others wrote it."""
    ask(client)
    code, before = sent_code(), dict(client.session)
    for _ in range(5):
        session = client.session
        session.update(before)
        session.save()
        type_code(client, other(code))
    session = client.session
    session.update(before)
    session.save()
    assert errors(type_code(client, code)) == {"code": [guests.OVER]}


def test_a_code_dies_after_ten_minutes(client, monkeypatch):
    ask(client)
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(guests.time, "time", later.timestamp)
    assert type_code(client, sent_code())["Location"].startswith(PROVE)
    assert proved(client) is None


def test_the_code_of_one_address_does_not_prove_another(client):
    ask(client)
    old = sent_code()
    ask(client, MAIL)
    if old != sent_code():
        assert type_code(client, old).status_code == 422
    assert type_code(client, sent_code()).status_code == 303
    assert proved(client) == MAIL


def test_a_code_works_once(client):
    ask(client)
    code = sent_code()
    type_code(client, code)
    assert client.get(CODE)["Location"].startswith(PROVE)
    assert type_code(client, code)["Location"].startswith(PROVE)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٣٤٥٦٧٨", "0" * 50])
def test_what_is_no_code_is_said_so_and_costs_no_try(client, typed):
    ask(client)
    assert list(errors(type_code(client, typed))) == ["code"]
    assert client.session[guests.ASKED]["left"] == guests.TRIES


def test_an_address_gets_five_codes_an_hour_whoever_asks(client):
    for _ in range(5):
        assert ask(client).status_code == 303
    client.cookies.clear()
    assert ask(client).status_code == 429
    assert ask(client, MAIL).status_code == 303
    assert Delivery.objects.filter(address=MOBILE).count() == 5


def test_one_place_in_the_network_asks_for_sixty_an_hour(client):
    for number in range(60):
        assert ask(client, f"139000{number:05d}").status_code == 303
    assert ask(client, "13911111111").status_code == 429
    cache.clear()
    assert ask(client, "13911111111").status_code == 303


def test_the_proof_lasts_a_fortnight_and_can_be_given_up(client, monkeypatch, rf):
    request = rf.get("/")
    request.session = {guests.PROVED: {"address": MAIL, "at": timezone.now().timestamp()}}
    assert guests.proved(request) == MAIL
    monkeypatch.setattr(guests.time, "time", (timezone.now() + timedelta(days=14, minutes=1)).timestamp)
    assert guests.proved(request) == ""
    guests.forget(request)
    assert request.session == {}


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "join"])
def test_the_proof_leads_to_pages_of_ours_only(client, target):
    ask(client, target=target)
    assert type_code(client, sent_code(), target)["Location"] == "/"


def test_forgetting_is_a_post(client):
    assert (client.get(FORGET).status_code, client.post(FORGET)["Location"]) == (405, "/")
