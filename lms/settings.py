"""One settings file for both sizes: only the environment differs.

Production is the default: DEBUG is off unless asked for, and a missing secret
stops the start with the reason. Every variable is listed in `.env.example`.
"""

import sys
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")  # the real environment wins over the file


def required(name: str, why: str) -> str:
    """The variable's value, or a start that stops and says what is missing."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why} See .env.example.")
    return str(value)


DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = required("SECRET_KEY", "sessions and forms are signed with it.")
PIN_PEPPER = required("PIN_PEPPER", "PINs and passwords are keyed with it before hashing.")
_HOSTS = required("ALLOWED_HOSTS", "the host names this site answers to.")
ALLOWED_HOSTS = [host.strip() for host in _HOSTS.split(",") if host.strip()]
DATA_DIR = BASE_DIR / env.str("DATA_DIR", default=".data")  # an absolute path stays as it is
DATA_DIR.mkdir(parents=True, exist_ok=True)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
CONTENT_ORIGIN = env.str("CONTENT_ORIGIN", default="")
REDIS_URL = env.str("REDIS_URL", default="")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
TESTING = "pytest" in sys.modules

# The city is data and settings: nothing in the code is tied to it.
PROVINCE_CODE = env.str("PROVINCE_CODE", default="31")
# Off: /sw.js takes itself away from every phone (docs/offline.md).
OFFLINE = env.bool("OFFLINE", default=not DEBUG)

ROOMS = [
    "lms",
    "cms",
    "campaign",
    "certificates",
    "quizzes",
    "courses",
    "ledger",
    "accounts",
    "places",
]
INSTALLED_APPS = [
    *ROOMS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "wagtail.contrib.settings",
    "cms.users_app.StaffAppConfig",
    "wagtail.snippets",
    "wagtail.sites",  # the tree of pages links to it for a superuser
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
]

MIDDLEWARE = [
    "lms.pagecache.PageCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms.addresses.SlashOfExistingPages",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.roles.EndExpiredRoles",
    "accounts.unsent.CarryUnsent",
    "accounts.sessions.MarkerCookie",
    "accounts.cards.CardsLearnOnly",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.views.TooManyAnswer",
    "accounts.refusals.CannotActAnswer",
    "accounts.second_factor.SecondFactor",
    "lms.addresses.LongAddress",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    }
]

if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    if "ENGINE" not in DATABASES["default"]:
        raise ImproperlyConfigured("DATABASE_URL is not understood: postgres://user:password@host/name.")
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "hocvuso.sqlite3",
            "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
        }
    }
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at
    # BEGIN, so a transaction waits instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; "
        "PRAGMA secure_delete=ON;",  # what is erased is overwritten in the file too
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    CACHES = {
        name: {
            "BACKEND": "common.caches.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": prefix,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
        for name, prefix in (("default", ""), ("pages", "pages"), ("counters", "counters"))
    }
else:
    CACHES = {
        name: {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "cache" / name,
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
        for name in ("default", "pages")
    }
    CACHES["counters"] = {
        "BACKEND": "common.caches.CountingFileCache",
        "LOCATION": DATA_DIR / "cache" / "counters",
    }

# --- People -----------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["accounts.hashers.PepperedArgon2Hasher"]
LOGIN_URL = "/dang-nhap/"
LOGIN_REDIRECT_URL = "/hoc-tap/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
SESSION_ENGINE = "accounts.session_store"  # those that end with the browser end on the server too
SESSION_COOKIE_HTTPONLY = True
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "email", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = False  # no SMS gateway yet
ACCOUNT_RATE_LIMITS = False  # accounts.doors guards the one way in, and lets a hall of people pass
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "accounts.mfa.FactorAdapter"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds

# --- Sign-in by the state's identity (docs/identity.md) -------------------------
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_NAME = env.str("OIDC_NAME", default="VNeID")
OIDC_SCOPE = env.str("OIDC_SCOPE", default="openid")
OIDC_CA_FILE = env.str("OIDC_CA_FILE", default="")
SOCIALACCOUNT_ADAPTER = "accounts.oidc.IdentityAdapter"
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_ISSUER:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "nha-nuoc",
                "name": OIDC_NAME,
                "client_id": required("OIDC_CLIENT_ID", "OIDC_ISSUER needs it."),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {
                    "server_url": OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration",
                    "oauth_pkce_enabled": True,
                    "fetch_userinfo": False,
                    "token_auth_method": env.str("OIDC_TOKEN_AUTH", default="") or None,
                },
            }
        ]
    }
# --- Mail: invitations of staff; without it their links are shown to hand over ----
MAIL = bool(env.str("EMAIL_URL", default=""))
if MAIL:
    globals().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="khong-tra-loi@localhost")

# --- Text messages (docs/messages.md) ------------------------------------------
SMS = {
    "GATEWAY": env.str("SMS_GATEWAY", default=""),  # none, or console, file, http
    "FOLDER": DATA_DIR / "sms",
    "URL": env.str("SMS_URL", default=""),
    "METHOD": env.str("SMS_METHOD", default="POST"),
    "HEADERS": env.str("SMS_HEADERS", default=""),
    "BODY": env.str("SMS_BODY", default='{"to": "{digits}", "text": "{text}"}'),
    "FORM": env.bool("SMS_FORM", default=False),
    "SUCCESS": env.str("SMS_SUCCESS", default=""),
    "TIMEOUT": env.float("SMS_TIMEOUT", default=10),
    "CA_FILE": env.str("SMS_CA_FILE", default=""),
    "PRICE": env.int("SMS_PRICE", default=800),  # đồng a part
    "DAILY_CAP": env.int("SMS_DAILY_CAP", default=2_000_000),  # đồng
}

# --- A machine's voice for lessons (docs/read-aloud.md) -------------------------
VOICE_COMMAND = env.str("VOICE_COMMAND", default="")
VOICE_CREDIT = env.str("VOICE_CREDIT", default="Giọng máy")

# --- Language and time ------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["lms.formats"]
LOCALE_PATHS = [BASE_DIR / "lms" / "locale_vendor"]

# --- Files ------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "lms.staticfiles.ModuleManifestStorage"
    },
}

# --- Wagtail ----------------------------------------------------------------
WAGTAIL_SITE_NAME = "Học Vụ Số"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_AUTOSAVE_INTERVAL = 20_000
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt")]
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_WORKFLOW_ENABLED = False  # editors publish themselves
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "svg"]
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"webp": "webp", "avif": "avif", "bmp": "jpeg"}
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_IMAGE_MODEL = "cms.Picture"
WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "wagtail.search.backends.database",
        "SEARCH_CONFIG": "simple",
        "AUTO_UPDATE": True,
    }
}

# --- Celery -----------------------------------------------------------------
# A broker message is only a hint: every task's work is a row that beat sweeps.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = TESTING
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "tidy": {"task": "accounts.tasks.tidy", "schedule": 3600.0},
    "messages": {"task": "accounts.tasks.send_messages", "schedule": 60.0},
    "retention": {"task": "accounts.tasks.erase_old", "schedule": crontab(hour=3, minute=20)},
    "leavers": {"task": "accounts.tasks.erase_leavers", "schedule": 600.0},
    "lists": {"task": "accounts.tasks.advance_invitations", "schedule": 60.0},
    "invitations": {"task": "accounts.tasks.send_invitations", "schedule": 60.0},
    "fold": {"task": "campaign.tasks.sweep", "schedule": 60.0},
    "recount": {"task": "campaign.tasks.check", "schedule": crontab(hour=2, minute=40)},
    "papers": {"task": "certificates.tasks.issue", "schedule": 60.0},
    "weights": {"task": "cms.tasks.weigh", "schedule": 60.0},
    "tests": {"task": "quizzes.tasks.close_overdue", "schedule": 60.0},
    "refreshers": {"task": "quizzes.tasks.tell_of_refreshers", "schedule": crontab(hour="8-19", minute=10)},
}
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
else:
    CELERY_BROKER_URL = "filesystem://localhost"  # without a host kombu warns in every process
    _broker = DATA_DIR / "broker"
    for _name in ("messages", "processed", "control"):
        (_broker / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "control_folder": str(_broker / "control"),
    }

# --- Safety -----------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows its previews in a frame of its own site
SILENCED_SYSTEM_CHECKS = ["security.W019"]
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
CSRF_TRUSTED_ORIGINS = [SITE_URL]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# No nonce: the same page is served to everyone from the cache.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "media-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        # Chromium holds every redirect of a form to it too: the button to the identity provider
        # is answered with a page that goes on by itself (`accounts.views_identity`).
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django_tasks": {"level": "ERROR"},
        **{room: {"level": "INFO"} for room in ROOMS},
    },
}
