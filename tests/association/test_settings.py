"""The settings that keep the house safe, as they are in production and as they are in force here."""

import contextlib
import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.log import AdminEmailHandler

from association.celery import app
from tests.access import url_names

# On one worker: the processes that the fixture starts are started once.
pytestmark = pytest.mark.xdist_group("settings")
# Run in a process of its own: settings are read once, and these are not the ones of the tests.
PROBE = """
import io, json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client

client = Client(HTTP_HOST="house.example.cn", HTTP_X_FORWARDED_PROTO="https")
page = client.get("/accounts/login/")
plain = Client(HTTP_HOST="house.example.cn").get("/accounts/login/?next=/x")
foreign = Client(HTTP_HOST="evil.example", HTTP_X_FORWARDED_PROTO="https").get("/accounts/login/")
alive = Client(HTTP_HOST="house.example.cn").get("/livez")
found = io.StringIO()
call_command("check", deploy=True, stdout=io.StringIO(), stderr=found)
print(json.dumps({
    "settings": {name: getattr(settings, name) for name in dir(settings) if name.isupper()
                 and isinstance(getattr(settings, name), (str, int, bool, list, tuple, dict, type(None)))},
    "headers": dict(page.headers),
    "cookies": {name: {k: v for k, v in morsel.items() if v} for name, morsel in page.cookies.items()},
    "plain": [plain.status_code, plain.headers.get("Location")],
    "foreign": foreign.status_code,
    "alive": alive.status_code,
    "deploy": found.getvalue(),
    "body": page.content.decode(),
}, default=str))
"""
PRODUCTION = {
    "HTTPS": "1",
    "DEMO": "0",
    "DEBUG": "0",
    "ALLOWED_HOSTS": "house.example.cn",
    "SECRET_KEY": "a-secret-of-more-than-fifty-characters-0123456789-abcdefghij",
    "DJANGO_SETTINGS_MODULE": "association.settings",
}


# What a browser test sets for its own process is none of a deployment's.
CLEAN = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=CLEAN | PRODUCTION | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def production():
    return run(PROBE)


# --- as in production -------------------------------------------------------------------------------------


def test_hosts_are_exact(production):
    assert production["settings"]["ALLOWED_HOSTS"] == ["house.example.cn"]
    assert production["foreign"] == 400
    assert production["settings"].get("USE_X_FORWARDED_HOST", False) is False


def test_plain_http_is_led_to_https_except_for_the_probes(production):
    assert production["plain"] == [301, "https://house.example.cn/accounts/login/?next=/x"]
    assert production["alive"] == 200


def test_every_answer_carries_the_hardening_headers(production):
    headers = production["headers"]
    wanted = {
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    assert {name: headers.get(name) for name in wanted} == wanted
    assert headers["Cache-Control"].replace(" ", "").split(",") != []
    assert "no-store" in headers["Cache-Control"]


def test_the_content_policy_is_exactly_this(production):
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in production["headers"]["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_no_device_is_offered_to_a_page(production):
    rights = [part.strip() for part in production["headers"]["Permissions-Policy"].split(",")]
    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()"} <= set(rights)
    # Signing in by passkey is the one thing that this page asks of a device.
    assert [r for r in rights if not r.endswith("=()")] == ["publickey-credentials-get=(self)"]


def test_cookies_belong_to_this_host_and_to_https_only(production):
    assert production["cookies"]["__Host-csrf"] | {"expires": "", "max-age": ""} == {
        "expires": "",
        "max-age": "",
        "path": "/",
        "samesite": "Lax",
        "secure": True,
        "httponly": True,
    }
    wanted = {
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_ENGINE": "django.contrib.sessions.backends.cached_db",
        "SESSION_COOKIE_AGE": 14 * 24 * 3600,
        "STAFF_SESSION_AGE": 8 * 3600,
        "CSRF_TRUSTED_ORIGINS": ["https://house.example.cn"],
    }
    assert {name: production["settings"].get(name) for name in wanted} == wanted


def test_djangos_own_deployment_check_finds_nothing(production):
    assert production["deploy"] == ""


def test_production_shows_no_demo_and_no_debug(production):
    assert (production["settings"]["DEBUG"], production["settings"]["DEMO"]) == (False, False)
    assert "演示" not in production["body"]
    assert "example.cn" not in production["body"].replace("house.example.cn", "")


def test_htmx_evaluates_nothing(production):
    assert '"allowEval":false' in production["body"]
    assert '"allowScriptTags":false' in production["body"]
    assert '"selfRequestsOnly":true' in production["body"]
    assert " style=" not in production["body"]
    assert " onclick=" not in production["body"]


def test_uploads_and_forms_are_limited(production):
    wanted = {
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2_500_000,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 2_000,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 20,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 1_000_000,
        "UPLOAD_MAX_BYTES": 20 * 1024 * 1024,
        "UPLOAD_MAX_PIXELS": 25_000_000,
    }
    assert {name: production["settings"][name] for name in wanted} == wanted


def test_mail_is_sent_with_a_limit_of_time_and_failures_are_not_mailed(production):
    assert production["settings"]["EMAIL_TIMEOUT"] == 15
    assert production["settings"]["EMAIL_BACKEND"] == "association.gateways.smtp.Backend"
    assert production["settings"]["ADMINS"] == []


# --- the promises of reliability, word by word ----------------------------------------------------------------


def header(name, value):
    return lambda p: p["headers"].get(name) == value


def setting(**wanted):
    return lambda p: {name: p["settings"].get(name) for name in wanted} == wanted


def cookie(**wanted):
    return lambda p: {k: p["cookies"]["__Host-csrf"].get(k, False) for k in wanted} == wanted


def policy(name, value):
    return lambda p: (
        f"{name} {value}" in [part.strip() for part in p["headers"]["Content-Security-Policy"].split(";")]
    )


PROMISES = {
    "hosts exact": lambda p: (p["settings"]["ALLOWED_HOSTS"], p["foreign"]) == (["house.example.cn"], 400),
    "HTTPS": lambda p: p["plain"][0] == 301 and p["plain"][1].startswith("https://"),
    "HSTS": header("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    "nosniff": header("X-Content-Type-Options", "nosniff"),
    "same-origin referrer": header("Referrer-Policy", "same-origin"),
    "same-origin opener": header("Cross-Origin-Opener-Policy", "same-origin"),
    "DENY frames": header("X-Frame-Options", "DENY"),
    "__Host- cookies": setting(SESSION_COOKIE_NAME="__Host-session", CSRF_COOKIE_NAME="__Host-csrf"),
    "Secure": cookie(secure=True),
    "HttpOnly": cookie(httponly=True),
    "Lax": cookie(samesite="Lax"),
    "sessions in cached_db": setting(SESSION_ENGINE="django.contrib.sessions.backends.cached_db"),
    "8 h staff, 14 d member": setting(STAFF_SESSION_AGE=8 * 3600, SESSION_COOKIE_AGE=14 * 24 * 3600),
    "default-src none": policy("default-src", "'none'"),
    "own scripts only, no inline, no eval": policy("script-src", "'self'"),
    "own styles only, no inline": policy("style-src", "'self'"),
    "htmx's eval off": lambda p: '"allowEval":false' in p["body"],
    "htmx's script tags off": lambda p: '"allowScriptTags":false' in p["body"],
    "upload limits": setting(
        UPLOAD_MAX_BYTES=20 * 2**20, UPLOAD_MAX_PIXELS=25_000_000, DATA_UPLOAD_MAX_MEMORY_SIZE=2_500_000
    ),
    "e-mail timeout 15 s": setting(EMAIL_TIMEOUT=15),
    "error mails without local variables": setting(ADMINS=[], MANAGERS=[], DEBUG=False),
    "late acks": setting(CELERY_TASK_ACKS_LATE=True),
    "retry on lost worker": setting(CELERY_TASK_REJECT_ON_WORKER_LOST=True),
    "prefetch 1": setting(CELERY_WORKER_PREFETCH_MULTIPLIER=1),
    "time and memory limits": setting(
        CELERY_TASK_TIME_LIMIT=600,
        CELERY_TASK_SOFT_TIME_LIMIT=570,
        CELERY_WORKER_MAX_MEMORY_PER_CHILD=400_000,
    ),
    "JSON only": setting(CELERY_TASK_SERIALIZER="json", CELERY_ACCEPT_CONTENT=["json"]),
    "connection health checks": lambda p: p["settings"]["DATABASES"]["default"]["CONN_HEALTH_CHECKS"] is True,
    "lock_timeout 5 s": lambda p: (
        "-c lock_timeout=5000 " in p["settings"]["DATABASES"]["default"]["OPTIONS"]["options"]
    ),
    "statement_timeout 15 s": lambda p: p["settings"]["DATABASES"]["default"]["OPTIONS"]["options"].endswith(
        "=15000"
    ),
    "manage.py check --deploy clean": lambda p: p["deploy"] == "",
}


@pytest.mark.parametrize("words", PROMISES)
def test_production_keeps_the_promise(production, words):
    assert PROMISES[words](production)


# --- other ways to set it up ------------------------------------------------------------------------------


SETTINGS_OF = (
    "import json\nfrom django.conf import settings as s\n"
    "print(json.dumps({n: getattr(s, n) for n in ('ALLOWED_HOSTS', 'CSRF_TRUSTED_ORIGINS', 'CONTENT_SECURITY_POLICY', "
    "'STORAGES', 'DATABASES')}, default=str))"
)


def test_an_uploads_address_is_allowed_pictures_and_no_forms():
    found = run(SETTINGS_OF, UPLOADS_HOST="Files.example.cn")
    assert found["ALLOWED_HOSTS"] == ["house.example.cn", "files.example.cn"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://house.example.cn"]
    policy = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["img-src"] == ["'self'", "data:", "https://files.example.cn"]
    assert [name for name, sources in policy.items() if "https://files.example.cn" in sources] == ["img-src"]


def test_files_may_lie_in_a_bucket():
    found = run(
        SETTINGS_OF,
        FILES_STORAGE="s3",
        S3_BUCKET="b",
        S3_ACCESS_KEY="k",
        S3_SECRET_KEY="s",
        S3_ENDPOINT="https://s3.example.cn",
    )
    for alias in ("attachments", "exports"):
        storage = found["STORAGES"][alias]
        assert storage["BACKEND"] == "storages.backends.s3.S3Storage"
        wanted = {
            "bucket_name": "b",
            "location": alias,
            "default_acl": None,
            "file_overwrite": False,
            "endpoint_url": "https://s3.example.cn",
        }
        assert {name: storage["OPTIONS"][name] for name in wanted} == wanted


def test_behind_a_pool_nothing_outlives_a_transaction():
    database = run(SETTINGS_OF, DATABASE_POOLED="1")["DATABASES"]["default"]
    assert (database["DISABLE_SERVER_SIDE_CURSORS"], "options" in database["OPTIONS"]) == (True, False)


REFUSED = (
    "import json\nfrom django.core.exceptions import ImproperlyConfigured\n"
    "try:\n    import association.settings\nexcept ImproperlyConfigured as error:\n    print(json.dumps(str(error)))\n"
    "else:\n    print(json.dumps('taken'))"
)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS 只能写完整的主机名"),
        ({"ALLOWED_HOSTS": "house.example.cn,.example.cn"}, "ALLOWED_HOSTS 只能写完整的主机名"),
        ({"FILES_STORAGE": "ftp"}, "FILES_STORAGE 只能是 disk 或 s3"),
        ({"FILES_STORAGE": "s3"}, "环境变量 S3_BUCKET 没有设置"),
        ({"FILES_STORAGE": "s3", "FILES_ACCEL_PREFIX": "/stored/"}, "文件在 S3 里时 nginx 读不到它们"),
    ],
)
def test_what_would_be_unsafe_does_not_start(environment, sentence):
    assert run(REFUSED, **environment).startswith(sentence)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_what_is_missing_is_named_in_a_sentence(name):
    code = (
        "import json, django\nfrom django.core.exceptions import ImproperlyConfigured\n"
        "try:\n    django.setup()\nexcept ImproperlyConfigured as error:\n    print(json.dumps(str(error)))"
    )
    assert run(code, **{name: ""}).startswith(f"环境变量 {name} 没有设置")


# --- in force here ----------------------------------------------------------------------------------------


def test_no_failure_is_mailed(mailoutbox, settings):
    """Even where somebody names ADMINS: a letter would repeat what the request carried."""
    settings.ADMINS = [("管理员", "admin@test.cn")]
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error", extra={"status_code": 500})
    assert mailoutbox == []
    handlers = [h for name in (None, "django", "django.request") for h in logging.getLogger(name).handlers]
    assert [h for h in handlers if isinstance(h, AdminEmailHandler)] == []


def test_a_logged_failure_shows_no_local_values(capsys):
    formatter = next(
        h.formatter
        for h in logging.getLogger().handlers
        if "ProcessorFormatter" in type(h.formatter).__name__
    )

    def fails(password):
        raise ValueError("broken")

    try:
        fails("-".join(("hidden", "value")))
    except ValueError:
        told = formatter.format(logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info()))
    assert "ValueError: broken" in told
    assert "hidden-value" not in told


@pytest.mark.django_db
def test_no_page_of_a_signed_in_person_stays_in_a_cache(secretary, park_unit, as_user):
    client, wrong = as_user(secretary), {}
    for name in sorted(set(url_names())):
        if name.startswith("admin:") or "*" in name:
            continue
        for arguments in ([], [park_unit.pk]):
            with contextlib.suppress(NoReverseMatch):
                response = client.get(reverse(name, args=arguments))
                if (
                    response.status_code == 200
                    and response.headers.get("Cache-Control") != "no-store, private"
                ):
                    wrong[name] = response.headers.get("Cache-Control")
    assert {name for name in wrong if name not in ("livez", "readyz")} == set()


def shown(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_statement_and_a_lock_have_their_time():
    assert (shown("lock_timeout"), shown("statement_timeout")) == ("5s", "15s")


def test_a_worker_has_more_time_for_a_statement():
    code = (
        "import json, django\ndjango.setup()\nfrom django.db import connection\n"
        "cursor = connection.cursor()\nfound = []\n"
        "for name in ('lock_timeout', 'statement_timeout'):\n"
        "    cursor.execute('SHOW ' + name)\n    found += cursor.fetchone()\n"
        "print(json.dumps(found))"
    )
    assert run(code, IN_WORKER="1") == ["5s", "5min"]


def test_connections_are_kept_and_looked_after():
    database = settings.DATABASES["default"]
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (600, True)


def test_no_task_is_lost_or_runs_for_ever():
    wanted = {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_time_limit": 600,
        "task_soft_time_limit": 570,
        "worker_max_memory_per_child": 400_000,
        "timezone": "Asia/Shanghai",
    }
    assert {name: getattr(app.conf, name) for name in wanted} == wanted
    transport = app.conf.broker_transport_options
    assert (transport["unacked_restore_throttle"], transport["socket_timeout"]) == (1, 5)
    assert transport["visibility_timeout"] > app.conf.task_time_limit


def test_passwords_are_judged():
    names = [v["NAME"].rpartition(".")[2] for v in settings.AUTH_PASSWORD_VALIDATORS]
    assert names == [
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    ]


def test_a_cache_that_is_away_is_a_miss(away_cache):
    assert away_cache.get("x") is None
    assert away_cache.get("x", 7) == 7
    assert away_cache.get_many(["x"]) == {}
    assert (
        away_cache.set("x", 1),
        away_cache.add("x", 1),
        away_cache.delete("x"),
        away_cache.has_key("x"),
        away_cache.incr("x"),
    ) == (
        None,
        True,
        False,
        False,
        1,
    )


def test_a_bad_value_is_refused_when_the_process_starts():
    code = (
        "import json\nfrom django.core.exceptions import ImproperlyConfigured\n"
        "try:\n    import association.settings\nexcept (ImproperlyConfigured, ValueError):\n"
        "    print(json.dumps('refused'))\nelse:\n    print(json.dumps('taken'))"
    )
    assert run(code, TRUSTED_PROXY_COUNT="many") == "refused"
