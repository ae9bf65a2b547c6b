"""Whatever goes wrong is said in Chinese; whatever comes in gets an answer, never a failure."""

import pytest
from django.db import InterfaceError, OperationalError, connections
from django.test import Client, RequestFactory
from django.urls import reverse

from association.desk import Desk
from association.errors import Refused
from association.middleware import refusal_page
from association.models import Delivery
from association.views.errors import failed
from members.models import Organization


@pytest.fixture
def quiet(client):
    """A client that answers as the server does when a view fails."""
    client.raise_request_exception = False
    return client


def heading(response):
    body = response.content.decode()
    assert "<html" in body
    return body.split("<h1>")[1].split("</h1>")[0]


# --- pages ------------------------------------------------------------------------------------------------


def test_an_unknown_address_is_said_to_a_visitor(client):
    page = client.get("/no/such/page/")
    assert (page.status_code, heading(page)) == (404, "没有找到这个页面")
    assert page["X-Request-Id"] in page.content.decode()


@pytest.mark.django_db
def test_a_page_outside_the_duties_is_said_so(stranger, as_user):
    page = as_user(stranger).get("/members/")
    assert (page.status_code, heading(page)) == (403, "你的账号不能做这件事")


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words(secretary):
    client = Client(enforce_csrf_checks=True)
    client.force_login(secretary)
    page = client.post("/members/new/", {"name": "甲", "category": "other"})
    assert (page.status_code, heading(page)) == (403, "这一步没有办成")
    assert Organization.objects.count() == 0


@pytest.mark.django_db
def test_an_operation_opened_as_a_page_is_said_so(secretary, park_unit, as_user):
    page = as_user(secretary).get(reverse("members:park_main", args=[park_unit.parks.get().pk]))
    assert (page.status_code, page["Allow"], heading(page)) == (405, "POST", "这个地址不能直接打开")


@pytest.mark.django_db
def test_a_refusal_is_a_page_or_a_fragment(secretary, park_unit, as_user):
    client, url = as_user(secretary), reverse("members:join", args=[park_unit.pk])
    data = {"on": "2023-01-01", "basis": "决议"}
    page, part = client.post(url, data), client.post(url, data, headers={"HX-Request": "true"})
    sentence = "演示运营公司01在这一天已经是会员，或之后另有会籍，不能重复入会。"
    assert (page.status_code, part.status_code, heading(page)) == (409, 409, "这一步没有办成")
    assert sentence in page.content.decode()
    assert part.content.decode().strip() == f'<p class="said" role="alert">{sentence}</p>'


@pytest.mark.parametrize(("status", "title"), [(409, "这一步没有办成"), (422, "填写的内容没有通过核对")])
def test_the_page_of_a_refusal_fits_its_kind_and_escapes_its_sentence(status, title):
    request = RequestFactory().get("/")
    request.htmx = False
    page = refusal_page(request, Refused("<b>不行</b>。", status=status))
    assert (page.status_code, heading(page)) == (status, title)
    assert "&lt;b&gt;不行&lt;/b&gt;。" in page.content.decode()


def test_a_body_too_large_is_said_so(client):
    page = client.post("/accounts/login/", b"x" * 2_600_000, content_type="application/x-www-form-urlencoded")
    assert (page.status_code, heading(page)) == (413, "提交的内容太大")


@pytest.mark.django_db
def test_too_many_tries_are_said_so(client):
    for _ in range(21):
        page = client.post("/accounts/password/reset/", {"email": "a@test.cn"}, REMOTE_ADDR="198.51.100.7")
    assert (page.status_code, heading(page)) == (429, "操作太频繁，请稍等")


# --- when the house itself fails --------------------------------------------------------------------------


def test_a_failure_is_a_page_that_needs_no_database(quiet):
    """No database may be touched in this test: the session cannot be read, and the page comes all the same."""
    quiet.cookies["sessionid"] = "0" * 32
    page = quiet.get("/today/")
    assert (page.status_code, heading(page)) == (500, "系统出了差错")
    assert page["X-Request-Id"] in page.content.decode()
    assert "Traceback" not in page.content.decode()


def test_the_failure_page_needs_not_even_a_request_that_was_prepared():
    assert failed(RequestFactory().get("/")).status_code == 500


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [OperationalError("server closed the connection"), InterfaceError("closed")]
)
def test_a_database_that_is_away_is_said_and_asked_again(secretary, as_user, monkeypatch, error):
    def away(self, user):
        raise error

    monkeypatch.setattr(Desk, "todos_for", away)
    page = as_user(secretary).get("/today/")
    assert (page.status_code, page["Retry-After"], heading(page)) == (503, "5", "系统正在恢复，请稍候")


def test_what_breaks_off_before_any_view_is_said_in_the_same_way():
    """A restart of the database cuts connections while sessions are loaded, which happens in a middleware."""
    for error in (OperationalError("terminating connection"), InterfaceError("closed")):
        try:
            raise error
        except type(error):
            page = failed(RequestFactory().get("/"))
        assert (page.status_code, page["Retry-After"], heading(page)) == (503, "5", "系统正在恢复，请稍候")


@pytest.mark.django_db
def test_without_any_database_every_page_of_a_signed_in_person_answers_503(secretary, as_user, monkeypatch):
    client = as_user(secretary)
    client.raise_request_exception = False

    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(type(connections["default"]), "cursor", away)
    monkeypatch.setattr("django.contrib.sessions.backends.cached_db.SessionStore._get_session_from_db", away)
    addresses = [
        "/",
        "/today/",
        "/members/",
        "/members/5/",
        "/search/?q=x",
        "/preferences/",
        "/accounts/login/",
    ]
    pages = {address: client.get(address) for address in addresses}
    assert {address: page.status_code for address, page in pages.items()} == dict.fromkeys(addresses, 503)
    posted = client.post("/members/new/", {"name": "甲"})
    assert (posted.status_code, heading(posted)) == (503, "系统正在恢复，请稍候")


@pytest.mark.django_db
def test_the_probes_tell_alive_from_ready(client, monkeypatch):
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "database": True, "broker": True}

    def away(*args, **kwargs):
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(type(connections["default"]), "cursor", away)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (503, False)
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_a_broker_that_is_away_is_seen(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        503,
        {"status": "unavailable", "database": True, "broker": False},
    )


# --- odd addresses ----------------------------------------------------------------------------------------

REFUSED = [
    "/members/?q=%00",
    "/members/?q=a%00b&page=2",
    "/members/%00/",
    "/members/\x00/",
    "/accounts/login/?next=%00",
    "/members/?q=" + "x" * 9_000,
    "/members/?" + "&".join("a" * 3_000),
    "/livez?" + "a" * 9_000,
]
UNKNOWN = [
    "/members/%ff/",
    "/%c0%af/",
    "/members/999999999999999999/",
    "/members/9999999999999999999/",
    "/members/-1/",
    "/members/0/",
    "/members/1e3/",
    "/members/１/",
    "/members/1.0/",
    "/members/5/../5/",
    "/members/<script>/",
    "/members//",
    "/members/5/parks/../../",
    "/members/parks/999999999999999999/edit/",
    "/members/5/contacts/999999999999999999/edit/",
    "/members/duties/999999999999999999/end/",
    "/members/posts/0/end/",
    "/activities/999999999999999999/changes/1/1/",
    "/activities/1/changes/999999999999999999/1/",
    "/activities/1/changes/1/999999999999999999/",
    "/files/of/999999999999999999/1/",
    "/files/of/1/999999999999999999/",
    "/files/00000000-0000-0000-0000-000000000000/",
    "/files/not-a-key/",
    "/figures/2022/%3Cscript%3E/",
    "/static/../association/settings.py",
    "/static/%2e%2e/association/settings.py",
    "/.env",
    "/members/5/edit/?version=-1",
]


@pytest.mark.django_db
def test_addresses_that_no_page_of_ours_could_have_sent_are_refused(secretary, as_user):
    client = as_user(secretary)
    client.raise_request_exception = False
    answers = {address[:60]: client.get(address).status_code for address in REFUSED}
    assert answers == dict.fromkeys(answers, 400)
    assert heading(client.get("/members/?q=%00")) == "这个请求没有看懂"


@pytest.mark.django_db
def test_addresses_of_nothing_are_not_found(secretary, as_user):
    client = as_user(secretary)
    client.raise_request_exception = False
    answers = {address: client.get(address).status_code for address in UNKNOWN}
    assert answers == dict.fromkeys(UNKNOWN, 404)


@pytest.mark.django_db
def test_pages_far_out_of_range_are_brought_into_it(secretary, park_unit, as_user):
    client = as_user(secretary)
    client.raise_request_exception = False
    base = f"/members/{park_unit.pk}/timeline/"
    texts = ["1000000000", "-1", "abc", "", "9" * 5000, "NaN", "²", "1;drop"]
    answers = {text[:12]: client.get(base, {"page": text}).status_code for text in texts}
    assert answers == dict.fromkeys(answers, 200)


@pytest.mark.django_db
def test_thousands_of_fields_are_refused(secretary, as_user):
    client = as_user(secretary)
    client.raise_request_exception = False
    page = client.post("/members/new/", {f"field{n}": "1" for n in range(2_500)})
    assert (page.status_code, heading(page)) == (400, "这个请求没有看懂")
    assert Organization.objects.count() == 0


@pytest.mark.django_db
def test_bodies_that_are_no_forms_are_answered(secretary, as_user):
    client = as_user(secretary)
    client.raise_request_exception = False
    bodies = {
        "application/x-www-form-urlencoded": b"name=%ff%fe&category=%00",
        "multipart/form-data; boundary=x": b"--x\r\nnothing",
        "multipart/form-data": b"--x--",
        "application/json": b'{"name": "x"}',
        "text/plain; charset=nonsense": b"name=x",
        "application/x-www-form-urlencoded; charset=utf-16": b"name=x",
        "": b"\xff\xfe",
    }
    answers = {
        kind: client.generic("POST", "/members/new/", body, content_type=kind).status_code
        for kind, body in bodies.items()
    }
    assert {kind: status for kind, status in answers.items() if status not in (200, 400, 422)} == {}
    assert Organization.objects.count() == 0


@pytest.mark.django_db
def test_forged_htmx_headers_change_nothing_but_the_frame(secretary, park_unit, as_user):
    client = as_user(secretary)
    client.raise_request_exception = False
    forged = [
        {"HX-Request": "true", "HX-Target": "<script>", "HX-Trigger": "'\"", "HX-Current-URL": "http://[::1"},
        {"HX-Request": "true", "HX-Current-URL": "%ff%fe", "HX-Current-URL-URI-AutoEncoded": "true"},
        {"HX-Request": "yes", "HX-Boosted": "maybe", "HX-Prompt": "\u00ff" * 50},
        {"HX-Request": "true", "HX-History-Restore-Request": "true"},
        {"HX-Request": "true", "HX-Triggering-Event": "{not json", "Triggering-Event": "{"},
    ]
    answers = [
        client.get(address, headers=headers).status_code
        for headers in forged
        for address in ("/members/", f"/members/{park_unit.pk}/", "/today/", "/members/districts/")
    ]
    assert set(answers) == {200}


@pytest.mark.django_db
def test_bytes_that_are_no_text_find_nothing(secretary, park_unit, as_user):
    page = as_user(secretary).get("/members/?q=%ff%fe&district=%ff")
    assert page.status_code == 422
    assert as_user(secretary).get("/members/?q=%ff%fe").context["listing"].total == 0


@pytest.mark.django_db
def test_behind_htmx_a_visitor_is_led_to_sign_in_and_back_to_the_page_not_to_the_fragment(client):
    """Followed by htmx itself, a redirect would put the sign-in page into a corner of the old one."""
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/members/?page=2"}
    answer = client.get("/members/columns/", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"] == "/accounts/login/?next=/members/%3Fpage%3D2"
    headers["HX-Current-URL"] = "https://evil.example/members/"
    assert client.get("/members/", headers=headers)["HX-Redirect"] == "/accounts/login/?next=/today/"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "testserver:80:80"},
        {"HTTP_HOST": "testserver@evil.example"},
        {"HTTP_HOST": "a b"},
    ],
)
def test_a_foreign_host_is_refused(quiet, headers):
    page = quiet.get("/accounts/login/", **headers)
    assert (page.status_code, heading(page)) == (400, "这个请求没有看懂")


@pytest.mark.django_db
def test_a_forwarded_host_is_not_believed(client, django_user_model):
    """The address in a reset mail is the house's own, whatever the request says."""
    django_user_model.objects.create_user("a@test.cn", "甲", "long-enough-77")
    client.post("/accounts/password/reset/", {"email": "a@test.cn"}, HTTP_X_FORWARDED_HOST="evil.example")
    (letter,) = Delivery.objects.all()
    assert "evil.example" not in f"{letter.text}{letter.html}"
    assert "http://testserver/accounts/password/reset/key/" in letter.text


@pytest.mark.django_db
def test_other_methods_change_nothing_and_fail_nowhere(secretary, park_unit, as_user):
    client = as_user(secretary)
    client.raise_request_exception = False
    addresses = [
        "/members/",
        f"/members/{park_unit.pk}/",
        f"/members/{park_unit.pk}/edit/",
        "/members/new/",
        "/today/",
    ]
    answers = {
        (method, address): client.generic(method, address, b"name=x").status_code
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "BREW")
        for address in addresses
    }
    assert answers == dict.fromkeys(answers, 405)
    assert Organization.objects.get().name == "演示运营公司01"
