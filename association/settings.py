"""Settings of the house: one file; every value that differs by place comes from the environment."""

from pathlib import Path

import environ
import pgtrigger
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

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
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
APP_DATABASE_ROLE = env.str("APP_DATABASE_ROLE", "house_app")
IN_WORKER = env.bool("IN_WORKER", False)

ASSOCIATION_NAME = "北京文化产业园区协会"
ASSOCIATION_APPROVED_ON = "2022-01-26"
MEMBER_NUMBER_PREFIX = "BCIPA"
# Footer numbers of the public site; an empty one is not shown.
SITE = {
    "address": env.str("SITE_ADDRESS", ""),
    "phone": env.str("SITE_PHONE", ""),
    "icp": env.str("SITE_ICP", ""),
    "police": env.str("SITE_POLICE", ""),
}

INSTALLED_APPS = [
    "association",
    "members",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "allauth",
    "allauth.account",
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
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "association.middleware.no_devices",
    "association.middleware.guard_address",
    "association.middleware.limit_body",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
}
DATABASES["default"].setdefault("OPTIONS", {})
STATEMENT_TIMEOUT = env.int("STATEMENT_TIMEOUT", 300_000 if IN_WORKER else 15_000)
DATABASES["default"]["OPTIONS"]["options"] = f"-c lock_timeout=5000 -c statement_timeout={STATEMENT_TIMEOUT}"

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

# --- history -----------------------------------------------------------------------------------------------
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_ADMIN_ALL_EVENTS = False

# --- people and sign-in -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "association.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Argon2 would be slower to attack, but at its defaults two cores serve six sign-ins a second; PBKDF2 with
# Django's own rounds is the library's default and needs no further dependency.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "association:today"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "association.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "association.forms.accounts.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"【{ASSOCIATION_NAME}】"
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
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
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
EXPORT_INLINE_ROWS = 2_000
# How long a page may be kept for its person when nothing changes; 0 writes every page anew (association/kept.py).
KEPT_PAGE_SECONDS = env.int("KEPT_PAGE_SECONDS", 60)

# --- language, time, files ----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = []

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", "") or None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "attachments": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "attachments", "base_url": None},
    },
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "exports", "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Without collectstatic the files are found where they are written; a deployment that lets a web server give them out
# sets STATIC_ROOT and collects them there (docs/operations.md).
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600 if not DEBUG else 0

EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend"
    if DEMO
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{ASSOCIATION_NAME} <noreply@example.cn>")

SILENCED_SYSTEM_CHECKS = []
TEST_RUNNER = "django.test.runner.DiscoverRunner"

from association.logs import logging_config  # noqa: E402  (needs nothing of the above, reads better last)

LOGGING = logging_config(env.str("LOG_LEVEL", "INFO"))
