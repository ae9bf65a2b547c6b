"""The cast and the stage: fixed people, a few records, a clean cache, background work run on demand."""

import os
import time

import pytest
from django.core.cache import cache
from django.test import Client

from association import jobs, kept, public_pages
from association.choices import Role
from tests.emptying import instead_of_truncating
from tests.factories import make_organization, make_user

instead_of_truncating()


@pytest.fixture(autouse=True)
def _quick_and_clean(settings, tmp_path, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.STORAGES = settings.STORAGES | {
        alias: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / alias, "base_url": None},
        }
        for alias in ("default", "attachments", "exports", "certificates")
    }
    settings.WHITENOISE_AUTOREFRESH = True  # else each new client looks at every static file
    monkeypatch.setattr(kept, "SECONDS", 0)
    monkeypatch.setattr(public_pages, "SECONDS", 0)
    public_pages.shelf.pages.clear()
    cache.clear()


@pytest.fixture(autouse=True)
def _no_nudges(monkeypatch):
    """Tests run queued work themselves; nothing is sent to the broker."""
    monkeypatch.setattr(jobs, "_nudge", lambda job_id: None)
    monkeypatch.setattr(jobs, "announce", lambda task, **arguments: None)


@pytest.fixture
def run_jobs():
    """Run everything that is queued, as a worker would."""
    return jobs.run_queued_jobs


def _person(role, name, email):
    @pytest.fixture
    def person(db):
        return make_user(name, email, roles=[role] if role else [])

    return person


secretary = _person(Role.SECRETARIAT, "陈思远", "secretary@test.cn")
secretary_general = _person(Role.SECRETARY_GENERAL, "周文清", "general@test.cn")
treasurer = _person(Role.TREASURER, "孙会宁", "treasurer@test.cn")
president = _person(Role.PRESIDENT, "何景行", "president@test.cn")
auditor = _person(Role.AUDITOR, "沈明鉴", "auditor@test.cn")
administrator = _person(Role.ADMINISTRATOR, "唐立新", "administrator@test.cn")
stranger = _person(None, "路人甲", "stranger@test.cn")


@pytest.fixture
def park_unit(db):
    """莱锦: a member with a park, a representative and a liaison."""
    return make_organization("演示运营公司01", park="莱锦文化创意产业园", district="110105")


@pytest.fixture
def other_unit(db):
    return make_organization("演示运营公司02", park="嘉诚胡同创意工场", district="110101")


@pytest.fixture
def member(park_unit):
    """A person of `park_unit` with an account."""
    return make_user("赵联络", "member@test.cn", organization=park_unit)


@pytest.fixture
def other_member(other_unit):
    return make_user("钱联络", "other@test.cn", organization=other_unit)


def signed_in_client(user, *, proved=True, **options):
    """A test client with the person signed in just now; with `proved=False` the proof of who they are has grown old."""
    client = Client(**options)
    if user is not None:
        client.force_login(user)
        session = client.session
        at = time.time() - (0 if proved else 3600)
        session["account_authentication_methods"] = [{"method": "password", "at": at}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


@pytest.fixture
def as_user():
    """`as_user(person)` gives a signed-in test client; `as_user(None)` a visitor's."""

    def client_for(user):
        return signed_in_client(user)

    return client_for


@pytest.fixture
def queries(django_assert_max_num_queries, django_capture_on_commit_callbacks):
    """`with queries() as captured:` counts the queries of a block."""
    from django.db import connection  # noqa: PLC0415  (only where it is used)
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    return lambda: CaptureQueriesContext(connection)


def browser_missing():
    """Why browser tests cannot run here, or an empty text; in CI their absence is a failure."""
    if any(
        os.path.exists(p)
        for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
    ):
        return ""
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail("REQUIRE_BROWSER 已设置，但这台机器上没有找到 Chromium。", pytrace=False)
    return "没有找到 Chromium，跳过浏览器测试（apt-get install chromium）。"
