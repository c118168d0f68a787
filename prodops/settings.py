"""One settings module; every difference between machines is an environment variable."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parent.parent
env = os.environ.get
# Numbers and meaning are worked out on one thread a process: the workers share the cores already.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
DEPLOYED = env("APP_ENV", "local") == "production"


def required(name: str, local: str) -> str:
    """The variable's value; on a developer's machine `local` stands in, in production nothing does."""
    if value := env(name):
        return value
    if DEPLOYED:
        raise ImproperlyConfigured(f"{name} must be set")
    return local


# --- the company -------------------------------------------------------------------------------------------
COMPANY_NAME = env("COMPANY_NAME", "Fernway" if not DEPLOYED else "Prodops")
FISCAL_YEAR_START_MONTH = int(env("FISCAL_YEAR_START_MONTH", "1"))
WEEK_STARTS_ON = int(env("WEEK_STARTS_ON", "1"))  # ISO: 1 is Monday
COUNTRY = env("COMPANY_COUNTRY", "DE" if not DEPLOYED else "").upper()  # whose public holidays are no anomaly
# From this severity on (1 low, 2 medium, 3 high) an open incident takes a KPI's data out of decisions.
QUARANTINE_SEVERITY = int(env("QUARANTINE_SEVERITY", "2"))
DEFAULT_CURRENCY = env("DEFAULT_CURRENCY", "EUR")
KPI_VERIFIED_DAYS = int(env("KPI_VERIFIED_DAYS", "180"))  # until a KPI is to be looked at again
KPI_VERIFY_NOTICE_DAYS = 14  # so long before that its owner is asked
TIME_ZONE = env("COMPANY_TIME_ZONE", "UTC")
# Whoever has an address in this domain may sign up uninvited; empty: nobody may.
SIGNUP_EMAIL_DOMAIN = env("SIGNUP_EMAIL_DOMAIN", "").lower()

# --- machine -----------------------------------------------------------------------------------------------
DEBUG = env("DEBUG") == "1"
SECRET_KEY = required("SECRET_KEY", "local-only-" + "x" * 50)
ALLOWED_HOSTS = required("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
BASE_URL = env("BASE_URL", f"http://127.0.0.1:{env('PORT', '8000')}").rstrip("/")
REDIS_URL = required("REDIS_URL", "redis://127.0.0.1:6379").rstrip("/")
# Set by the embedded stack only: sign-ins everybody knows, and mail that stays on this machine.
EMBEDDED = env("PRODOPS_EMBEDDED") == "1" and not DEPLOYED

_pool = {"min_size": 2, "max_size": 4, "timeout": float(env("DB_POOL_TIMEOUT", "10"))}
_dsn = conninfo_to_dict(required("DATABASE_URL", "postgresql://postgres@localhost/postgres"))
# Nearest by meaning: how far the index looks, and that filters make it look further, not find less. How like
# a known word a typo is. Compiling a query would take longer than any of ours runs.
_SESSION = (
    "-c hnsw.ef_search=100 -c hnsw.iterative_scan=relaxed_order"
    " -c pg_trgm.similarity_threshold=0.4 -c jit=off"
)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _dsn.pop("dbname", "postgres"),
        "USER": _dsn.pop("user", ""),
        "PASSWORD": _dsn.pop("password", ""),
        "HOST": _dsn.pop("host", ""),
        "PORT": _dsn.pop("port", ""),
        # The pool rides out a restarted database; health checks replace a connection that died in it.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_dsn,
            "options": f"{_dsn.get('options', '')} {_SESSION}".strip(),
            **({"pool": _pool} if env("DB_POOL", "1") == "1" else {}),
        },
    }
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_filters",
    "prodops",
    "research",
    "metrics",
    "process",
    "coordination",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
]
MIDDLEWARE = [
    "prodops.middleware.probe_middleware",
    "prodops.middleware.ride_out_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "prodops.middleware.size_middleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "prodops.middleware.person_middleware",
]
ROOT_URLCONF = "prodops.urls"
WSGI_APPLICATION = "prodops.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "NAME": "jinja2",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "prodops.jinja.environment",
            "context_processors": [*CONTEXT_PROCESSORS, "prodops.shell.shell"],
            "autoescape": True,
        },
    },
    {  # the admin, and the sign-in pages and mails of allauth, dressed by its own elements
        "NAME": "django",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "django"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [*CONTEXT_PROCESSORS, "prodops.shell.demo_sign_ins"]},
    },
]
FORM_RENDERER = "prodops.forms.Renderer"

# --- people ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "prodops.User"
AUTHENTICATION_BACKENDS = ["prodops.accounts_adapter.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_ADAPTER = "prodops.accounts_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "prodops.forms.SignupNameForm"
ACCOUNT_EMAIL_VERIFICATION = "none" if not SIGNUP_EMAIL_DOMAIN else "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Prodops: "
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not DEPLOYED
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# --- security ----------------------------------------------------------------------------------------------
# No nonce, no unsafe-*, no CDN: every script and style is a file of ours.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if DEPLOYED:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = env("SSL_REDIRECT", "1") == "1"
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Sign-in attempts are counted by the address that this many proxies of ours have passed on.
    ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXIES", "1"))

# --- files -------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "build" / "static"]
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(BASE_DIR / "var" / "media")))  # outside what the web server serves
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
ATTACHMENT_MAX_BYTES = 25 * 1024 * 1024
# Recordings come in chunks: of one, and of all together (0: as much as the disk holds).
RECORDING_CHUNK_BYTES = 8 * 1024 * 1024
RECORDING_MAX_BYTES = int(env("RECORDING_MAX_BYTES", str(4 * 1024**3)))
RECORDINGS_MAX_BYTES = int(env("RECORDINGS_MAX_BYTES", "0"))
# A whole request: ten files at once; and whoever has not signed in has nothing to upload.
REQUEST_MAX_BYTES = 260 * 1024 * 1024
ANONYMOUS_MAX_BYTES = 1024 * 1024
# Calls of the API are measured where their token is known; nothing of them is read before.
API_PATH = "/metrics/api/"
HOOK_PATH = "/requests/hooks/"
MAIL_PATH = "/requests/mail/in/"
HOOK_MAX_BYTES = 1024 * 1024
HOOK_CALLS_A_MINUTE = int(env("HOOK_CALLS_A_MINUTE", "600"))
API_MAX_BYTES = 32 * 1024 * 1024
# Points in one call. A call of many keeps a worker for seconds, so the bulk door opens seldom.
API_BATCH = int(env("API_BATCH", "10000"))
API_BULK = int(env("API_BULK", "100000"))
API_CALLS_A_MINUTE = int(env("API_CALLS_A_MINUTE", "120"))
API_BULK_A_MINUTE = int(env("API_BULK_A_MINUTE", "6"))
# Databases inside the network that KPIs may be fetched from: "warehouse.internal:5432,*.db.example.com"
# Mail servers inside the network that mailboxes may be fetched from; others have to be public
MAIL_HOSTS = [host.strip() for host in env("MAIL_HOSTS", "").split(",") if host.strip()]
# Names by which mail servers of ours sign "Authentication-Results": what they say of a sender is believed
MAIL_VOUCHERS = [one.strip().lower() for one in env("MAIL_VOUCHERS", "").split(",") if one.strip()]
DATA_SOURCE_HOSTS = [host.strip() for host in env("DATA_SOURCE_HOSTS", "").split(",") if host.strip()]

# --- finding -----------------------------------------------------------------------------------------------
MEANING = env("MEANING", "1") == "1"  # search by meaning too; without it by words alone, 180 MB lighter

# --- links -------------------------------------------------------------------------------------------------
# Hosts whose dashboards' links are checked, beside those that product ops list: bi.example.com,*.example.org
LINK_CHECK_HOSTS = [host.strip().lower() for host in env("LINK_CHECK_HOSTS", "").split(",") if host.strip()]

# --- cache, jobs, mail -------------------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "prodops.cache.ForgivingRedisCache",
        "LOCATION": env("CACHE_URL", f"{REDIS_URL}/1"),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
# Seconds for which what waits for a person and the choices of filters are remembered (prodops/memory.py)
REMEMBER_SECONDS = int(env("REMEMBER_SECONDS", "60"))
CELERY_BROKER_URL = f"{REDIS_URL}/0"
# One queue a kind, so that a long report never keeps a mail waiting. A worker without `-Q` takes from all.
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {
    name: {} for name in ("default", "mail", "reports", "checks", "meaning")
}
CELERY_TASK_ROUTES = {
    "prodops.tasks.send_*": {"queue": "mail"},
    "prodops.tasks.embed": {"queue": "meaning"},
    "research.tasks.mail_report": {"queue": "mail"},
    "research.tasks.*report*": {"queue": "reports"},
    "research.tasks.send_*": {"queue": "mail"},
    "research.tasks.read_calendar*": {"queue": "checks"},
    "metrics.tasks.send_board_digests": {"queue": "mail"},
    "metrics.tasks.*": {"queue": "checks"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Late acks and small prefetch: a killed worker's job is done again by another, not lost (docs/operations.md).
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 20 * 60,
    "unacked_restore_limit": 100,
    "socket_connect_timeout": 1,
    "socket_timeout": 10,
    # A request that enqueues tries once and once more, at once: Celery's own way waits for seconds.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker however long that is away
CELERY_TASK_PUBLISH_RETRY = False  # the outbox sweep delivers what a dead broker did not take
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
OUTBOX_GRACE_SECONDS = float(env("OUTBOX_GRACE_SECONDS", "20"))  # the sweep leaves fresher events alone
JOB_SILENCE_SECONDS = float(env("JOB_SILENCE_SECONDS", "60"))  # then another worker takes the job over
SWEEP_SECONDS = float(env("SWEEP_SECONDS", "15"))
# What nobody took within one turn is not worth doing twice: it expires.
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "prodops.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "heartbeat": {"task": "prodops.tasks.heartbeat", "schedule": 15.0, "options": {"expires": 15}},
    "digest": {"task": "prodops.tasks.send_digests", "schedule": 600.0},
    "check-in-reminders": {"task": "process.tasks.remind_check_ins", "schedule": 3600.0},
    "cycle-gates": {"task": "process.tasks.watch_gates", "schedule": 3600.0},
    "vocabulary": {"task": "prodops.tasks.refresh_vocabulary", "schedule": 3600.0},
    "retention": {"task": "research.tasks.follow_retention", "schedule": 24 * 3600.0},
    "abandoned-imports": {"task": "research.tasks.sweep_imports", "schedule": 24 * 3600.0},
    "abandoned-uploads": {"task": "research.tasks.sweep_recordings", "schedule": 3600.0},
    "recruiting": {
        "task": "research.tasks.follow_recruiting",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "booking-mails": {
        "task": "research.tasks.send_booking_mails",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "host-calendars": {
        "task": "research.tasks.read_calendars",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "late-mail-to-askers": {"task": "coordination.tasks.mail_late", "schedule": 600.0},
    "request-clocks": {
        "task": "coordination.tasks.remind_of_clocks",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "account-figures": {"task": "prodops.tasks.keep_account_figures", "schedule": 6 * 3600.0},
    "promises": {"task": "coordination.tasks.watch_promises", "schedule": 6 * 3600.0},
    "request-impact": {"task": "coordination.tasks.recount_impact", "schedule": 24 * 3600.0},
    "mailboxes": {
        "task": "coordination.tasks.poll_mailboxes",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "mail-left-behind": {"task": "coordination.tasks.sweep_mail", "schedule": 3600.0},
    "request-files": {"task": "coordination.tasks.sweep_files", "schedule": 24 * 3600.0},
    "deliveries": {
        "task": "coordination.tasks.sweep_deliveries",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "old-deliveries": {"task": "coordination.tasks.empty_old_deliveries", "schedule": 24 * 3600.0},
    "saved-searches": {
        "task": "prodops.tasks.tell_of_new_hits",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "meaning": {"task": "prodops.tasks.embed", "schedule": 60.0, "options": {"expires": 60}},
    "kpi-pulls": {"task": "metrics.tasks.pull_due", "schedule": 60.0, "options": {"expires": 60}},
    "api-calls": {"task": "metrics.tasks.forget_calls", "schedule": 6 * 3600.0},
    "kpi-checks": {"task": "metrics.tasks.check_all", "schedule": 900.0},
    "dashboard-links": {"task": "metrics.tasks.check_links", "schedule": 6 * 3600.0},
    "dashboard-reminders": {"task": "metrics.tasks.remind_of_reviews", "schedule": 3600.0},
    "dashboard-digests": {"task": "metrics.tasks.send_board_digests", "schedule": 900.0},
    "kpi-conflicts": {"task": "metrics.tasks.find_conflicts", "schedule": 24 * 3600.0},
    "kpi-verification": {"task": "metrics.tasks.remind_verification", "schedule": 6 * 3600.0},
}
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env("EMAIL_HOST"),
            "port": int(env("EMAIL_PORT", "587")),
            "username": env("EMAIL_HOST_USER", ""),
            "password": env("EMAIL_HOST_PASSWORD", ""),
            "use_tls": env("EMAIL_USE_TLS", "1") == "1",
            "timeout": 20,
        },
    }
    if env("EMAIL_HOST")
    else {"BACKEND": "prodops.outbox.EmailBackend"}
}
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Prodops <prodops@localhost>")

USE_TZ = True
USE_I18N = False  # English only so far: looking each word up in no catalogue was a tenth of a page's CPU
LANGUAGE_CODE = "en"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "filters": {
        "not_each_beat": {"()": "prodops.logs.NotEachBeat"},
        "no_secrets": {"()": "prodops.logs.NoSecrets"},
    },
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_secrets"]}},
    "root": {"handlers": ["out"], "level": env("LOG_LEVEL", "INFO")},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "django.request": {"filters": ["no_secrets"]},  # before any other handler that a set-up adds
        "celery.app.trace": {"filters": ["not_each_beat"]},
    },
}
