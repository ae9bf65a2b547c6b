"""Asking again before what matters: the form waits and is sent off again afterwards; files cannot wait."""

import re
import time
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, QueryDict
from django.urls import path

from association import urls
from association.models import Delivery, User
from association.signing import identity
from association.web import confirmed, require, signed_in
from tests.conftest import signed_in_client
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PROVE, GO_ON = "/accounts/reauthenticate/", "/accounts/continue/"
done = []


@require(signed_in)
@confirmed
def matter(request):
    done.append((request.method, request.get_full_path(), dict(request.POST.lists())))
    return HttpResponse("办好了")


@require(signed_in)
@confirmed(posts_only=True)
def half(request):
    return HttpResponse(request.method)


urlpatterns = [path("matter/", matter), path("half/", half), *urls.urlpatterns]


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.ROOT_URLCONF = "tests.association.test_identity"
    done.clear()


@pytest.fixture
def person(db):
    return make_user("有人", "person@test.cn")


@pytest.fixture
def stale(person):
    return signed_in_client(person, proved=False)


def prove(client, to):
    return client.post(PROVE, {"password": PASSWORD, "next": to})


def target_of(answer) -> str:
    """Where the page that asks leads to afterwards."""
    location = answer.headers.get("HX-Redirect") or answer["Location"]
    address, _, query = location.partition("?")
    assert address == PROVE
    return QueryDict(query)["next"]


def waiting_form(page) -> tuple[str, dict]:
    """Address and fields of the form on the page that goes on."""
    text = page.content.decode()
    found = re.search(r'<form method="post" action="([^"]*)"[^>]*data-go-on', text)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    data = {}
    for name, value in fields:
        if name != "csrfmiddlewaretoken":
            data.setdefault(unescape(name), []).append(unescape(value))
    return unescape(found[1]), data


def test_a_fresh_proof_is_enough(person):
    assert signed_in_client(person).post("/matter/", {"a": 1}).content.decode() == "办好了"


def test_an_old_one_leads_to_the_question_and_back(stale):
    answer = stale.get("/matter/?x=1")
    assert (target_of(answer), done) == ("/matter/?x=1", [])
    assert prove(stale, "/matter/?x=1")["Location"] == "/matter/?x=1"
    assert stale.get("/matter/?x=1").status_code == 200


def test_a_form_waits_and_is_sent_off_again_as_it_was(stale):
    sent = {"name": '引号"与<标签>&', "choice": ["1", "2"], "empty": "", "csrfmiddlewaretoken": "gone"}
    answer = stale.post(
        "/matter/?kind=a&b=%E4%B8%80", sent, headers={"Referer": "http://testserver/members/?q=1"}
    )
    assert (target_of(answer), done) == (GO_ON, [])
    page = stale.get(prove(stale, GO_ON)["Location"])
    address, fields = waiting_form(page)
    assert (address, fields) == (
        "/matter/?kind=a&b=%E4%B8%80", {"name": ['引号"与<标签>&'], "choice": ["1", "2"], "empty": [""]},
    )  # fmt: skip
    assert 'href="/members/?q=1"' in page.content.decode()
    assert stale.post(address, fields).content.decode() == "办好了"
    assert done == [("POST", "/matter/?kind=a&b=%E4%B8%80", fields)]


def test_what_waited_is_handed_out_once_and_for_a_quarter_of_an_hour(stale):
    stale.post("/matter/", {"a": "1"})
    prove(stale, GO_ON)
    assert stale.get(GO_ON).status_code == 200
    assert stale.get(GO_ON)["Location"] == "/today/"
    with time_machine.travel(time.time() + 2000):
        stale.post("/matter/", {"a": "1"})
    with time_machine.travel(time.time() + 2000 + 901):
        prove(stale, GO_ON)
        assert stale.get(GO_ON)["Location"] == "/today/"


def test_without_the_proof_nothing_is_handed_out(stale):
    stale.post("/matter/", {"a": "1"})
    assert stale.get(GO_ON)["Location"] == "/today/"
    assert stale.post(PROVE, {"password": "wrong", "next": GO_ON}).status_code == 200
    assert stale.get(GO_ON)["Location"] == "/today/"
    assert done == []


def test_htmx_is_told_by_header_and_comes_back_by_the_whole_page(stale):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/members/?q=2"}
    answer = stale.post("/matter/", {"a": "1"}, headers=headers)
    assert (answer.status_code, target_of(answer)) == (200, GO_ON)
    page = stale.get(prove(stale, GO_ON)["Location"])
    assert waiting_form(page) == ("/matter/", {"a": ["1"]})
    assert 'href="/members/?q=2"' in page.content.decode()


def test_files_do_not_wait_and_the_person_is_told(stale):
    file = SimpleUploadedFile("a.txt", b"x")
    answer = stale.post("/matter/", {"a": "1", "file": file}, headers={"Referer": "http://testserver/half/"})
    assert target_of(answer) == "/half/"
    assert identity.WAITING not in stale.session
    prove(stale, "/half/")
    assert "重新选择文件" in stale.get("/preferences/").content.decode()


def test_very_much_does_not_wait(stale):
    stale.post("/matter/", {"a": "长" * 50_000})
    assert identity.WAITING not in stale.session


def test_a_form_may_be_shown_unasked(stale):
    assert stale.get("/half/").content == b"GET"
    assert target_of(stale.post("/half/", {})) == GO_ON


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_away(stale, target):
    answer = stale.post("/matter/", {"a": "1"}, headers={"Referer": target})
    assert (target_of(answer), stale.session[identity.WAITING]["from"]) == (GO_ON, "/today/")
    assert prove(stale, target)["Location"] == "/today/"


def test_what_waited_for_one_is_not_handed_to_another(person, stale):
    stale.post("/matter/", {"a": "1"})
    session = stale.session
    session[identity.WAITING] = session[identity.WAITING] | {"user": person.pk + 1}
    session.save()
    prove(stale, GO_ON)
    assert stale.get(GO_ON)["Location"] == "/today/"


def test_who_has_nothing_else_types_a_fresh_code():
    person = User.objects.create_user(None, "无密码", None, mobile="13700001111")
    client = signed_in_client(person, proved=False)
    asked = client.post("/matter/", {"a": "1"})
    assert asked["Location"] == "/accounts/reauthenticate/code/?next=%2Faccounts%2Fcontinue%2F"
    assert client.get(PROVE)["Location"].startswith("/accounts/reauthenticate/code/")
    page = client.post(asked["Location"], {"action": "send"}, follow=True)
    assert "137****1111" in page.content.decode()
    code = re.search(r"\d{6}", Delivery.objects.get().text)[0]
    assert client.post(asked["Location"], {"code": "x"}).status_code == 200
    assert client.post(asked["Location"], {"code": code})["Location"] == GO_ON
    assert waiting_form(client.get(GO_ON)) == ("/matter/", {"a": ["1"]})
    assert client.post(asked["Location"], {"code": code}).status_code == 200  # used up


def test_three_wrong_codes_need_a_new_one_and_new_ones_are_few():
    person = User.objects.create_user("plain@test.cn", "无密码", None)
    client = signed_in_client(person, proved=False)
    page = "/accounts/reauthenticate/code/?next=//evil.example"
    for _ in range(4):
        client.post(page, {"action": "send"})
    assert Delivery.objects.filter(address="plain@test.cn").count() == 3
    code = re.search(r"\b\d{6}\b", Delivery.objects.latest("pk").text)[0]
    for _ in range(3):
        client.post(page, {"code": "x"})
    assert client.post(page, {"code": code}).status_code == 200


def test_a_code_is_no_way_round_the_password(stale):
    assert stale.get("/accounts/reauthenticate/code/")["Location"] == PROVE


def test_the_house_asks_before_an_export(secretary, settings):
    settings.ROOT_URLCONF = "association.urls"
    client = signed_in_client(secretary, proved=False)
    assert client.get("/members/export/").status_code == 200
    answer = client.post(
        "/members/export/?standing=all", {"columns": "name", "as_of": "2022-12-31", "format": "xlsx"}
    )
    assert target_of(answer) == GO_ON
    prove(client, GO_ON)
    address, fields = waiting_form(client.get(GO_ON))
    assert (address, fields["columns"]) == ("/members/export/?standing=all", ["name"])
