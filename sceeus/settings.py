"""Every setting of the site, read from the environment in this one place.

None of them has to be set. Environment variables with their defaults:

SITE_DATA      folder of database, media, private originals, caches and secret key (var/)
SITE_URL       the public address, used in canonical links (http://127.0.0.1:PORT)
PORT           the port of `make run` (8000)
DATABASE_URL   sqlite in SITE_DATA, or postgres://user:password@host/name; ?pool=14 shares connections
SECRET_KEY     what sessions, links and codes are signed with, on several machines (that of SITE_DATA/secret-key)
SECRET_KEY_FALLBACKS  former values of SECRET_KEY, separated by commas, with which signatures remain valid (none)
SUBSCRIBER_KEY_FALLBACKS  former values of SECRET_KEY that open nothing but what readers of alerts have: their encrypted
               addresses, the digests of who has left, and the links in mails that were sent (none)
STORAGE_URL    private originals in a bucket: s3://key:secret@host/bucket?region=… (a folder in SITE_DATA)
CACHE_URL      a Redis or Valkey server over which app servers announce changes to each other: redis://host (none)
ALLOWED_HOSTS  host names of the site, separated by commas (this machine, and the host of SITE_URL)
EMAIL_URL      how mail is sent (printed on the console)
MAIL_RATE      how many mails a second send_mail sends at most, over all machines, such as 0.5; 0 is without limit (0)
MAIL_EVENTS_PROVIDER  which provider of mail reports bounces and complaints to /desk/mail-events/, such as postmark; the
               package of requirements/mail.txt is needed (none)
ANYMAIL        the settings of Anymail for it, as {"WEBHOOK_SECRET": "USER:PASSWORD"}, and its key where it signs (none)
BEHIND_TLS     1 if a proxy serves the site by https: secure cookies, HSTS, trust in X-Forwarded-Proto (0)
PAGES_IN_MEMORY  megabytes of the page cache of each process; 0 turns it off (64)
RENDER_THREADS  how many pages each process renders at a time; it has up to seven connections to the database more
               than that (4)
STALE_SECONDS  how long cached pages may be served while neither the database nor CACHE_URL answers; 0 is without limit,
               for a single server (900; without limit on SQLite)
SHARED_CACHE_SECONDS  how long a CDN may serve a page without revalidation, and thus an outdated one (0)
DISK_RESERVE   megabytes reserved beside the database, so that withdrawing works on a full disk (16)
PDF_TIMEOUT    seconds after which rendering a PDF or social image is cancelled (20)
SESSION_IDLE_HOURS  after how many hours without use a session at the desk ends (12)
SESSION_DAYS   after how many days it ends in any case (14)
TRUSTED_PROXIES  how many reverse proxies stand in front; login limits read the address behind them (0)
ONION_URL      the address of the site as an onion service of Tor, served over plain http: http://….onion (none)
MIRROR_URLS    addresses of mirrors, separated by commas, for readers where the site is blocked; without the key on this
               machine, the signature of their list is SITE_DATA/mirrors.txt.minisig (none)
TEXT_LICENSE   the address of the licence of all texts, for programs, as https://creativecommons.org/licenses/by/4.0/
               (none)
LEGAL_DEPOSIT_PUBLISHER  the identifier of the publisher at the National Library of Sweden, which turns on /eplikt.rss:
               http://id.kb.se/organisations/SE… (none)
SECURITY_CONTACT  the contact for reports of vulnerabilities, in /.well-known/security.txt: mailto:… or https://… (none)
SIGNING_KEY    the file of a secret key of minisign without a password, which signs what readers verify (none)
SIGNING_PUBLIC_KEY  the public key of signatures, where the secret one is kept elsewhere (that of SIGNING_KEY)
DRILL_PUBLIC_KEY  the public key of minisign that signs the reports of deploy/drill; without it none is taken (none)
SECOND_FACTOR_FROM  the day from which whoever may publish, redact or manage accounts needs a second factor to sign in
               at the desk, as 2026-12-31 (not required)
OIDC_ISSUER    the address of an OpenID provider that staff may sign in with, as https://login.university.example; the
               packages of requirements/sso.txt are needed (none)
OIDC_CLIENT_ID, OIDC_CLIENT_SECRET  what the provider calls this site, and their shared secret (none: a public
               client)
OIDC_NAME      the name of the provider on the sign-in page (its host)
OIDC_SCOPES    what is requested from it, beside openid ("profile email")
OIDC_GROUPS_CLAIM  the claim of the ID token with the groups of a person (groups)
OIDC_ROLES     which group of the provider gives which role: {"/desk/editors": "Editors"}; who has none stays out
OIDC_LINK_BY_MAIL  1 links an account, at the first sign-in, to whoever has its mail address at the provider (0)
OIDC_VERIFIED_CLAIM  the claim that says that a mail address is confirmed (email_verified)
OIDC_SECOND_FACTOR  values of amr or acr, separated by commas, that count as a second factor; without, accounts with a
               second factor here show it (none)
OIDC_LOCAL_SIGN_IN  whose passwords and passkeys of this site still sign in: all, or administrators (all)
ALLOW_DATA_LOSS  1 lets `manage.py migrate` reverse migrations that drop tables and columns with rows (0)
DEBUG          1 for development only (0)
"""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP
from environs import Env, validate

from accounts.cookies import CSRF_NAME, SESSION_NAME, cookie_name
from accounts.provider_settings import read_provider
from publications.durable_files import write_file
from sceeus import log_settings, service_urls

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
SITE_DATA = Path(env.str("SITE_DATA", str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", 8000)
DEBUG = env.bool("DEBUG", False)
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
BEHIND_TLS = env.bool("BEHIND_TLS", SITE_URL.startswith("https://"))
ONION_URL = service_urls.parse_onion_url(env.str("ONION_URL", ""))
MIRROR_URLS = service_urls.parse_mirror_urls(env.list("MIRROR_URLS", []))
MIRRORS_SIGNATURE = SITE_DATA / "mirrors.txt.minisig"
TEXT_LICENSE = service_urls.check_web_address("TEXT_LICENSE", env.str("TEXT_LICENSE", ""))
LEGAL_DEPOSIT_PUBLISHER = service_urls.check_web_address(
    "LEGAL_DEPOSIT_PUBLISHER", env.str("LEGAL_DEPOSIT_PUBLISHER", "")
)
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")
SIGNING_KEY = env.str("SIGNING_KEY", "")
SIGNING_PUBLIC_KEY = service_urls.check_public_key("SIGNING_PUBLIC_KEY", env.str("SIGNING_PUBLIC_KEY", ""))
DRILL_PUBLIC_KEY = service_urls.check_public_key("DRILL_PUBLIC_KEY", env.str("DRILL_PUBLIC_KEY", ""))
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
ALLOW_DATA_LOSS = env.bool("ALLOW_DATA_LOSS", False)


def secret_key() -> str:
    """Return the key in SITE_DATA/secret-key, which is generated once and readable by the owner alone."""
    if key := env.str("SECRET_KEY", ""):
        return key
    path = SITE_DATA / "secret-key"
    if not path.exists():
        SITE_DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_file(path, [secrets.token_urlsafe(50).encode("ascii")])
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = [key.strip() for key in env.list("SECRET_KEY_FALLBACKS", []) if key.strip()]
SUBSCRIBER_KEY_FALLBACKS = [key.strip() for key in env.list("SUBSCRIBER_KEY_FALLBACKS", []) if key.strip()]
ALLOWED_HOSTS = [name.strip() for name in env.list("ALLOWED_HOSTS", [])] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
    urlsplit(SITE_URL).hostname,
]
if ONION_URL:
    ALLOWED_HOSTS.append(urlsplit(ONION_URL).hostname)

INSTALLED_APPS = [
    "accounts",
    "publications",
    "subscriptions",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "taggit",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "publications.middleware.add_permissions_policy",
    "publications.middleware.add_onion_location",
    "publications.middleware.compress_responses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "publications.middleware.keep_secret_addresses",
    "publications.middleware.activate_locale",
    "publications.middleware.refuse_null_bytes",
    "publications.middleware.limit_methods",
    "publications.middleware.limit_request_size",
    "publications.views.redirects.redirect_stored_queries",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.reauthentication.require_second_factor",
    "publications.middleware.record_session_use",
    "publications.middleware.activate_user_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "publications.admin.posted_blocks.PostedBlocksMiddleware",
]

ROOT_URLCONF = "sceeus.urls"
WSGI_APPLICATION = "sceeus.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # finds templates of widgets in `templates/`

# One database file beside the rest of the site's data; PostgreSQL by DATABASE_URL, the same code.
service_urls.check_database_url(env.str("DATABASE_URL", "sqlite:///"))
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", f"sqlite:///{SITE_DATA}/site.sqlite3", conn_max_age=None, conn_health_checks=True
    )
}
_is_on_sqlite = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if _is_on_sqlite:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a deferred transaction that turns to writing fails under load
        "timeout": service_urls.LOCK_TIMEOUT,
        # FULL: what an action acknowledged survives a power loss.
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-32000;"
        "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=268435456;PRAGMA secure_delete=ON",
    }
else:
    DATABASES["default"] = service_urls.configure_postgresql(DATABASES["default"])

# Space that is released for urgent writes on a full disk (publications/reserved_disk_space.py).
RESERVED_SPACE_BYTES = env.int("DISK_RESERVE", 16) * 1024 * 1024
_database = Path(DATABASES["default"]["NAME"])
RESERVED_SPACE_FILE = (_database.parent if _database.is_absolute() else SITE_DATA) / "disk-reserve"

# The locales of the site; `/` redirects to the first. Texts may be in any language.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska")]
LOCALE_PATHS = [BASE_DIR / "locale"]
DESK = "/desk/"  # all cookies stay below it
LANGUAGE_COOKIE_PATH = DESK
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"
FORMAT_MODULE_PATH = ["sceeus.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = SITE_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MAX_AGE = 3600
ORIGINALS = SITE_DATA / "originals"  # uploaded files, unchanged: private, named by their digest
RENDITIONS = SITE_DATA / "renditions"  # rendered from originals, may be deleted at any time
PDF_TIMEOUT = env.int("PDF_TIMEOUT", 20)  # seconds
_uploads = service_urls.parse_storage_url(env.str("STORAGE_URL", ""), ORIGINALS)
STORAGES = {
    "default": _uploads,
    "originals": _uploads,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "sceeus.static_files.PreparedStaticFilesStorage",
    },
}
# The page cache. Browsers and a CDN revalidate each time, which costs almost nothing.
PAGES_IN_MEMORY = 0 if DEBUG else env.int("PAGES_IN_MEMORY", 64) * 1024 * 1024
RENDER_THREADS = env.int("RENDER_THREADS", 4)
# Other machines cannot write to SQLite.
STALE_SECONDS = (0 if _is_on_sqlite else env.int("STALE_SECONDS", 900)) or None
CACHE_URL = service_urls.parse_cache_url(env.str("CACHE_URL", ""))
SHARED_CACHE_SECONDS = env.int("SHARED_CACHE_SECONDS", 0)
PUBLIC_CACHE_CONTROL = (
    f"public, max-age=0, s-maxage={SHARED_CACHE_SECONDS}" if SHARED_CACHE_SECONDS else "no-cache"
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
MAX_REQUEST_BYTES = 60 * 1024 * 1024  # a Word file of 50 MB, and what comes with it
MAX_VERIFIED_BYTES = 10_000_000  # a PDF that a reader verifies
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Tags are split at commas only, are one whatever their case, and keep their alphabet.
TAGGIT_CASE_INSENSITIVE = True
TAGGIT_TAGS_FROM_STRING = "publications.models.tag.parse_tags"
TAGGIT_STRING_FROM_TAGS = "publications.models.tag.format_tags"

# The desk: cookies stay below /desk/, so that public pages are the same for everyone.
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:index"
SESSION_ENGINE = "publications.sessions"
SESSION_COOKIE_NAME = cookie_name(SESSION_NAME, is_secure=BEHIND_TLS)
CSRF_COOKIE_NAME = cookie_name(CSRF_NAME, is_secure=BEHIND_TLS)
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = DESK
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_IDLE_HOURS = env.int("SESSION_IDLE_HOURS", 12)
SESSION_DAYS = env.int("SESSION_DAYS", 14)
SESSION_COOKIE_AGE = SESSION_DAYS * 24 * 60 * 60
CSRF_FAILURE_VIEW = "sceeus.error_views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "accounts.passwords.PredictablePasswordValidator",
        "OPTIONS": {"site_names": "publications.models.site_names"},
    },
]
SECOND_FACTOR_FROM = env.date("SECOND_FACTOR_FROM") if env.str("SECOND_FACTOR_FROM", "") else None
SECOND_FACTOR_PERMISSIONS = (
    "auth.change_user",
    "publications.publish_publication",
    "publications.redact_publication",
)  # whoever has one of them needs a second factor, as superusers do
OIDC_PROVIDER = read_provider(
    env.str("OIDC_ISSUER", ""),
    client_id=env.str("OIDC_CLIENT_ID", ""),
    client_secret=env.str("OIDC_CLIENT_SECRET", ""),
    name=env.str("OIDC_NAME", ""),
    scopes=env.str("OIDC_SCOPES", "profile email"),
    groups_claim=env.str("OIDC_GROUPS_CLAIM", "groups"),
    roles=env.str("OIDC_ROLES", ""),
    verified_claim=env.str("OIDC_VERIFIED_CLAIM", "email_verified"),
    links_by_mail=env.bool("OIDC_LINK_BY_MAIL", False),
    factor_values=env.list("OIDC_SECOND_FACTOR", []),
    local_sign_in=env.str("OIDC_LOCAL_SIGN_IN", "all"),
)
MAILERS = {"default": service_urls.parse_email_url(env.str("EMAIL_URL", "console://"))}
MAIL_RATE = env.float("MAIL_RATE", 0, validate=validate.Range(min=0))
ANYMAIL = env.json("ANYMAIL", {})
MAIL_EVENTS_PROVIDER = service_urls.check_mail_events(env.str("MAIL_EVENTS_PROVIDER", ""), ANYMAIL)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"desk@{urlsplit(SITE_URL).hostname}")

# One strict policy. The nonce is in it only where a page of the desk asks for one.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_SSL_REDIRECT = True

LOGGING = log_settings.LOGGING
