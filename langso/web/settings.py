"""Settings of the one Django project. Everything that differs between places comes from the environment.

The commands (`langso.commands`) start the embedded PostgreSQL, or take `DATABASE_URL`, and hand both addresses over in
`LANGSO_OWNER_URL` (makes and changes tables) and `LANGSO_APP_URL` (the role the application logs in as).
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("LANGSO_HOME_RESOLVED", str(ROOT / ".state")))


def database(url: str, *, pooled: bool) -> dict[str, Any]:
    """Django's form of a PostgreSQL address; `?host=/folder` names a socket."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or unquote(parts.hostname or "")
    port = query.pop("port", "") or parts.port or ""
    options: dict[str, Any] = dict(query)
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "langso",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pooled else None,
        "CONN_HEALTH_CHECKS": pooled,  # a connection that died with the server is noticed before a request gets it
        "ATOMIC_REQUESTS": True,  # the settings of the row-level net live as long as the transaction
    }


_NOWHERE = "postgresql:///langso?host=/nonexistent"
DATABASES = {
    "default": database(os.environ.get("LANGSO_APP_URL", _NOWHERE), pooled=os.environ.get("LANGSO_POOL") == "1"),
    "owner": database(os.environ.get("LANGSO_OWNER_URL", _NOWHERE), pooled=False) | {"ATOMIC_REQUESTS": False},
}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = os.environ.get("LANGSO_SECRET_KEY") or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("LANGSO_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
PUBLIC_ADDRESS = os.environ.get("LANGSO_ADDRESS", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_ADDRESS]
DEMO = os.environ.get("LANGSO_DEMO") == "1"

INSTALLED_APPS = [
    "langso.web",
    "langso.commands",
    "langso.exchange",
    "langso.dashboards",
    "langso.monitoring",
    "langso.fieldwork",
    "langso.visits",
    "langso.campaigns",
    "langso.questionnaires",
    "langso.teams",
    "langso.villages",
    "langso.recognition",
    "langso.appraisals",
    "langso.assessments",
    "langso.cycles",
    "langso.criteria",
    "langso.evidence",
    "langso.measures",
    "langso.files",
    "langso.notices",
    "langso.people",
    "langso.ledger",
    "langso.units",
    "langso.legal",
    "langso.ui",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "langso.web.middleware.headers",
    "langso.web.middleware.no_nul",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "langso.web.middleware.tables_as_excel",
    "langso.web.middleware.Refusals",
]

FORM_RENDERER = "langso.ui.forms.Renderer"
ROOT_URLCONF = "langso.web.urls"
WSGI_APPLICATION = "langso.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["langso.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "langso.web.context.house",
            ],
        },
    }
]

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "langso.web.formats"

STATIC_URL = "/tinh/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HOME / "files")},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # limits of tries of a whole province must not push each other out
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE = PUBLIC_ADDRESS.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 250  # a province sends up to 200 files at once; more is said in words

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "langso.people.signin.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/dang-nhap/"
LOGIN_REDIRECT_URL = "/viec-cua-toi/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "langso.people.signin.NoSignup"
ACCOUNT_FORMS = {
    "login": "langso.people.signin.SignInForm",
    "change_password": "langso.people.signin.ChangePasswordForm",
    "set_password": "langso.people.signin.SetPasswordForm",
    "reauthenticate": "langso.people.signin.ReauthenticateForm",
}
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "change_password": "5/m/user"}
ACCOUNT_SESSION_REMEMBER = True

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(HOME / "mail")

# What a notice goes out by beside the screen; `LANGSO_NOTICE_CHANNELS=email` leaves the others out. A house with a
# gateway of its own puts its class here.
_CHANNELS = {
    "email": "langso.notices.channels.Email",
    "sms": "langso.notices.channels.SmsFiles",
    "zalo": "langso.notices.channels.ZaloFiles",
}
NOTICE_CHANNELS = {
    name: _CHANNELS[name]
    for name in os.environ.get("LANGSO_NOTICE_CHANNELS", "email,sms,zalo").replace(" ", "").split(",")
    if name in _CHANNELS
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
