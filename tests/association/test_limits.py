"""How often: per person and per address, in windows; nothing is limited when the cache is away."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from association import limits
from association.limits import limited
from tests.conftest import signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _within_one_window(monkeypatch):
    monkeypatch.setattr(limits, "time", lambda: 1_000_003)


@pytest.fixture
def ask(rf):
    """`ask(view, user, address, method)` gives the status of one request."""

    def one(view, user=None, address="1.1.1.1", method="get", **headers):
        request = getattr(rf, method)("/", REMOTE_ADDR=address, headers=headers)
        request.user = user or AnonymousUser()
        return view(request).status_code

    return one


def counted(**options):
    return limited("thing", **options)(lambda request: HttpResponse())


def test_each_person_has_a_count_of_their_own(ask, secretary, member):
    view = counted(per_person="2/m")
    assert [ask(view, secretary) for _ in range(3)] == [200, 200, 429]
    assert ask(view, member) == 200


def test_each_address_has_one_too_whoever_asks(ask, secretary, member):
    view = counted(per_address="2/m")
    assert [ask(view, user) for user in (secretary, member, None)] == [200, 200, 429]
    assert ask(view, address="2.2.2.2") == 200


def test_addresses_of_one_network_of_ipv6_count_together(ask):
    view = counted(per_address="1/m")
    assert [ask(view, address=f"2001:db8:1:2::{n}") for n in (1, 2)] == [200, 429]
    assert ask(view, address="2001:db8:1:3::1") == 200


def test_an_address_is_seen_past_our_proxies(ask, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    view = counted(per_address="1/m")
    assert [ask(view, **{"X-Forwarded-For": f"{n}.0.0.1, 9.9.9.9"}) for n in (1, 2)] == [200, 429]
    assert ask(view, **{"X-Forwarded-For": "9.9.9.9, 8.8.8.8"}) == 200


def test_a_window_ends(ask, secretary, monkeypatch):
    view = counted(per_person="1/10s")
    assert [ask(view, secretary) for _ in range(2)] == [200, 429]
    monkeypatch.setattr(limits, "time", lambda: 1_000_010)
    assert ask(view, secretary) == 200


def test_only_what_counts_is_counted(ask, secretary):
    view = counted(per_person="1/m", methods=["POST"], when=lambda request: request.GET.get("q") is None)
    assert [ask(view, secretary) for _ in range(3)] == [200, 200, 200]
    assert [ask(view, secretary, method="post") for _ in range(2)] == [200, 429]


def test_too_many_is_said_in_chinese_with_the_time_to_wait(secretary):
    client = signed_in_client(secretary)
    answers = [client.get("/search/?q=x") for _ in range(61)]
    assert [a.status_code for a in answers].count(429) == 1
    last = answers[-1]
    assert "操作太频繁" in last.content.decode()
    assert f"约 {last['Retry-After']} 秒后" in last.content.decode()
    assert client.get("/search/").status_code == 200


def test_without_a_cache_nothing_is_limited(ask, secretary, monkeypatch, caplog, away_cache):
    monkeypatch.setattr(limits, "cache", away_cache)
    view = counted(per_person="1/m")
    assert [ask(view, secretary) for _ in range(3)] == [200, 200, 200]
    assert "cache.unavailable" in caplog.text


def test_a_count_lost_between_two_steps_is_no_failure(ask, secretary, monkeypatch):
    lost = LocMemCache("lost", {})
    monkeypatch.setattr(lost, "add", lambda *args: True)
    monkeypatch.setattr(limits, "cache", lost)
    assert ask(counted(per_person="1/m"), secretary) == 200


def test_what_is_limited_in_this_house():
    found = {}

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            elif limit := getattr(pattern.callback, "limit", ""):
                found.setdefault(limit, set()).add(pattern.name)

    walk(get_resolver().url_patterns)
    wanted = {
        "search": {"search"},
        "export": {"export", "bills_export", "receipts_export", "deals_export", "participants_export"},
        "import": {"imports", "bank_statements", "online"},
        "directory": {"directory"},
        "door": {"door", "names", "scans"},
        "check_in_self": {"here"},
    }
    assert {name: found.get(name) for name in wanted} == wanted
    assert {"attach"} <= found["upload"]


def test_the_public_directory_is_limited_for_searches_only():
    cache.clear()
    client = Client()
    assert client.get("/parks/").status_code == 200
    statuses = [client.get(f"/parks/?q={n % 3}").status_code for n in range(121)]
    assert statuses.count(429) == 1
    assert client.get("/parks/").status_code == 200
