"""The cast and the stage: fixed people, a few records, a clean cache, background work run on demand."""

import copy
import os
import shutil
import time

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings

from association import jobs, kept, public_pages
from association.choices import Role
from tests.emptying import instead_of_truncating
from tests.factories import make_organization, make_user
from tests.factories.world import build

instead_of_truncating()


def quick(folder) -> dict:
    """Settings of every test: cheap passwords, and letters, caches and files that end with it."""
    stores = {
        alias: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder / alias, "base_url": None},
        }
        for alias in ("default", "attachments", "exports", "certificates")
    }
    return {
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        "MAILBOX_DIR": folder / "mailbox",
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "STORAGES": django_settings.STORAGES | stores,
        "WHITENOISE_AUTOREFRESH": True,  # else each new client looks at every static file
    }


def hush(monkeypatch) -> None:
    """Tests run queued work themselves, nothing is sent to the broker; nothing is kept from one test to the next."""
    monkeypatch.setattr(jobs, "_nudge", lambda job_id: None)
    monkeypatch.setattr(jobs, "announce", lambda task, **arguments: None)
    monkeypatch.setattr(kept, "SECONDS", 0)
    monkeypatch.setattr(public_pages, "SECONDS", 0)
    public_pages.shelf.pages.clear()
    cache.clear()


@pytest.fixture(autouse=True)
def _quick_and_clean(settings, tmp_path, monkeypatch):
    for name, value in quick(tmp_path).items():
        setattr(settings, name, value)
    hush(monkeypatch)


@pytest.fixture
def run_jobs():
    """Run everything that is queued, as a worker would."""
    return jobs.run_queued_jobs


CAST = {
    "secretary": (Role.SECRETARIAT, "陈思远", "secretary@test.cn"),
    "secretary_general": (Role.SECRETARY_GENERAL, "周文清", "general@test.cn"),
    "treasurer": (Role.TREASURER, "孙会宁", "treasurer@test.cn"),
    "president": (Role.PRESIDENT, "何景行", "president@test.cn"),
    "auditor": (Role.AUDITOR, "沈明鉴", "auditor@test.cn"),
    "administrator": (Role.ADMINISTRATOR, "唐立新", "administrator@test.cn"),
    "stranger": (None, "路人甲", "stranger@test.cn"),
}


def _made(role, name, email):
    return make_user(name, email, roles=[role] if role else [])


def _person(called):
    @pytest.fixture
    def person(db):
        return _made(*CAST[called])

    return person


secretary = _person("secretary")
secretary_general = _person("secretary_general")
treasurer = _person("treasurer")
president = _person("president")
auditor = _person("auditor")
administrator = _person("administrator")
stranger = _person("stranger")


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


# --- the world of the access table ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world and the folder of its files, built once for a file of tests; gone after it."""
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(**quick(folder)), pytest.MonkeyPatch.context() as monkeypatch:
            hush(monkeypatch)
            built = build({called: _made(*person) for called, person in CAST.items()})
        yield built, folder
        transaction.set_rollback(True)


@pytest.fixture
def world(built_world, db, tmp_path):
    """The world as it was built: what the tests before this one did to it is undone."""
    built, folder = built_world
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return copy.deepcopy(built)


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


def pytest_make_parametrize_id(val, argname):
    """Files as parameters are called by their place: their bytes hold the moment at which they were made."""
    return argname if isinstance(val, bytes) else None
