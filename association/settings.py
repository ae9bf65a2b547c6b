"""Settings of the house: one file; every value that differs by place comes from the environment."""

from pathlib import Path

import environ
import pgtrigger
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from association.signing.settings import *  # noqa: F403  (every name in it is a setting)

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def required(name: str) -> str:
    """The environment variable `name`; raises ImproperlyConfigured with a sentence when it is missing."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"环境变量 {name} 没有设置。运行 bin/serve 会自动设置；部署时见 docs/operations.md。"
        )
    return value


DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)
HTTPS = env.bool("HTTPS", True)
SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Exact names: a pattern would let a name of somebody else's choosing into the links of our letters.
ALLOWED_HOSTS = [host for host in env.list("ALLOWED_HOSTS", default=[]) if host]
if any(host.startswith((".", "*")) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS 只能写完整的主机名，不能写 * 或以点开头的后缀。")
# Where attached files are handed out, with the port if it is not the usual one; empty: at the main address.
UPLOADS_HOST = env.str("UPLOADS_HOST", "").lower()
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
APP_DATABASE_ROLE = env.str("APP_DATABASE_ROLE", "house_app")
IN_WORKER = env.bool("IN_WORKER", False)

ASSOCIATION_NAME = "北京文化产业园区协会"
ASSOCIATION_APPROVED_ON = "2022-01-26"
MEMBER_NUMBER_PREFIX = "BCIPA"
# How long a membership certificate is valid. The charter's own rule is not known yet (domain 11).
CERTIFICATE_YEARS = 3
# What a person asks for about their own data is answered within so many working days (domain 10.18), and kept for so
# many years after that.
PERSON_REQUEST_WORKDAYS = 15
PERSON_REQUEST_YEARS = 3
# Erasures by key, beside the database: what an older backup brings back is erased again.
ERASURE_JOURNAL = DATA_DIR / "erasures.jsonl"
# What the public site says of the secretariat, and its footer numbers; an empty one is not shown.
_SHOWN = {
    "address": "北京市朝阳区示例路1号（演示）",
    "phone": "010-55550000（演示）",
    "email": "mishuchu@example.cn（演示）",
    "icp": "京ICP备00000000号-1（演示）",
    "police": "京公网安备00000000000000号（演示）",
}
SITE = {name: env.str(f"SITE_{name.upper()}", shown if DEMO else "") for name, shown in _SHOWN.items()}
# Where dues are transferred to, as 收费通知单 prints it; without a number nothing is printed.
DUES_ACCOUNT = {
    "name": env.str("DUES_ACCOUNT_NAME", f"{ASSOCIATION_NAME}（演示）" if DEMO else ""),
    "bank": env.str("DUES_ACCOUNT_BANK", "演示银行北京分行" if DEMO else ""),
    "number": env.str("DUES_ACCOUNT_NUMBER", "0200000000000000000（演示）" if DEMO else ""),
}

INSTALLED_APPS = [
    "association",
    "members",
    "events",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "import_export",
    "pghistory",
    "pgtrigger",
    "csp",
]

MIDDLEWARE = [
    "association.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "association.middleware.uploads_address",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "association.middleware.no_devices",
    "association.middleware.guard_address",
    "association.middleware.limit_body",
    "association.public_pages.public_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "association.signing.doorkeeper.session_age",
    "association.signing.doorkeeper.second_factor",
    "association.middleware.private_pages",
    "association.middleware.refusals",
]

ROOT_URLCONF = "association.urls"
WSGI_APPLICATION = "association.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "association.context.shell",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": [
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "association.templatetags.kernel",
                "association.templatetags.house",
            ],
        },
    }
]

# --- database and broker -----------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(required("DATABASE_URL"))}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
    # Of the tests: a database that is migrated already.
    "TEST": {"TEMPLATE": env.str("TEST_TEMPLATE", "") or None},
}
DATABASES["default"].setdefault("OPTIONS", {})
STATEMENT_TIMEOUT = env.int("STATEMENT_TIMEOUT", 300_000 if IN_WORKER else 15_000)
if env.bool("DATABASE_POOLED", False):
    # PgBouncer hands a connection on after each transaction and takes no options: the limits are those of the role
    # (deploy/postgres/init.sh), and no cursor may outlive its transaction.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
else:
    limits = f"-c lock_timeout=5000 -c statement_timeout={STATEMENT_TIMEOUT}"
    DATABASES["default"]["OPTIONS"]["options"] = limits

REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "association.cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "house",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
# Who keeps the roster may change much: a machine left alone is signed out the same day.
STAFF_SESSION_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "association.views.errors.csrf_failure"

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_TIMEZONE = "Asia/Shanghai"
# How soon the system mends itself: the sweep looks this often, and takes a job whose worker is silent for this long
# (longer than any task may run) for lost. Only fault tests shorten them.
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 15)
JOB_LOST_AFTER = env.int("JOB_LOST_AFTER", 12 * 60)

# --- history -----------------------------------------------------------------------------------------------
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_ADMIN_ALL_EVENTS = False

# --- people and sign-in -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "association.User"
AUTHENTICATION_BACKENDS = ["association.signing.backends.PasswordBackend"]
# PBKDF2 with Django's own rounds; why not Argon2: docs/decisions/0009-sign-in.md.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 6 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "association:today"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"【{ASSOCIATION_NAME}】"
MFA_TOTP_ISSUER = ASSOCIATION_NAME
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

# --- hardening ----------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != UPLOADS_HOST]
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
if UPLOADS_HOST and UPLOADS_HOST.partition(":")[0] not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(UPLOADS_HOST.partition(":")[0])
UPLOADS_ORIGIN = [f"{'https' if HTTPS else 'http'}://{UPLOADS_HOST}"] if UPLOADS_HOST else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *UPLOADS_ORIGIN],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOAD_MAX_PIXELS = 25_000_000
# Behind nginx: the internal location over the attachments, so that it sends the files itself.
FILES_ACCEL_PREFIX = env.str("FILES_ACCEL_PREFIX", "")
EXPORT_INLINE_ROWS = 2_000
# How long a page may be kept for its person when nothing changes; 0 writes every page anew (association/kept.py).
KEPT_PAGE_SECONDS = env.int("KEPT_PAGE_SECONDS", 60)
# The same for the pages that all visitors share (association/public_pages.py).
PUBLIC_PAGE_SECONDS = env.int("PUBLIC_PAGE_SECONDS", 60)

# --- language, time, files ----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = []

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", "") or None
STATICFILES_DIRS = [BASE_DIR / "static"]
# Attachments and exports lie on disk, or in a bucket of a store that speaks S3 (requirements-s3.txt).
FILES_STORAGE = env.str("FILES_STORAGE", "disk")
if FILES_STORAGE not in ("disk", "s3"):
    raise ImproperlyConfigured("FILES_STORAGE 只能是 disk 或 s3。")
if FILES_STORAGE == "s3" and FILES_ACCEL_PREFIX:
    raise ImproperlyConfigured("文件在 S3 里时 nginx 读不到它们，请去掉 FILES_ACCEL_PREFIX。")


def private_storage(folder: str) -> dict:
    """Where files of one sort lie. Nothing in a bucket has an address of its own; the house hands everything out."""
    if FILES_STORAGE == "disk":
        options = {"location": DATA_DIR / folder, "base_url": None}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    options = {
        "bucket_name": required("S3_BUCKET"),
        "endpoint_url": env.str("S3_ENDPOINT", "") or None,
        "region_name": env.str("S3_REGION", "") or None,
        "access_key": required("S3_ACCESS_KEY"),
        "secret_key": required("S3_SECRET_KEY"),
        "location": folder,
        "default_acl": None,
        "file_overwrite": False,
        "querystring_expire": 60,
        "signature_version": "s3v4",
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "attachments": private_storage("attachments"),
    "exports": private_storage("exports"),
    "certificates": private_storage("member_certificates"),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Without collectstatic the files are found where they are written; a deployment that lets a web server give them out
# sets STATIC_ROOT and collects them there (docs/operations.md).
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600 if not DEBUG else 0

# --- letters and text messages (docs/operations.md, section on notices) ---------------------------------------
# A demonstration reaches nobody: whatever the environment says, everything goes into files (association/gateways).
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if DEMO
    else env.str("EMAIL_BACKEND", "association.gateways.smtp.Backend")
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 15)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{ASSOCIATION_NAME} <noreply@example.cn>")
MESSAGE_ID_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
# The address of the house as letters name it.
SITE_URL = env.str(
    "SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if HTTPS and ALLOWED_HOSTS else "http://127.0.0.1:8000"
).rstrip("/")
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", "")
SMS_GATEWAY_KEY = env.str("SMS_GATEWAY_KEY", "")
SMS_GATEWAY_SECRET = env.str("SMS_GATEWAY_SECRET", "")
# As filed with the carriers, without the brackets.
SMS_SIGNATURE = env.str("SMS_SIGNATURE", "北京文化园区协会")
# Name of a template of ours = the number under which the provider approved it.
SMS_TEMPLATES = env.dict("SMS_TEMPLATES", default={})
# Text messages that can wait are not sent from the first hour (inclusive) to the second.
QUIET_HOURS = (21, 8)
MAILBOX_DIR = DATA_DIR / "mailbox"
# How many runs may send side by side, and after how many seconds a worker with a message in hand counts as lost.
OUTBOX_SENDERS = env.int("OUTBOX_SENDERS", 1)
OUTBOX_LOST_AFTER = env.int("OUTBOX_LOST_AFTER", 180)
# All pauses between attempts times this; only tests of faults hurry.
OUTBOX_PACE = env.float("OUTBOX_PACE", 1)

SILENCED_SYSTEM_CHECKS = []
TEST_RUNNER = "django.test.runner.DiscoverRunner"

from association.logs import logging_config  # noqa: E402  (needs nothing of the above, reads better last)

LOGGING = logging_config(env.str("LOG_LEVEL", "INFO"))
